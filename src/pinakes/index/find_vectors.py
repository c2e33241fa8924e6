"""Searching a space: codes by Hamming distance first, then the space's own measure over full vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.errors import Damaged
from pinakes.index.best import best, highest
from pinakes.index.matrix import Matrix, Nearest
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
    code = space.hasher.query_code(query)
    all_rows, all_promised = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for number, matrix in matrices.items():
        deadline.check()
        among = chosen[number]
        most = (wanted * _LOOKED_AT if learned and not precise else wanted) + len(selection.without)
        near = matrix.nearest(code, most, among) if by_code else matrix.likeliest(space.hasher, query, most, among)
        rows = matrix.rows[near.places] + snapshot.bases[number]
        left = selection.left_of(rows)
        all_rows.append(rows[left])
        all_promised.append(_promised(space, matrix, query, near, left, precise=precise))
    rows, promised = np.concatenate(all_rows), np.concatenate(all_promised)
    if not precise and not learned:
        return Near(*best(rows, promised, count))
    return rescore(snapshot, space, query, rows[highest(promised, wanted)], count)


def _promised(
    space: Space, matrix: Matrix, query: Floats, near: Nearest, left: NDArray[np.bool_], *, precise: bool
) -> Floats:
    """What the codes of the places that are left promise (n,)."""
    places, distances = near.places[left], near.distances[left]
    if not space.hasher.is_learned:
        return estimated(space.hasher, query, distances, matrix.bearings[places], hope=float(precise))
    return -distances.astype(np.float32) if precise else space.hasher.agreement(query, matrix.codes_at(places))


def enough(rows: int, bits: int) -> int:
    """How many candidates among so many rows: more rows crowd the codes, and shorter codes tell them apart less.

    Measured from 100,000 to 10,000,000 rows and from 128 to 512 bits (see benchmarks/scale.py).
    """
    crowded = (rows / _MILLION) ** 0.5 * (_BITS / bits) ** 1.75
    return min(max(LEAST_CANDIDATES, int(LEAST_CANDIDATES * crowded)), MOST_CANDIDATES)


def rescore(snapshot: Snapshot, space: Space, query: Floats, rows: NDArray[np.int64], count: int) -> Near:
    """The most similar of some rows by the space's own measure; rows without a vector are left out."""
    found, similarities = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for chosen, vectors in vectors_of(snapshot, space, rows):
        found.append(chosen)
        similarities.append(similarity(space.metric, query, vectors))
    return Near(*best(np.concatenate(found), np.concatenate(similarities), count))


def vectors_of(snapshot: Snapshot, space: Space, rows: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Floats]]:
    """Rows and their full vectors (n, dim), segment by segment."""
    pack = space_pack(space.id, space.code_version)
    result = []
    for number, _, local in snapshot.by_segment(rows):
        segment = snapshot.segments[number]
        try:
            matrix = segment.matrix(pack)
            if matrix is not None:
                places, having = _places(matrix, local)
                result.append((local[having] + snapshot.bases[number], matrix.vectors(places)))
        except Damaged as error:
            snapshot.damage[segment.name] = error
    return result


def _places(matrix: Matrix, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The places of rows in a matrix, and which of the rows are there at all."""
    if not matrix.count:
        return np.zeros(0, np.int64), np.zeros(len(rows), np.bool_)
    places = np.minimum(np.searchsorted(matrix.rows, rows), matrix.count - 1)
    having: NDArray[np.bool_] = matrix.rows[places] == rows
    return places[having], having
