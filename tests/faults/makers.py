"""Libraries of words and vectors whose index has several segments, for faults below the level of media."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.spaces import Space
from pinakes.errors import Damaged
from pinakes.index.local import LocalIndex
from pinakes.index.matrix import Matrix
from pinakes.index.snapshot import Snapshot
from pinakes.settings import Settings
from tests import makers
from tests.makers import fill, text_part, work

# For each part how many words stand in its row, and its vector.
State = dict[int, tuple[int, bytes]]


class Held:
    """A catalogue and what its index must hold."""

    def __init__(self, catalogue: Catalogue, space: Space) -> None:
        self.catalogue, self.space = catalogue, space
        self.truth = held_by(LocalIndex(catalogue).snapshot(), space)


def some_works(space: Space, first: int, count: int) -> list[Any]:
    """Works with words and a vector each."""
    found = makers.vectors(count, seed=first)
    return [
        work(f"n{first + number}", text_part(f"word{first + number} boat", vectors={space.id: vector}))
        for number, vector in enumerate(found)
    ]


def old_index(folder: Path, settings: Settings | None = None) -> tuple[Catalogue, Space]:
    """A library whose index is behind: since it was published, items were added, changed and removed."""
    catalogue = Catalogue.open(folder, settings or Settings(), create=True)
    space = makers.space(catalogue)
    for first, count in ((0, 40), (40, 6), (46, 6)):
        stored = fill(catalogue, some_works(space, first, count), space)
        with catalogue.writer():
            LocalIndex(catalogue).publish()
    fill(catalogue, some_works(space, 52, 4), space)
    fill(catalogue, some_works(space, 2, 2), space)
    with catalogue.writing() as connection:
        items.remove(connection, [stored[0].item_id])
    return catalogue, space


def make_stale(catalogue: Catalogue) -> None:
    """Let the catalogue be ahead of the index, with nothing changed."""
    with catalogue.writing() as connection:
        items.touch(connection, 1, next_generation(connection), {"state": "ready"})


def held_by(snapshot: Snapshot, space: Space) -> State:
    """What an index holds, as a search sees it."""
    found: State = {}
    pack = f"space-{space.id}-{space.code_version}"
    columns = dict(snapshot.each(lambda segment: segment.columns().fields()))
    matrices = dict(snapshot.each(lambda segment: segment.matrix(pack)))
    for number, lengths in snapshot.each(lambda segment: segment.words().lengths):
        if number not in columns:
            continue
        segment, matrix = snapshot.segments[number], matrices.get(number)
        vectors = {} if matrix is None else dict(zip(matrix.rows.tolist(), _all_vectors(matrix), strict=True))
        for row in range(segment.rows):
            if segment.alive_rows is None or segment.alive_rows[row]:
                part = int(segment.parts[row])
                assert part not in found, f"part {part} is in the index twice"
                found[part] = (int(lengths[row]), vectors.get(row, b""))
    return found


def _all_vectors(matrix: Matrix) -> list[bytes]:
    """The vectors of a matrix; empty for those that do not match their checksum."""
    try:
        return [vector.tobytes() for vector in matrix.vectors(np.arange(matrix.count))]
    except Damaged:
        return [b""] * matrix.count


def less_of(answers: State, truth: State) -> bool:
    """Whether answers hold nothing but what is true, though parts or their vectors may be missing."""
    return all(
        part in truth and words == truth[part][0] and vector in (b"", truth[part][1])
        for part, (words, vector) in answers.items()
    )
