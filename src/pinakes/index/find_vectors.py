"""Searching a space: codes by Hamming distance first, then the space's own measure over full vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.errors import Damaged
from pinakes.index.best import best
from pinakes.index.matrix import Matrix
from pinakes.index.measures import from_distance, similarity
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.types import Codes, Floats

# Candidates that are rescored: enough for a recall@10 of 0.985 among a million (see benchmarks/search.py).
LEAST_CANDIDATES = 800


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
    wanted = max(candidates or LEAST_CANDIDATES, 2 * count) if precise else count
    code = space.hasher.query_code(query)
    rows, distances = _candidates(snapshot, space, code, wanted, selection, deadline)
    if not precise:
        estimated = from_distance(space.metric, space.hasher.bits, distances.astype(np.float32))
        return Near(*best(rows, estimated, count))
    return rescore(snapshot, space, query, rows, count)


def _candidates(
    snapshot: Snapshot, space: Space, code: Codes, wanted: int, selection: Selection, deadline: Deadline
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rows whose codes are nearest in all segments together."""
    pack = space_pack(space.id, space.code_version)
    all_rows, all_distances = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for number, matrix in snapshot.each(lambda segment: segment.matrix(pack)):
        deadline.check()
        if matrix is None:
            continue
        key = (number, pack)
        if key not in selection.among:
            selection.among[key] = matrix.among(selection.masks[number])
        nearest = matrix.nearest(code, wanted + len(selection.without), selection.among[key])
        found = matrix.rows[nearest.places] + snapshot.bases[number]
        left = selection.left_of(found)
        all_rows.append(found[left])
        all_distances.append(nearest.distances[left])
    rows, distances = np.concatenate(all_rows), np.concatenate(all_distances)
    if len(rows) > wanted:
        kept = np.argpartition(distances, wanted - 1)[:wanted]
        rows, distances = rows[kept], distances[kept]
    return rows, distances


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
