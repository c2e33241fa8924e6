"""Fusing the lists of several spaces into one, by name: evidence, reciprocal, weighted, voting, convex, early."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.registry import Registry
from pinakes.types import Floats

# Rank at which a list's say is halved (Cormack, Clarke and Buettcher, SIGIR 2009).
_RANK_HALF = 60.0
# To what power a likelihood counts as evidence: below one, so that the unlikely too orders what is equal otherwise.
_EVIDENCE = 1 / 3
# To what power the share of the query counts that stands in the part which the words fit best: below one, since no part
# has all words of a long question.
_OF_QUERY = 1 / 2
# The share of evidence that goes by rank, so that ranks decide between what is equally sure.
_BY_RANK = 0.001
# A list's vote goes to its first so many.
_VOTED = 100


@dataclass(frozen=True, slots=True)
class Ranked:
    """One space's list over the rows of all lists together: NaN and rank 0 where it did not find a row.

    Rows (n,) are the same for all lists of a query; `rank` counts from 1.
    """

    space: str
    weight: float
    rank: NDArray[np.int64]
    raw: Floats
    score: Floats
    # Whether it compares vectors, and whether its raw scores are their cosines.
    vectors: bool
    cosines: bool = False
    # Of which rows the scores tell how likely they are right, and not only how near they are beside others.
    likely: NDArray[np.bool_] | bool = False


@dataclass(frozen=True, slots=True)
class Fused:
    """The fused score (n,) from 0 to 1, and what each list contributed (lists, n)."""

    scores: Floats
    shares: Floats


Fusion: TypeAlias = Callable[[Sequence[Ranked]], Fused]
FUSIONS: Registry[Fusion] = Registry("fusion", "pinakes.fusions")

# These weigh scores: every list must tell its score of every row, not only of those that it ranked first.
NEEDS_ALL_SCORES = frozenset({"weighted", "convex", "early"})


@FUSIONS.register("evidence")
def evidence(lists: Sequence[Ranked]) -> Fused:
    """What speaks for each hit: how well the words fit beside the best, and how likely each space makes it.

    1 is what would be the best by every list, or is sure by one alone.
    """
    spoken = [one.weight * _strength(one) for one in lists]
    most = sum(float(each.max(initial=0)) for each in spoken)
    return _sum([each / max(most, *(one.weight for one in lists)) for each in spoken])


@FUSIONS.register("reciprocal")
def reciprocal(lists: Sequence[Ranked]) -> Fused:
    """Reciprocal ranks: robust where the scores of the lists can not be compared."""
    best = sum(one.weight for one in lists) / (_RANK_HALF + 1)
    return _sum([one.weight * _by_rank(one) / best for one in lists])


@FUSIONS.register("weighted")
def weighted(lists: Sequence[Ranked]) -> Fused:
    """The weighted mean of calibrated scores."""
    total = sum(one.weight for one in lists)
    return _sum([one.weight / total * np.nan_to_num(one.score) for one in lists])


@FUSIONS.register("voting")
def voting(lists: Sequence[Ranked]) -> Fused:
    """Each list votes for its first hundred; ranks decide between equal numbers of votes."""
    total = sum(one.weight for one in lists)
    among = [_where((one.rank > 0) & (one.rank <= _VOTED), np.full(len(one.rank), one.weight / total)) for one in lists]
    # A tie is broken by less than the smallest difference that a vote makes.
    least = min(one.weight for one in lists) / total / (len(lists) + 1)
    ties = reciprocal(lists)
    return _sum([vote * (1 - least) + least * share for vote, share in zip(among, ties.shares, strict=True)])


@FUSIONS.register("convex")
def convex(lists: Sequence[Ranked]) -> Fused:
    """The weighted mean of raw scores, each list stretched to 0 to 1 (Bruch and others, TOIS 2023)."""
    total = sum(one.weight for one in lists)
    return _sum([one.weight / total * _stretched(one.raw) for one in lists])


@FUSIONS.register("early")
def early(lists: Sequence[Ranked]) -> Fused:
    """One cosine of all vectors laid end to end.

    What has no cosine, such as words, counts as one coordinate: its calibrated score.
    """
    total = sum(one.weight for one in lists)
    return _sum(
        [one.weight / total * np.nan_to_num(np.maximum(one.raw, 0) if one.cosines else one.score) for one in lists]
    )


def _strength(one: Ranked) -> NDArray[np.floating]:
    """How much a list says for each row, from 0 to 1."""
    if one.vectors:
        score = np.nan_to_num(one.score.astype(np.float64))
        said = np.where(one.likely, score**_EVIDENCE, score)
    else:
        said = _beside_best(one)
    return (1 - _BY_RANK) * said + _BY_RANK * (_RANK_HALF + 1) * _by_rank(one)


def _beside_best(one: Ranked) -> NDArray[np.floating]:
    """How well the words fit each row beside the row that they fit best, and how much of the query that one has."""
    raw = np.maximum(np.nan_to_num(one.raw.astype(np.float64)), 0)
    # Little words alone are no part of the query, however well they fit.
    meant = np.where(np.nan_to_num(one.score) > 0, raw, 0)
    if not meant.any():
        return meant
    best = int(np.argmax(meant))
    said: NDArray[np.floating] = meant / meant[best] * float(one.score[best]) ** _OF_QUERY
    return said


def _by_rank(one: Ranked) -> NDArray[np.floating]:
    """What a row's rank says; nothing where the list did not find it."""
    return _where(one.rank > 0, 1 / (_RANK_HALF + np.maximum(one.rank, 1)))


def _sum(parts: Sequence[NDArray[np.floating]]) -> Fused:
    # Added up before it is rounded: what every list puts first has 1, and not a little less.
    shares = np.stack(parts).astype(np.float64)
    return Fused(shares.sum(axis=0).astype(np.float32), shares.astype(np.float32))


def _where(there: NDArray[np.bool_], values: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.where(there, values, 0)


def _stretched(raw: Floats) -> Floats:
    known = raw[~np.isnan(raw)]
    if not len(known):
        return np.zeros_like(raw)
    low, high = float(known.min()), float(known.max())
    if high == low:
        return np.where(np.isnan(raw), 0, 1).astype(np.float32)
    stretched: Floats = np.nan_to_num((raw - low) / (high - low)).astype(np.float32)
    return stretched
