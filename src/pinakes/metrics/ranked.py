"""Ranked answers to a set of queries, as arrays: all that the metrics look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# Metrics are sums of many small terms, and are compared to nine decimals.
Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What stands at each rank of each query's list, and what ought to stand there.

    `gains` (queries, depth) is the grade of what stands at a rank, 0 where it is not relevant or where nothing stands;
    `ideal` (queries, most) the grades of all that is relevant, best first, padded with 0; `relevant` and `retrieved`
    (queries,) count both. Only some metrics look at the others: `judged` (queries, depth) is whether it was judged;
    `nonrelevant` (queries,), how many were judged and found not relevant; `collection` (queries,), how many things the
    list was chosen from; `distances` (queries, depth), how far from the query it lies.
    """

    gains: Floats
    ideal: Floats
    relevant: Counts
    retrieved: Counts
    judged: NDArray[np.bool_] | None = None
    nonrelevant: Counts | None = None
    collection: Counts | None = None
    distances: NDArray[np.integer] | None = None

    @property
    def hits(self) -> NDArray[np.bool_]:
        """Whether a relevant thing stands at a rank (queries, depth)."""
        hits: NDArray[np.bool_] = self.gains > 0
        return hits

    def __len__(self) -> int:
        return len(self.gains)


def of_relevance(hits: NDArray[np.bool_], relevant: Counts, retrieved: Counts | None = None) -> Ranked:
    """Lists (queries, depth) in which a thing is relevant or not, without grades; by default all lists are full."""
    most = int(relevant.max(initial=0))
    ideal = (np.arange(most) < relevant[:, None]).astype(np.float64)
    full = np.full(len(hits), hits.shape[1], np.int64)
    return Ranked(hits.astype(np.float64), ideal, relevant.astype(np.int64), full if retrieved is None else retrieved)
