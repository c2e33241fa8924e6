"""How like candidates are to what a person likes: by the spaces of the library, and by the values that both have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import unit_rows
from pinakes.index.best import distinct
from pinakes.index.calibrate import NEVER, calibrated, scale_of
from pinakes.index.find_vectors import vectors_of
from pinakes.index.measures import similarity
from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES, Floats, Metric, Modality

Numbers = NDArray[np.int64]
# Parts that stand for an item: its first pages or shots.
_PARTS = 2


@dataclass(frozen=True, slots=True)
class Leading:
    """The first rows (n,) of some items, ascending, for each the place of its item, and how many items these are."""

    rows: Numbers
    owners: Numbers
    items: int


def leading(snapshot: Snapshot, items: Numbers, parts: int = _PARTS) -> Leading:
    """The first rows of those of some items that are there, by row."""
    order = np.argsort(items)
    rows, owners = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, segment in enumerate(snapshot.segments):
        places = segment.places_of(items)
        if segment.alive_items is not None:
            places = places[segment.alive_items[places]]
        starts, ends = segment.starts[places].astype(np.int64), segment.starts[places + 1].astype(np.int64)
        owner = order[np.searchsorted(items[order], segment.items[places])]
        for step in range(parts):
            having = starts + step < ends
            rows.append(starts[having] + step + snapshot.bases[number])
            owners.append(owner[having])
    every, whose = np.concatenate(rows), np.concatenate(owners)
    by_row = np.argsort(every)
    return Leading(every[by_row], whose[by_row], len(items))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows (n,), ascending, and their vectors (n, dim) in a space."""

    space: Space
    rows: Numbers
    vectors: Floats


def by_vectors(snapshot: Snapshot, found: Leading, liked: Leading, told: Sequence[Vectors]) -> Floats:
    """How likely each liked item (m,) means each candidate (n,), by the space that says most of both: (n, m).

    The vectors of what is liked are `told`, space by space.
    """
    most = np.zeros((found.items, liked.items), np.float32)
    for theirs in told:
        mine = vectors_at(snapshot, theirs.space, found.rows)
        for rows, liked_rows, likely in _likely(snapshot, mine, theirs):
            owners = found.owners[np.searchsorted(found.rows, rows)]
            whose = liked.owners[np.searchsorted(liked.rows, liked_rows)]
            np.maximum.at(most, np.ix_(owners, whose), likely)
    return most


def vectors_at(snapshot: Snapshot, space: Space, rows: Numbers) -> Vectors:
    """The vectors of those of some rows, ascending, that have one in a space."""
    pieces = vectors_of(snapshot, space, rows)
    if not pieces:
        return Vectors(space, np.zeros(0, np.int64), np.zeros((0, space.dim), np.float32))
    return Vectors(space, np.concatenate([one for one, _ in pieces]), np.concatenate([one for _, one in pieces]))


def _likely(snapshot: Snapshot, found: Vectors, liked: Vectors) -> Iterator[tuple[Numbers, Numbers, Floats]]:
    """For each pair of modalities their rows, and what their likeness means."""
    for modality, mine in by_kind(snapshot, found):
        for liked_modality, theirs in by_kind(snapshot, liked):
            scale = scale_of(snapshot, found.space, liked_modality, modality)
            if scale != NEVER:
                alike = likenesses(found.space.metric, mine.vectors, theirs.vectors)
                yield mine.rows, theirs.rows, calibrated(scale, alike)


def by_kind(snapshot: Snapshot, one: Vectors) -> Iterator[tuple[Modality, Vectors]]:
    """Those of each modality of which there are any."""
    kinds = snapshot.modalities(one.rows)
    for number in distinct(kinds).tolist():
        there = kinds == number
        yield MODALITIES[number], Vectors(one.space, one.rows[there], one.vectors[there])


def likenesses(metric: Metric, vectors: Floats, others: Floats) -> Floats:
    """Similarities (n, m) of vectors (n, dim) to others (m, dim), each as `similarity` tells it."""
    if metric == "cosine":
        # By one thread: those that a product of matrices wakes go on turning for longer than all this takes.
        cosines: Floats = np.vecdot(unit_rows(vectors)[:, None], unit_rows(others)[None])
        return cosines
    return np.stack([similarity(metric, one, vectors) for one in others], axis=1)
