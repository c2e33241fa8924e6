"""Random parts of a library, by which it is measured how near things lie to each other there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index.best import distinct, firsts, stretched_out
from pinakes.index.find_vectors import every_vector_of
from pinakes.index.measures import similarity
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES, Floats, Metric, Modality

# How many of a sample ask, and how many there are of each modality at most.
ASKED, _AMONG = 128, 1_024


@dataclass(frozen=True, slots=True)
class Sample:
    """Random parts: of each the vector of the whole (n, dim), all vectors of all, and where those of each begin."""

    wholes: Floats
    every: Floats
    starts: NDArray[np.int64]
    # How many parts they were drawn from.
    drawn_from: int

    def __len__(self) -> int:
        return len(self.wholes)

    def nearness(self, metric: Metric, query: Floats) -> Floats:
        """The similarity (n,) of each part to a query: that of its nearest vector, as a search has it."""
        found: Floats = np.maximum.reduceat(similarity(metric, query, self.every), self.starts)
        return found


def samples(snapshot: Snapshot, space: Space, seed: int = 0) -> dict[Modality, Sample]:
    """Vectors of random parts, by modality."""
    random = np.random.default_rng(seed)
    every, modalities = _having(snapshot, space)
    found: dict[Modality, Sample] = {}
    for number, modality in enumerate(MODALITIES):
        drawn = _drawn(snapshot, space, every[modalities == number], _AMONG, random)
        if drawn is not None:
            found[modality] = _spread(drawn)
    return found


def sample_of(snapshot: Snapshot, space: Space, modality: Modality, count: int) -> Sample | None:
    """So many random parts of one modality, in the order of the library; all that there are if these are fewer."""
    every, modalities = _having(snapshot, space)
    kind = every[modalities == MODALITIES.index(modality)]
    return _drawn(snapshot, space, kind, count, np.random.default_rng(0))


def _having(snapshot: Snapshot, space: Space) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """The rows that have vectors and are not gone, and their modalities."""
    pack = space_pack(space.id, space.code_version)
    rows = []
    for number, matrix in snapshot.each(lambda segment: segment.matrix(pack)):
        if matrix is not None:
            having, alive = distinct(matrix.rows), snapshot.segments[number].alive_rows
            rows.append((having if alive is None else having[alive[having]]) + snapshot.bases[number])
    every = np.concatenate([np.zeros(0, np.int64), *rows])
    return every, snapshot.modalities(every)


def _drawn(
    snapshot: Snapshot, space: Space, rows: NDArray[np.int64], count: int, random: np.random.Generator
) -> Sample | None:
    if not len(rows):
        return None
    chosen = np.sort(random.choice(rows, min(count, len(rows)), replace=False))
    pieces = every_vector_of(snapshot, space, chosen)
    if not pieces:
        return None
    drawn, vectors = (np.concatenate(each) for each in zip(*pieces, strict=True))
    starts = np.flatnonzero(firsts(drawn))
    return Sample(vectors[starts], vectors, starts, len(rows))


def _spread(drawn: Sample) -> Sample:
    """The same parts in an order of their own, whatever order they came in; the first stand for all of them."""
    wholes, starts = drawn.wholes, drawn.starts
    counts = np.diff(np.append(starts, len(drawn.every)))
    ordered = np.lexsort(wholes.T)
    first = np.unique(np.linspace(0, len(ordered) - 1, ASKED).astype(np.int64))
    rest = np.setdiff1d(np.arange(len(ordered)), first, assume_unique=True)
    order = np.concatenate([ordered[first], ordered[rest]])
    places = stretched_out(starts[order], counts[order])
    return Sample(wholes[order], drawn.every[places], np.cumsum(counts[order]) - counts[order], drawn.drawn_from)
