"""Recommendations of a library, and where its items begin: what a page about a person's own things needs of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pinakes.catalogue.choices import weighing
from pinakes.catalogue.entries import item_entries
from pinakes.index.snapshot import Deadline
from pinakes.library.lately import Lately
from pinakes.limits import MIB
from pinakes.search.liking import leading
from pinakes.search.recommend import Group, Recommended, recommend
from pinakes.words.analyse import analyser

if TYPE_CHECKING:
    from pinakes.library.facade import Library


# What was recommended lately: the first page asks for the same again and again.
_LATELY_BYTES = 4 * MIB


def _size(found: Sequence[Recommended]) -> int:
    """About how many bytes recommendations take, with what decides them."""
    return 512 + sum(256 + 64 * len(one.shared) for one in found)


_LATELY: Lately[tuple[Recommended, ...]] = Lately(_LATELY_BYTES, _size)


def recommended(
    library: Library, groups: Sequence[Group], without: Sequence[int], limit: int, *, anew: bool = False
) -> list[Recommended]:
    """What goes with groups of items, none of it among `without`, in the spaces that the library searches.

    Told again as it was while neither these nor the library change; `anew`: worked out in any case.
    """
    if anew:
        return _recommended(library, groups, without, limit)
    told = f"{library.folder} {library._index.snapshot().generation} {limit} {list(groups)} {list(without)}"
    key = hashlib.sha256(told.encode("utf-8", "surrogateescape")).digest()
    return list(_LATELY.get(key, lambda: tuple(_recommended(library, groups, without, limit))))


def _recommended(library: Library, groups: Sequence[Group], without: Sequence[int], limit: int) -> list[Recommended]:
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
