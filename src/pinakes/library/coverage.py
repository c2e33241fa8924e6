"""Which parts of a library each space covers, which items have lost their files, and which files could not be read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from pinakes.catalogue.entries import item_entries
from pinakes.catalogue.jobs import all_failures
from pinakes.catalogue.records import ItemEntry
from pinakes.catalogue.schema import codes, collections, failures, items, sources
from pinakes.catalogue.spaces import all_spaces
from pinakes.errors import NoContent
from pinakes.library.reading import counted
from pinakes.sources.base import IN_ARCHIVE

if TYPE_CHECKING:
    from pinakes.catalogue.jobs import Failure
    from pinakes.library.facade import Library


@dataclass(frozen=True, slots=True)
class Cover:
    """How many of the parts that a space is for have a vector in it."""

    space: str
    state: str
    modalities: tuple[str, ...]
    dim: int
    bits: int
    parts: int
    covered: int

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is nothing to cover."""
        return min(1.0, self.covered / self.parts) if self.parts else 1.0


def coverage(library: Library) -> list[Cover]:
    """All spaces, those that are being built too."""
    there = counted(library)
    with library.catalogue.reading() as connection:
        held: dict[int, int] = dict(
            connection.execute(select(codes.c.space_id, func.count()).group_by(codes.c.space_id)).all()
        )
        return [
            Cover(
                space.name,
                space.state,
                space.modalities,
                space.dim,
                space.hasher.bits,
                # Vectors from elsewhere are for no modality: they cover what they came with.
                sum(there.get(f"{one}_parts", 0) for one in space.modalities)
                if space.modalities
                else held.get(space.id, 0),
                held.get(space.id, 0),
            )
            for space in all_spaces(connection, states=("active", "building"))
        ]


def vanished(library: Library, limit: int, after: int = 0) -> tuple[list[ItemEntry], int]:
    """Items whose files have all vanished, by number, and how many there are."""
    with library.catalogue.reading() as connection:
        lost = items.c.state == "missing"
        total = connection.scalar(select(func.count()).where(lost)) or 0
        numbers = list(
            connection.scalars(select(items.c.id).where(lost, items.c.id > after).order_by(items.c.id).limit(limit))
        )
        found = item_entries(connection, numbers)
    return [found[number] for number in numbers if number in found], total


def failed(library: Library, limit: int, after: str = "") -> tuple[list[Failure], int]:
    """Files that could not be read, by path, and how many there are."""
    with library.catalogue.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(failures)) or 0
        found = []
        for one in all_failures(connection):
            if os.fsdecode(one.path) > after:
                found.append(one)
            if len(found) == limit:
                break
    return found, total


def failing_sources(library: Library) -> dict[str, list[str]]:
    """By collection, the sources below which files could not be read: what is to be added again."""
    with library.catalogue.reading() as connection:
        query = select(sources.c.kind, sources.c.address, collections.c.name).join(collections).order_by(sources.c.id)
        known = [(kind, bytes(address), name) for kind, address, name in connection.execute(query)]
        paths = [one.path for one in all_failures(connection)]
    found: dict[str, list[str]] = {}
    for kind, address, name in known:
        # The files of a table lie beside it.
        under = os.path.dirname(address) if kind == "table" else address  # noqa: PTH120 -- bytes
        if any(path == under or path.startswith((under + os.sep.encode(), under + IN_ARCHIVE)) for path in paths):
            found.setdefault(name, []).append(os.fsdecode(address))
    if not found:
        raise NoContent("No file is on record that could not be read.", "There is nothing to try again.")
    return found
