"""Rows in order: the best of many scored ones, and the different ones of several lists."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats

Whole = TypeVar("Whole", bound="np.integer[Any]")

# The best are looked for above what a sample of so many scores has above them.
_SAMPLE = 65_536


def best(rows: NDArray[np.int64], scores: Floats, count: int) -> tuple[NDArray[np.int64], Floats]:
    """The first `count` rows by score, equal scores by row."""
    if len(rows) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        kept = scores >= least
        rows, scores = rows[kept], scores[kept]
    order = np.lexsort((rows, -scores))[:count]
    return rows[order], scores[order]


def highest(scores: Floats, count: int) -> NDArray[np.int64]:
    """The places of the `count` highest scores, in no order; of equal ones at the end any."""
    places = np.arange(len(scores))
    if len(scores) <= count:
        return places
    step = len(scores) // _SAMPLE
    if step > 1:
        # Partitioning a million costs more than all the rest of a search: most are passed over by one comparison.
        sample = scores[::step]
        rank = min(len(sample), 2 * count // step + 32)
        likely = np.flatnonzero(scores >= np.partition(sample, len(sample) - rank)[len(sample) - rank])
        if len(likely) >= count:
            places = likely
    chosen: NDArray[np.int64] = places[np.argpartition(scores[places], len(places) - count)[len(places) - count :]]
    return chosen


def distinct(values: NDArray[Whole]) -> NDArray[Whole]:
    """The different values (n,), in order: `numpy.unique` without the import of masked arrays, slow to load."""
    ordered = np.sort(values)
    kept: NDArray[Whole] = ordered[firsts(ordered)]
    return kept


def firsts(values: NDArray[Whole]) -> NDArray[np.bool_]:
    """Which values (n,) differ from the one before, where equal ones follow each other."""
    first = np.ones(len(values), np.bool_)
    first[1:] = values[1:] != values[:-1]
    return first


def stretched_out(starts: NDArray[Whole], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """All places of stretches that begin at some places and are so long each, one stretch after the other."""
    every: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)
    return every
