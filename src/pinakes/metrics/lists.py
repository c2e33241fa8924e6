"""Metrics of ranked lists, all queries at once: each (queries,), NaN where nothing is relevant.

The definitions are those of trec_eval, so that figures compare with published ones.
"""

from __future__ import annotations

import numpy as np

from pinakes.errors import BadInput
from pinakes.metrics.ranked import Counts, Floats, Ranked


def found(ranked: Ranked, k: int | None) -> Floats:
    """How many relevant things stand among the first k (queries,)."""
    total: Floats = ranked.hits[:, :k].sum(axis=1).astype(np.float64)
    return total


def precision(ranked: Ranked, k: int | None) -> Floats:
    """Of k ranks, how many hold something relevant; a list that is too short counts as k ranks all the same."""
    size = ranked.retrieved.astype(np.float64) if k is None else float(k)
    return counted(ranked, over(found(ranked, k), size))


def recall(ranked: Ranked, k: int | None) -> Floats:
    """How much of what is relevant stands among the first k."""
    return counted(ranked, over(found(ranked, k), ranked.relevant))


def f1(ranked: Ranked, k: int | None) -> Floats:
    """Harmonic mean of precision and recall."""
    size = ranked.retrieved if k is None else k
    return counted(ranked, over(2 * found(ranked, k), size + ranked.relevant))


def average_precision(ranked: Ranked, k: int | None) -> Floats:
    """Mean over all that is relevant of the precision at its rank; 0 for what is not among the first k."""
    hits = ranked.hits[:, :k]
    ranks = np.arange(1, hits.shape[1] + 1)
    sums = np.where(hits, hits.cumsum(axis=1) / ranks, 0.0).sum(axis=1)
    return counted(ranked, over(sums, ranked.relevant))


def ndcg(ranked: Ranked, k: int | None) -> Floats:
    """Grades discounted by the logarithm of their ranks, over the same sum for the best order of all."""
    return counted(ranked, over(_discounted(ranked.gains[:, :k]), _discounted(ranked.ideal[:, :k])))


def reciprocal_rank(ranked: Ranked, k: int | None) -> Floats:
    """One over the rank of the first relevant thing; 0 if there is none among the first k."""
    hits = ranked.hits[:, :k]
    if not hits.shape[1]:
        return counted(ranked, np.zeros(len(ranked)))
    first: Counts = hits.argmax(axis=1) + 1
    return counted(ranked, over(hit(ranked, k), first))


def hit(ranked: Ranked, k: int | None) -> Floats:
    """Whether anything relevant stands among the first k: 1 or 0."""
    return counted(ranked, np.minimum(found(ranked, k), 1.0))


def accuracy(ranked: Ranked, k: int | None) -> Floats:
    """Whether what stands first is relevant; with k, the share of right decisions if k are called relevant."""
    if k is None:
        return hit(ranked, 1)
    if ranked.collection is None:
        raise BadInput(
            f"accuracy@{k} counts also what was rightly left out, and it is not known how many documents there are.",
            "Say it with --documents N, or use p@k, r@k or f1@k.",
        )
    right = found(ranked, k)
    # What was missed, and what was called relevant wrongly.
    wrong = (ranked.relevant - right) + (np.minimum(k, ranked.retrieved) - right)
    return counted(ranked, 1.0 - over(wrong, ranked.collection))


def r_precision(ranked: Ranked, k: int | None) -> Floats:
    """Precision at the rank that equals the number of relevant things."""
    ahead = np.arange(ranked.gains.shape[1]) < ranked.relevant[:, None]
    return counted(ranked, over((ranked.hits & ahead).sum(axis=1), ranked.relevant))


def bpref(ranked: Ranked, k: int | None) -> Floats:
    """How seldom something judged not relevant stands before something relevant; what was not judged is passed over."""
    if ranked.judged is None or ranked.nonrelevant is None:
        raise BadInput("bpref needs to know what was judged and found not relevant.", "Use map.")
    hits = ranked.hits
    before = (ranked.judged & ~hits).cumsum(axis=1)
    relevant = ranked.relevant[:, None]
    fewer = np.minimum(relevant, ranked.nonrelevant[:, None])
    worth = np.where(before > 0, 1.0 - over(np.minimum(before, relevant), fewer), 1.0)
    return counted(ranked, over(np.where(hits, worth, 0.0).sum(axis=1), ranked.relevant))


def precision_within(ranked: Ranked, radius: int) -> Floats:
    """Of what lies within a Hamming radius, how much is relevant; 0 where nothing lies there."""
    within = _within(ranked, radius)
    return counted(ranked, over((ranked.hits & within).sum(axis=1), within.sum(axis=1)))


def recall_within(ranked: Ranked, radius: int) -> Floats:
    """How much of what is relevant lies within a Hamming radius."""
    return counted(ranked, over((ranked.hits & _within(ranked, radius)).sum(axis=1), ranked.relevant))


def f1_within(ranked: Ranked, radius: int) -> Floats:
    """Harmonic mean of precision and recall within a Hamming radius."""
    within = _within(ranked, radius)
    both = within.sum(axis=1) + ranked.relevant
    return counted(ranked, over(2.0 * (ranked.hits & within).sum(axis=1), both))


def over(above: Floats | Counts, below: Floats | Counts | float) -> Floats:
    """A quotient that is 0 where it is divided by 0: nothing was found among nothing."""
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)
    quotient: Floats = np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below != 0)
    return quotient


def counted(ranked: Ranked, values: Floats) -> Floats:
    """The values of the queries that count: those for which something is relevant."""
    return np.where(ranked.relevant > 0, values, np.nan)


def discounts(depth: int) -> Floats:
    """What a grade is worth at each of the first ranks (depth,)."""
    worth: Floats = 1.0 / np.log2(np.arange(2, depth + 2))
    return worth


def _discounted(gains: Floats) -> Floats:
    total: Floats = gains @ discounts(gains.shape[1])
    return total


def _within(ranked: Ranked, radius: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    if ranked.distances is None:
        raise BadInput("Precision and recall within a radius need codes.", "Use p@k, r@k or f1@k.")
    there = np.arange(ranked.gains.shape[1]) < ranked.retrieved[:, None]
    within: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = there & (ranked.distances <= radius)
    return within
