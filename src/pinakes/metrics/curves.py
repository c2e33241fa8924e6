"""Precision over recall, averaged over queries: raw at each rank, or interpolated at fixed levels of recall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pinakes.errors import UnknownName, nearest
from pinakes.metrics.ranked import Floats, Ranked

# How a curve is made, in words that stand beside it.
INTERPOLATIONS = {
    "raw": "precision and recall at each rank, each averaged over the queries; not interpolated",
    "11": "at 11 levels of recall the best precision at that recall or more, averaged over the queries (TREC)",
    "101": "at 101 levels of recall the best precision at that recall or more, averaged over the queries (COCO)",
}
_LEVELS = {"11": np.arange(11) / 10, "101": np.arange(101) / 100}
# A rounded level of recall is reached by the number of hits that it was computed from.
_HAIR = 1e-12


@dataclass(frozen=True, slots=True)
class Points:
    """A curve (points,), from low recall to high."""

    recall: Floats
    precision: Floats


def curve(ranked: Ranked, interpolation: str = "11") -> Points:
    """The curve of all queries that count; empty if there is none."""
    if interpolation not in INTERPOLATIONS:
        raise UnknownName(f"There is no interpolation {interpolation!r}.", nearest(interpolation, INTERPOLATIONS))
    counts = ranked.relevant > 0
    if not counts.any():
        return Points(np.zeros(0), np.zeros(0))
    found = ranked.hits[counts].cumsum(axis=1).astype(np.float64)
    relevant = ranked.relevant[counts].astype(np.float64)
    precision = found / np.arange(1, found.shape[1] + 1)
    if interpolation == "raw":
        return Points((found / relevant[:, None]).mean(axis=0), precision.mean(axis=0))
    levels = _LEVELS[interpolation]
    return Points(levels.copy(), interpolated(found, precision, relevant, levels).mean(axis=0))


def interpolated(found: Floats, precision: Floats, relevant: Floats, levels: Floats) -> Floats:
    """For each query the best precision at a level of recall or more, 0 where that recall is not reached.

    `found` and `precision` are (queries, depth), `levels` (levels,); the answer is (queries, levels).
    """
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    values = np.zeros((len(found), len(levels)))
    for query in range(len(found)):
        # Recall first reaches a level at this rank, since it never falls.
        rank = np.searchsorted(found[query], levels * relevant[query] - _HAIR)
        reached = rank < found.shape[1]
        values[query, reached] = best[query, rank[reached]]
    return values
