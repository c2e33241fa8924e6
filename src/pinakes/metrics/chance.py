"""What a random order of the collection reaches: in closed form where there is one, else by seeded permutations."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from pinakes.errors import BadInput
from pinakes.metrics.lists import counted, discounts
from pinakes.metrics.names import Metric
from pinakes.metrics.ranked import Floats, Ranked
from pinakes.metrics.ties import harmonic_numbers

# Random orders from which a level without a closed form is estimated, and places in all of them together.
_ORDERS = 200
_PLACES = 4_000_000

Level: TypeAlias = Callable[[Ranked, Floats, int | None], Floats]


def chance(metric: Metric, ranked: Ranked, *, seed: int = 0) -> Floats:
    """The expected value of a metric for each query if the collection were ranked at random (queries,)."""
    if ranked.collection is None:
        raise BadInput("What chance reaches depends on how many documents there are.", "Say it with --documents N.")
    if metric.radius is not None:
        raise BadInput("Within a radius there is no random order; the codes tell what chance reaches.")
    level = _LEVELS.get(metric.family.name)
    if level is None:
        return by_orders(metric, ranked, seed=seed)
    size = np.maximum(ranked.collection, np.maximum(ranked.relevant, 1)).astype(np.float64)
    return counted(ranked, level(ranked, size, metric.k))


def by_orders(metric: Metric, ranked: Ranked, *, seed: int = 0, orders: int = _ORDERS) -> Floats:
    """The same, as the mean over random orders; over fewer of them where the collection is large."""
    random = np.random.default_rng(seed)
    values = np.full(len(ranked), np.nan)
    for query in np.flatnonzero(ranked.relevant).tolist():
        # bpref passes over what was not judged, wherever it stands.
        among = 0 if metric.family.name == "bpref" or ranked.collection is None else int(ranked.collection[query])
        values[query] = np.nanmean(metric.of(_shuffled(ranked, query, among, orders, random)))
    return values


def _shuffled(ranked: Ranked, query: int, size: int, orders: int, random: np.random.Generator) -> Ranked:
    """One query's collection in many random orders."""
    relevant = int(ranked.relevant[query])
    wrong = int(ranked.nonrelevant[query]) if ranked.nonrelevant is not None else 0
    size = max(relevant + wrong, size)
    orders = max(1, min(orders, _PLACES // size))
    places = random.permuted(np.tile(np.arange(size), (orders, 1)), axis=1)
    gains = np.where(places < relevant, np.append(ranked.ideal[query], np.zeros(size))[places], 0.0)

    def many(value: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.full(orders, value, np.int64)

    return Ranked(
        gains=gains,
        ideal=np.tile(ranked.ideal[query], (orders, 1)),
        relevant=many(relevant),
        retrieved=many(size),
        judged=places < relevant + wrong,
        nonrelevant=many(wrong),
        collection=many(size),
    )


def _precision(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    depth = size if k is None else float(k)
    return np.minimum(depth, size) * ranked.relevant / size / depth


def _recall(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    return np.minimum(size if k is None else float(k), size) / size


def _f1(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    # Twice the hits over k and all that is relevant: linear in the hits.
    depth = size if k is None else float(k)
    hits = np.minimum(depth, size) * ranked.relevant / size
    return 2 * hits / (depth + ranked.relevant)


def _average_precision(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    """At each rank stands something relevant with probability R/N, and before it as much as chance puts there."""
    depth = np.minimum(size, size if k is None else float(k))
    harmonic = harmonic_numbers(int(depth.max(initial=0)))[depth.astype(np.int64)]
    others = np.where(size > 1, (ranked.relevant - 1) / np.maximum(size - 1, 1), 0.0)
    return (harmonic + others * (depth - harmonic)) / size


def _ndcg(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    depth = np.minimum(size, size if k is None else float(k)).astype(np.int64)
    worth = np.append(0.0, discounts(max(int(depth.max(initial=0)), ranked.ideal.shape[1])).cumsum())
    best = ranked.ideal[:, :k] @ discounts(ranked.ideal[:, :k].shape[1])
    mean: Floats = ranked.ideal.sum(axis=1) / size
    level: Floats = mean * worth[depth] / np.where(best > 0, best, 1.0)
    return level


def _reciprocal_rank(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    pairs = zip(ranked.relevant.tolist(), size.astype(np.int64).tolist(), strict=True)
    return np.array([_expected_reciprocal(relevant, total, total if k is None else k) for relevant, total in pairs])


@lru_cache(10_000)
def _expected_reciprocal(relevant: int, size: int, depth: int) -> float:
    """Most queries of a collection share their numbers with others."""
    first = first_hits(relevant, size, depth)
    return float((first / np.arange(1, len(first) + 1)).sum())


def _hit(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    pairs = zip(ranked.relevant.tolist(), size.astype(np.int64), strict=True)
    return np.array([first_hits(relevant, int(total), k or 1).sum() for relevant, total in pairs])


def _accuracy(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    if k is None:
        return ranked.relevant / size
    depth = np.minimum(float(k), size)
    hits = depth * ranked.relevant / size
    return 1 - (depth - hits + ranked.relevant - hits) / size


def _r_precision(ranked: Ranked, size: Floats, k: int | None) -> Floats:
    return ranked.relevant / size


def first_hits(relevant: int, size: int, depth: int) -> Floats:
    """The probability that the first relevant thing of a random order stands at each of its first ranks."""
    # Beyond this rank one has been met for certain, if there is one.
    depth = min(depth, size - relevant + 1) if relevant else 0
    left = size - np.arange(depth, dtype=np.float64)
    none_before = np.append(1.0, np.cumprod(1 - relevant / left))[:depth]
    first: Floats = none_before * relevant / left
    return first


_LEVELS: dict[str, Level] = {
    "p": _precision,
    "r": _recall,
    "f1": _f1,
    "map": _average_precision,
    "ndcg": _ndcg,
    "mrr": _reciprocal_rank,
    "hit": _hit,
    "accuracy": _accuracy,
    "rprec": _r_precision,
}
