"""Groups of works that look or read almost the same, as they were found last: kept, since finding them takes long."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from pinakes.catalogue.entries import item_entries, part_entries
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.schema import parts
from pinakes.media.clean.duplicates import MAX_BITS as MOST_BITS
from pinakes.storage import write_whole

if TYPE_CHECKING:
    from pinakes.library.facade import Library

__all__ = ["MOST_BITS", "Alike", "Group", "alike", "find"]

FILE = "alike.json"


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of different works that are almost the same, the oldest first, each with its work."""

    members: tuple[tuple[PartEntry, ItemEntry], ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Some groups of those that were found, when that was, and how many there are in all."""

    groups: list[Group]
    total: int
    at: float
    # Whether anything was added, changed or removed since.
    stale: bool


def find(library: Library, within_bits: int | None = None) -> int:
    """Look for groups, keep those of several works, and tell how many they are."""
    generation = library.catalogue.generation()
    groups = []
    for found in library.duplicates(within_bits):
        # Of each work its first part of a group stands for it.
        first = {part.item_id: part.id for part in reversed(found)}
        if len(first) > 1:
            groups.append([first[item] for item in sorted(first)])
    told = {"at": time.time(), "generation": generation, "groups": groups}
    write_whole(library.folder / FILE, [json.dumps(told).encode()])
    return len(groups)


def alike(library: Library, limit: int, skip: int = 0) -> Alike | None:
    """Groups as they were found last, without works that are gone since; None where none were looked for."""
    path = library.folder / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        groups: Sequence[Sequence[int]] = told["groups"]
        at, generation = float(told["at"]), int(told["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        # It is derived: damaged, it is as good as none.
        return None
    with library.catalogue.reading() as connection:
        there = _there(connection, [part for group in groups for part in group])
        whole = [[part for part in group if part in there] for group in groups]
        whole = [group for group in whole if len(group) > 1]
        shown = whole[skip : skip + limit]
        entries = part_entries(connection, [part for group in shown for part in group])
        works = item_entries(connection, [part.item_id for part in entries.values()])
    members = [[entries[part] for part in group if part in entries] for group in shown]
    found = [Group(tuple((part, works[part.item_id]) for part in group if part.item_id in works)) for group in members]
    return Alike(found, len(whole), at, library.catalogue.generation() != generation)


def _there(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """The parts among some numbers that there are; all groups are looked through, and only a few of them shown."""
    wanted = (select(parts.c.id).where(parts.c.id.in_(piece)) for piece in pieces(numbers))
    return {number for query in wanted for number in connection.scalars(query)}
