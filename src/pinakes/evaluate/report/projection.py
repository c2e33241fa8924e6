"""A map of vectors: the plane in which they differ most, found by principal components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.evaluate import plots
from pinakes.evaluate.plots import Cloud
from pinakes.evaluate.report.model import Block, Column, Number, Section, Table, counted, line
from pinakes.evaluate.theme import SERIES
from pinakes.metrics.ranked import Floats

# More points than this say no more and make a page slow.
MOST_POINTS = 1500
_MOST_GROUPS = 12
# The group of what belongs to none.
UNGROUPED = "none"


@dataclass(frozen=True, slots=True)
class Map:
    """Vectors (n, dim) of one space to be shown in a plane, and the group, a label or a modality, of each."""

    space: str
    vectors: NDArray[np.floating]
    groups: tuple[str, ...]
    grouped_by: str = "modality"
    seed: int = 0
    # How many the space holds, where these were drawn from more by chance.
    of: int = 0

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.groups):
            raise BadInput(
                f"The map of {self.space} has vectors of shape {self.vectors.shape} and {len(self.groups)} groups.",
                "Hand in one vector and one group for each point.",
            )
        if len(self.vectors) < 3:
            raise BadInput(
                f"The map of {self.space} has {counted(len(self.vectors), 'vector', 'vectors')}; it needs 3."
            )
        if not np.isfinite(self.vectors).all():
            raise BadInput(f"The map of {self.space} has vectors that are not finite.")


def principal(vectors: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """The vectors in the plane of their two largest principal components (n, 2), and the share of variance of each."""
    centred = np.asarray(vectors, np.float64) - vectors.mean(axis=0, dtype=np.float64)
    left, lengths, right = np.linalg.svd(centred, full_matrices=False)
    # A component and its opposite are the same: the one whose largest entry is positive is taken.
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    points = (left * lengths * np.where(signs == 0, 1, signs))[:, :2]
    shares = lengths[:2] ** 2 / max(float((lengths**2).sum()), np.finfo(float).tiny)
    missing = 2 - points.shape[1]
    return np.pad(points, ((0, 0), (0, missing))), np.pad(shares, (0, missing))


def by_group(points: Floats, groups: Sequence[str], most: int = _MOST_GROUPS) -> dict[str, Floats]:
    """Points under their groups, the largest group first; beyond so many, the smallest are taken together."""
    counts = dict.fromkeys(groups, 0)
    for name in groups:
        counts[name] += 1
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    named = ordered if len(ordered) <= most else ordered[: most - 1]
    places = {name: place for place, name in enumerate(named)}
    chosen = np.array([places.get(name, -1) for name in groups], np.int64)
    found = {name: points[chosen == place] for name, place in places.items()}
    if len(named) < len(ordered):
        found[f"{len(ordered) - len(named)} smaller groups"] = points[chosen == -1]
    return found


def projections(maps: Sequence[Map]) -> Section:
    """Each map as a chart, with a table of where its groups lie."""
    blocks = [_block(f"map-{place + 1}", shown) for place, shown in enumerate(maps)]
    lead = (
        "Each mark is a part; near marks are alike to the encoder in what differs most. A plane shows only part of "
        "what the space tells apart: groups that overlap here may be far from each other in it."
    )
    return Section("map", "Map of the vectors", lead, tuple(blocks))


def _block(key: str, shown: Map) -> Block:
    chosen = np.arange(len(shown.vectors))
    if len(chosen) > MOST_POINTS:
        chosen = np.sort(np.random.default_rng(shown.seed).choice(chosen, MOST_POINTS, replace=False))
    points, shares = principal(shown.vectors[chosen])
    groups = by_group(points, [shown.groups[place] for place in chosen.tolist()])
    every = max(shown.of, len(shown.vectors))
    drawn = f"{len(chosen):,} vectors"
    if len(chosen) < every:
        drawn = f"{len(chosen):,} of {every:,} vectors, drawn at random"
    about = (
        f"{drawn}, of the space {shown.space}, by {shown.grouped_by}, in the plane of their first two principal "
        f"components, which hold {100 * shares.sum():.0f} % of the variance."
    )
    title = f"Map of the space {shown.space}"
    names = tuple(f"component {place + 1} ({100 * share:.0f} % of the variance)" for place, share in enumerate(shares))
    chart = partial(plots.clouds, f"{key}-chart", title, about, _clouds(groups), names)
    return Block(_where(key, title, shown.grouped_by, groups, about), chart)


def _clouds(groups: Mapping[str, Floats]) -> list[Cloud]:
    """Each group with a marker and colour of its own: when the colours are through, they come again with others.

    What belongs to no group lies quietly beneath the others.
    """
    turn = len(SERIES)
    named = [name for name in groups if name != UNGROUPED]
    clouds = [Cloud(UNGROUPED, groups[UNGROUPED], 0, "frame")] if UNGROUPED in groups else []
    for place, name in enumerate(named):
        clouds.append(Cloud(name, groups[name], place + place // turn, SERIES[place % turn]))
    return clouds


def _where(key: str, title: str, grouped_by: str, groups: Mapping[str, Floats], about: str) -> Table:
    heads = ("points", "centre, component 1", "centre, component 2", "spread, component 1", "spread, component 2")
    rows = tuple(
        line(name, Number(len(points), 0), *(Number(value) for value in [*points.mean(axis=0), *points.std(axis=0)]))
        for name, points in groups.items()
    )
    columns = (Column(grouped_by, heading=True), *(Column(head) for head in heads))
    notes = (about, "Spread: standard deviation.")
    return Table(f"{key}-groups", f"{title}: where its groups lie", columns, rows, notes)
