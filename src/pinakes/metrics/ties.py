"""Metrics as their mean over all orders of what is tied, from how many things and hits there are at each distance.

McSherry and Najork, "Computing information retrieval performance measures efficiently in the presence of tied scores"
(ECIR 2008). A collection of which all is tied is a random order, so that chance levels come from the same formulas.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pinakes.metrics.lists import over
from pinakes.metrics.ranked import Counts, Floats


def precision(everything: Counts, hits: Counts, k: int | None = None) -> float:
    """Mean of the precision at each hit among the first k, of the numbers at each distance (distances,), nearest first.

    Divided by the hits among the first k, as papers on hashing do; without a hit there, 0.
    """
    before, found = everything.cumsum() - everything, hits.cumsum() - hits
    size, relevant = int(everything.sum()), int(hits.sum())
    if not relevant:
        return 0.0
    sums = _sum_of_precisions(before, found, everything, hits, size)
    if k is None or k >= size:
        return float(sums.sum() / relevant)
    # All ties but this one lie before the cut or behind it.
    cut = int(np.searchsorted(everything.cumsum(), k, side="right"))
    ranks = int(k - before[cut])
    among, chances = _drawn(int(everything[cut]), int(hits[cut]), ranks)
    partly = _sum_of_precisions(before[cut], found[cut], np.full(len(among), ranks), among, size)
    return float((chances * over(sums[:cut].sum() + partly, found[cut] + among)).sum())


def first(everything: Counts, hits: Counts, k: int) -> float:
    """The expected number of hits among the first k."""
    ranks = np.clip(k - (everything.cumsum() - everything), 0, everything)
    return float((over(hits, everything) * ranks).sum())


def _sum_of_precisions(before: Counts, found: Counts, ranks: Counts, hits: Counts, size: int) -> Floats:
    """The expected sum of precisions at the hits of a tie, with so many things and hits before it."""
    harmonic = harmonic_numbers(size)
    # Sums over the ranks of 1/rank, and of (place within the tie - 1)/rank.
    ones = harmonic[before + ranks] - harmonic[before]
    places = ranks - (before + 1) * ones
    total: Floats = over(hits, ranks) * ((found + 1) * ones + over(hits - 1, ranks - 1) * places)
    return total


def _drawn(size: int, hits: int, ranks: int) -> tuple[Counts, Floats]:
    """How many hits may stand on the first ranks of a tie, and how probably so many do (hypergeometric)."""
    among = np.arange(max(0, ranks - (size - hits)), min(ranks, hits) + 1)
    ways = _log_choose(hits, among) + _log_choose(size - hits, ranks - among) - _log_choose(size, np.array(ranks))
    chances: Floats = np.exp(ways)
    return among, chances / chances.sum()


def _log_choose(size: int, drawn: Counts) -> Floats:
    logs = _log_factorials(size)
    ways: Floats = logs[size] - logs[drawn] - logs[size - drawn]
    return ways


@lru_cache(8)
def harmonic_numbers(most: int) -> Floats:
    """The sums of 1/1 to 1/n, for n from 0 (most + 1,)."""
    numbers: Floats = np.append(0.0, np.cumsum(1.0 / np.arange(1, most + 1)))
    numbers.flags.writeable = False
    return numbers


@lru_cache(8)
def _log_factorials(most: int) -> Floats:
    logs: Floats = np.append(0.0, np.cumsum(np.log(np.arange(1, most + 1))))
    logs.flags.writeable = False
    return logs
