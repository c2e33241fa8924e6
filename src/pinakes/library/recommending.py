"""Recommendations of a library, and where its items begin: what a page about a person's own things needs of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pinakes.catalogue.choices import weighing
from pinakes.catalogue.entries import item_entries
from pinakes.index.snapshot import Deadline
from pinakes.search.liking import leading
from pinakes.search.recommend import Group, Recommended, recommend
from pinakes.words.analyse import analyser

if TYPE_CHECKING:
    from pinakes.library.facade import Library


def recommended(library: Library, groups: Sequence[Group], without: Sequence[int], limit: int) -> list[Recommended]:
    """What goes with groups of items, none of it among `without`, in the spaces that the library searches."""
    with library._catalogue.reading() as connection:
        told = item_entries(connection, sorted({item for group in groups for item in group.items}))
        weights = weighing(connection).weights
    spaces = [space for space in library.spaces if weights.get(space.name, 1.0) > 0]
    deadline = Deadline.after(library.settings.limits.query_seconds)
    snapshot, cut = library._index.snapshot(), analyser(library.settings)
    return recommend(snapshot, spaces, groups, told, without, cut, limit, deadline)


def first_parts(library: Library, items: Sequence[int]) -> dict[int, int]:
    """The leading part of each of some items that are there."""
    snapshot = library._index.snapshot()
    found = leading(snapshot, np.array(items, np.int64), 1)
    parts = snapshot.parts(found.rows)
    return {items[owner]: int(part) for owner, part in zip(found.owners.tolist(), parts.tolist(), strict=True)}
