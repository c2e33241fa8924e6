"""Metrics of codes, straight from the bits: all of a collection ranked by Hamming distance, for many queries.

The protocol is that of the papers on hashing: everything in the collection is ranked, a thing is relevant if it shares
a label with the query, mAP@k is divided by what is relevant among the first k, and P, R and F1 are taken within a
radius. Codes have few distances, so that most places are tied. `rows`, which those papers use, lets the order of the
collection decide; `expected` takes the mean over all orders of what is tied, which no order of rows can change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.metrics import ties as tied
from pinakes.metrics.curves import Points
from pinakes.metrics.names import Metric, parse
from pinakes.metrics.ranked import Counts, Floats
from pinakes.threads import cores
from pinakes.types import Codes

Ties: TypeAlias = Literal["rows", "expected"]
Words: TypeAlias = NDArray[np.uint64]
Flags: TypeAlias = NDArray[np.bool_]

TIES: dict[Ties, str] = {
    "rows": "what is equally far from a query stands in the order of the collection, as in papers on hashing",
    "expected": "the mean over all orders of what is equally far from a query",
}
MEASURED = ("map", "p", "r", "f1")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Packed codes (n, bytes) and their labels: one number for each (n,), or a table of yes and no (n, labels)."""

    codes: Codes
    labels: NDArray[np.generic]

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or self.codes.dtype != np.uint8 or not self.codes.shape[1]:
            raise BadInput("Codes are packed bits: an array of bytes, a row for each code.", "Pack them: np.packbits.")
        if self.labels.ndim not in (1, 2) or not np.prod(self.labels.shape[1:]):
            raise BadInput("Labels are a number for each code, or a table of yes and no for each code and label.")
        if len(self.codes) != len(self.labels):
            raise BadInput(f"There are {len(self.codes):,} codes and {len(self.labels):,} rows of labels.")

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Counted:
    """One query before the collection: the hits in order (n,), and how many things and hits lie at each distance."""

    ordered: Flags
    everything: Counts
    hits: Counts


def measure(
    queries: Labelled,
    collection: Labelled,
    metrics: Iterable[str | Metric] = ("map",),
    *,
    ties: Ties = "rows",
    threads: int | None = None,
) -> dict[str, Floats]:
    """Each metric for each query (queries,), NaN where nothing in the collection is relevant.

    Metrics are map, map@k, and p, r and f1 at a rank or within a radius. Memory grows with the collection alone.
    """
    if ties not in TIES:
        raise BadInput(f"{ties!r} is not a way to deal with ties.", f"There are {' and '.join(TIES)}.")
    wanted = chosen(metrics)
    in_order = ties == "rows" and any(metric.radius is None for metric in wanted)

    def values(query: Counted) -> list[float]:
        return [_value(metric, query, in_order=ties == "rows") for metric in wanted]

    table = _each(queries, collection, values, len(wanted), in_order=in_order, threads=threads)
    return {metric.name: table[:, number] for number, metric in enumerate(wanted)}


def chance(
    queries: Labelled,
    collection: Labelled,
    metrics: Iterable[str | Metric] = ("map",),
    *,
    threads: int | None = None,
) -> dict[str, Floats]:
    """What each metric would be if as many things lay as near, but any things (queries,)."""
    wanted = chosen(metrics)

    def levels(query: Counted) -> list[float]:
        return [_level(metric, query) for metric in wanted]

    table = _each(queries, collection, levels, len(wanted), in_order=False, threads=threads)
    return {metric.name: table[:, number] for number, metric in enumerate(wanted)}


def curve(queries: Labelled, collection: Labelled, *, threads: int | None = None) -> Points:
    """Precision and recall within each radius from 0 to the number of bits, averaged over the queries that count."""

    def within(query: Counted) -> list[float]:
        found, depth = query.hits.cumsum(), query.everything.cumsum()
        return [*(found / query.hits.sum()), *(found / np.maximum(depth, 1))]

    radii = _bits(collection) + 1
    table = _each(queries, collection, within, 2 * radii, in_order=False, threads=threads)
    counted = table[~np.isnan(table[:, 0])]
    if not len(counted):
        return Points(np.zeros(0), np.zeros(0))
    mean = counted.mean(axis=0)
    return Points(mean[:radii], mean[radii:])


def average_precision(ordered: Flags) -> float:
    """Mean of the precision at each hit among what is ranked; 0 without any."""
    ranks = np.flatnonzero(ordered) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).mean()) if len(ranks) else 0.0


def _each(
    queries: Labelled,
    collection: Labelled,
    values: Callable[[Counted], Sequence[float]],
    width: int,
    *,
    in_order: bool,
    threads: int | None,
) -> Floats:
    """The values of each query (queries, width)."""
    if queries.codes.shape[1] != collection.codes.shape[1]:
        raise BadInput(f"Codes of {_bits(queries)} and of {_bits(collection)} bits can not be compared.")
    asked, stored = _words(queries.codes), _words(collection.codes)
    shares, bits = _sharing(queries.labels, collection.labels), _bits(collection)
    table = np.full((len(queries), width), np.nan)

    def fill(row: int) -> None:
        relevant = shares(row)
        if relevant.any():
            table[row] = values(_counted(_distances(asked[row], stored), relevant, bits, in_order=in_order))

    with ThreadPoolExecutor(threads or cores()) as pool:
        # Numpy lets go of the interpreter in all that takes long.
        for _ in pool.map(fill, range(len(queries))):
            pass
    return table


def _counted(distances: NDArray[np.integer], relevant: Flags, bits: int, *, in_order: bool) -> Counted:
    # Numpy sorts small integers stably, by counting them.
    ordered = relevant[np.argsort(distances, kind="stable")] if in_order else relevant[:0]
    return Counted(
        ordered,
        np.bincount(distances, minlength=bits + 1),
        np.bincount(distances[relevant], minlength=bits + 1),
    )


def _value(metric: Metric, query: Counted, *, in_order: bool) -> float:
    name, k = metric.family.name, metric.k
    relevant = int(query.hits.sum())
    if metric.radius is not None:
        near = slice(metric.radius + 1)
        return _quotient(name, int(query.hits[near].sum()), int(query.everything[near].sum()), relevant)
    if name == "map":
        return average_precision(query.ordered[:k]) if in_order else tied.precision(query.everything, query.hits, k)
    depth = k or int(query.everything.sum())
    found = float(query.ordered[:depth].sum()) if in_order else tied.first(query.everything, query.hits, depth)
    return _quotient(name, found, depth, relevant)


def _level(metric: Metric, query: Counted) -> float:
    """The value if everything were tied; within a radius, if as many things lay in it."""
    size, relevant = int(query.everything.sum()), int(query.hits.sum())
    if metric.radius is not None:
        depth = int(query.everything[: metric.radius + 1].sum())
        return _quotient(metric.family.name, depth * relevant / size, depth, relevant)
    return _value(metric, Counted(query.ordered, np.array([size]), np.array([relevant])), in_order=False)


def _quotient(name: str, found: float, depth: float, relevant: float) -> float:
    """Precision, recall or F1 of a number of hits; 0 where nothing was looked at."""
    above = 2 * found if name == "f1" else found
    below = {"p": depth, "r": relevant, "f1": depth + relevant}[name]
    return float(above / below) if below else 0.0


def chosen(metrics: Iterable[str | Metric]) -> list[Metric]:
    """The metrics of some names, if codes are measured by all of them."""
    wanted = [parse(metric) if isinstance(metric, str) else metric for metric in metrics]
    for metric in wanted:
        if metric.family.name not in MEASURED:
            raise BadInput(f"{metric.name} is not measured on codes.", f"There are {', '.join(MEASURED)}.")
    return wanted


def _bits(labelled: Labelled) -> int:
    return 8 * int(labelled.codes.shape[1])


def _distances(code: Words, stored: Words) -> NDArray[np.integer]:
    """Hamming distances from one code (words,) to all others (n, words), in the smallest type that holds them."""
    total: NDArray[np.integer] = np.bitwise_count(stored[:, 0] ^ code[0]).astype(
        np.uint8 if stored.shape[1] < 4 else np.uint16
    )
    for column in range(1, stored.shape[1]):
        total += np.bitwise_count(stored[:, column] ^ code[column])
    return total


def _sharing(wanted: NDArray[np.generic], told: NDArray[np.generic]) -> Callable[[int], Flags]:
    """For the row of a query, whether each thing of the collection shares a label with it (n,)."""
    if wanted.shape[1:] != told.shape[1:]:
        raise BadInput("The queries and the collection do not have the same labels.")
    if told.ndim == 1:
        return lambda row: told == wanted[row]
    asked, stored = (_words(np.packbits(table != 0, axis=1)) for table in (wanted, told))

    def shares(row: int) -> Flags:
        any_of: Flags = (stored[:, 0] & asked[row, 0]) != 0
        for column in np.flatnonzero(asked[row, 1:]) + 1:
            any_of |= (stored[:, column] & asked[row, column]) != 0
        return any_of

    return shares


def _words(packed: NDArray[np.uint8]) -> Words:
    """Packed bytes as 64-bit words, padded with 0; the words of one column lie side by side."""
    padded = np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))))
    return np.asfortranarray(padded.view(np.uint64))
