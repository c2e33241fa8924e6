"""Searching a space: codes by Hamming distance first, then the space's own measure over full vectors.

A row that has several vectors is as similar as the nearest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.errors import Damaged
from pinakes.index.best import best, distinct, firsts, highest
from pinakes.index.matrix import Among, Matrix, Nearest
from pinakes.index.measures import estimated, similarity
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.types import Floats

# Candidates that are rescored for a recall@10 of 0.985 among a million rows by codes of 512 bits, and never fewer.
LEAST_CANDIDATES, _MILLION, _BITS = 800, 1_000_000, 512
# A query is never made to read more vectors than this, but for those that it shows.
MOST_CANDIDATES = 16_384
# A quick search looks at so many times as many codes as it wants, and keeps those with which the whole query goes most;
# a precise one reads the vectors of all that it looks at.
_LOOKED_AT = 8
# Where these are of too few rows, which have several each, so many times as many are looked at.
_FURTHER = 4
# The places in a matrix of those of some rows that are there.
_PlacesOf: TypeAlias = Callable[[Matrix, NDArray[np.int64]], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the codes of a segment tell: places (n,) in its matrix, their rows, and what they promise."""

    segment: int
    places: NDArray[np.int64]
    rows: NDArray[np.int64]
    promised: Floats


@dataclass(frozen=True, slots=True)
class Near:
    """Rows (k,) and their similarities (k,), the most similar first."""

    rows: NDArray[np.int64]
    similarities: Floats


def find(
    snapshot: Snapshot,
    space: Space,
    query: Floats,
    count: int,
    selection: Selection,
    deadline: Deadline,
    *,
    precise: bool,
    candidates: int = 0,
) -> Near:
    """The rows of a space most similar to a query vector (dim,)."""
    if space.metric == "cosine":
        query = query / max(float(np.linalg.norm(query)), 1e-12)
    pack = space_pack(space.id, space.code_version)
    matrices = {number: one for number, one in snapshot.each(lambda segment: segment.matrix(pack)) if one is not None}
    # Between unit vectors the codes alone tell which are nearest, if all lie equally far from the centre.
    learned = space.hasher.is_learned
    by_code = learned or (space.metric == "cosine" and all(matrix.even for matrix in matrices.values()))
    chosen = {number: selection.among_of(number, pack, matrix) for number, matrix in matrices.items()}
    rows_chosen = sum(matrices[n].count if among is None else among.total for n, among in chosen.items())
    wanted = max(candidates or enough(rows_chosen, space.hasher.bits), 2 * count) if precise else count
    several = any(matrix.has_several for matrix in matrices.values())
    looked_at = wanted * _LOOKED_AT if learned and not precise else wanted * (1 + several)
    scan = _Scan(snapshot, space, query, selection, matrices, chosen, by_code=by_code, precise=precise)
    found = scan.look(looked_at, deadline)
    # Many vectors of few rows may be all that was looked at.
    while several and looked_at < rows_chosen and len(distinct(_rows(found))) < count:
        looked_at *= _FURTHER
        found = scan.look(looked_at, deadline)
    rows, promised = _rows(found), np.concatenate([np.zeros(0, np.float32), *(one.promised for one in found)])
    if not precise and not learned:
        return _ordered(rows, promised, count, several=several)
    # Among so many codes as there are where rows have several, a precise search wants twice as many rows anyway.
    wanted *= 1 + (several and not precise)
    kept = np.sort(_two_of_each(rows, promised, wanted) if several else highest(promised, wanted))
    return scan.measured([each for each in _cut(found, kept) if len(each.rows)], count)


@dataclass(frozen=True, slots=True)
class _Scan:
    """A look at the codes of all segments for one query."""

    snapshot: Snapshot
    space: Space
    query: Floats
    selection: Selection
    matrices: dict[int, Matrix]
    chosen: dict[int, Among | None]
    by_code: bool
    precise: bool

    def look(self, count: int, deadline: Deadline) -> list[_Found]:
        """What so many of the codes of each segment tell that are likeliest, without those that may not be found."""
        code = self.space.hasher.query_code(self.query)
        found = []
        for number, matrix in self.matrices.items():
            deadline.check()
            among, base = self.chosen[number], self.snapshot.bases[number]
            most = count + self._without(matrix, base)
            if self.by_code:
                near = matrix.nearest(code, most, among)
            else:
                near = matrix.likeliest(self.space.hasher, self.query, most, among)
            rows = matrix.rows[near.places] + base
            left = self.selection.left_of(rows)
            promised = _promised(self.space, matrix, self.query, near, left, precise=self.precise)
            found.append(_Found(number, near.places[left], rows[left], promised))
        return found

    def measured(self, found: Sequence[_Found], count: int) -> Near:
        """The rows most similar by the space's own measure, of what was found in each segment."""
        rows, similarities = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        several = False
        for one in found:
            matrix = self.matrices[one.segment]
            try:
                similarities.append(similarity(self.space.metric, self.query, matrix.vectors(one.places)))
                rows.append(one.rows)
                several = several or matrix.has_several
            except Damaged as error:
                self.snapshot.damage[self.snapshot.segments[one.segment].name] = error
        return _ordered(np.concatenate(rows), np.concatenate(similarities), count, several=several)

    def _without(self, matrix: Matrix, base: int) -> int:
        """How many codes of a matrix may be of rows that may not be found."""
        without = self.selection.without
        return len(matrix.every_place(without - base)) if len(without) and matrix.has_several else len(without)


def _rows(found: Sequence[_Found]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(0, np.int64), *(one.rows for one in found)])


def _promised(
    space: Space, matrix: Matrix, query: Floats, near: Nearest, left: NDArray[np.bool_], *, precise: bool
) -> Floats:
    """What the codes of the places that are left promise (n,)."""
    places, distances = near.places[left], near.distances[left]
    if not space.hasher.is_learned:
        return estimated(space.hasher, query, distances, matrix.bearings[places], hope=float(precise))
    return -distances.astype(np.float32) if precise else space.hasher.agreement(query, matrix.codes_at(places))


def _two_of_each(rows: NDArray[np.int64], promised: Floats, count: int) -> NDArray[np.int64]:
    """Where those stand that promise most, of each row two at most: many sentences of one text crowd none out."""
    order = np.lexsort((-promised, rows))
    further = np.zeros(len(order), np.bool_)
    further[2:] = rows[order[2:]] == rows[order[:-2]]
    kept = order[~further]
    return kept[highest(promised[kept], count)]


def enough(rows: int, bits: int) -> int:
    """How many candidates among so many rows: more rows crowd the codes, and shorter codes tell them apart less.

    Measured from 100,000 to 10,000,000 rows and from 128 to 512 bits (see benchmarks/scale.py).
    """
    crowded = (rows / _MILLION) ** 0.5 * (_BITS / bits) ** 1.75
    return min(max(LEAST_CANDIDATES, int(LEAST_CANDIDATES * crowded)), MOST_CANDIDATES)


def _cut(found: Sequence[_Found], kept: NDArray[np.int64]) -> Iterator[_Found]:
    """Of what was found, counted through all segments, only some."""
    start = 0
    for one in found:
        stop = start + len(one.rows)
        chosen = kept[np.searchsorted(kept, start) : np.searchsorted(kept, stop)] - start
        yield _Found(one.segment, one.places[chosen], one.rows[chosen], one.promised[chosen])
        start = stop


def _ordered(rows: NDArray[np.int64], values: Floats, count: int, *, several: bool) -> Near:
    """The best rows, each by the best of its values where there may be several."""
    if not several:
        return Near(*best(rows, values, count))
    order = np.lexsort((-values, rows))
    nearest = order[firsts(rows[order])]
    return Near(*best(rows[nearest], values[nearest], count))


def rescore(snapshot: Snapshot, space: Space, query: Floats, rows: NDArray[np.int64], count: int) -> Near:
    """The most similar of some rows by the space's own measure; rows without a vector are left out."""
    found, similarities = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for chosen, vectors in every_vector_of(snapshot, space, rows):
        found.append(chosen)
        similarities.append(similarity(space.metric, query, vectors))
    every = np.concatenate(found)
    # Those of one row follow each other.
    several = not firsts(every).all()
    return _ordered(every, np.concatenate(similarities), count, several=several)


def vectors_of(snapshot: Snapshot, space: Space, rows: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Floats]]:
    """Rows and their full vectors (n, dim), segment by segment; of several that of the whole."""
    return _read(snapshot, space, rows, Matrix.first_places)


def every_vector_of(
    snapshot: Snapshot, space: Space, rows: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], Floats]]:
    """The same of all vectors of the rows, each row as often as it has one."""
    return _read(snapshot, space, rows, Matrix.every_place)


def nearest_within(snapshot: Snapshot, space: Space, query: Floats, rows: NDArray[np.int64]) -> dict[int, int]:
    """Of those rows that have several vectors the number of the one nearest to a query; 0 is the whole's."""
    found = {}
    for chosen, vectors in _read(snapshot, space, rows, _several_places):
        starts = np.flatnonzero(firsts(chosen))
        similarities = similarity(space.metric, query, vectors)
        for start, of_row in zip(starts.tolist(), np.split(similarities, starts[1:]), strict=False):
            if len(of_row) > 1:
                found[int(chosen[start])] = int(np.argmax(of_row))
    return found


def _several_places(matrix: Matrix, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return matrix.every_place(rows) if matrix.has_several else rows[:0]


def _read(
    snapshot: Snapshot, space: Space, rows: NDArray[np.int64], places_of: _PlacesOf
) -> list[tuple[NDArray[np.int64], Floats]]:
    pack = space_pack(space.id, space.code_version)
    result = []
    for number, _, local in snapshot.by_segment(rows):
        segment = snapshot.segments[number]
        try:
            matrix = segment.matrix(pack)
            if matrix is not None:
                places = places_of(matrix, local)
                result.append((matrix.rows[places] + snapshot.bases[number], matrix.vectors(places)))
        except Damaged as error:
            snapshot.damage[segment.name] = error
    return result
