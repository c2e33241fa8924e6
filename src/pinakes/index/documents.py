"""What the index is built from: items with their parts, read from the catalogue in bounded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from pinakes.catalogue.entries import fields_of
from pinakes.catalogue.naming import path_below
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import collections, files, items, parts, sources

# The field of an item's paths: their words are searched, and folders choose all that lies in them.
PATH = "path"
# Rows of a new segment: small, so that adding takes as much memory for a thousand items as for a million.
SEGMENT_ROWS = 8_192


class Part(NamedTuple):
    """What of a part is indexed beside its vectors."""

    id: int
    item_id: int
    modality: str
    signature: int | None
    language: str
    text: str
    file_id: int | None
    position: int


@dataclass(frozen=True, slots=True)
class Document:
    """What of an item is indexed, with its parts, the leading one first."""

    id: int
    title: str
    language: str
    state: str
    collection: str
    # The type of the item's first file; empty where it has none.
    kind: str
    fields: dict[str, tuple[str, ...]]
    # Where its files lie below what was added: each once.
    paths: tuple[str, ...]
    parts: list[Part]


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ITEMS = (
    select(items.c.id, items.c.title, items.c.language, items.c.state, collections.c.name)
    .join(collections)
    .where(items.c.id.in_(_IDS))
    .order_by(items.c.id)
)
_FILES = (
    select(files.c.item_id, files.c.kind, files.c.path, sources.c.address)
    .join(items, files.c.item_id == items.c.id)
    .outerjoin(sources, items.c.source_id == sources.c.id)
    .where(files.c.item_id.in_(_IDS))
    .order_by(files.c.id)
)
# In no order: a database would sort the texts with the rest.
_PARTS = select(*(parts.c[name] for name in Part._fields)).where(parts.c.item_id.in_(_IDS))


def documents(connection: Connection, item_ids: Sequence[int]) -> Iterator[Document]:
    """The items among some numbers that have parts, in order; some hundreds lie in memory at a time."""
    for piece in pieces(sorted(item_ids)):
        told = fields_of(connection, piece)
        kinds: dict[int, str] = {}
        paths: dict[int, dict[str, None]] = {}
        for number, kind, path, added in connection.execute(_FILES, {"ids": piece}):
            kinds.setdefault(number, kind)
            paths.setdefault(number, {})[path_below(path, added)] = None
        having: dict[int, list[Part]] = {}
        for row in connection.execute(_PARTS, {"ids": piece}):
            having.setdefault(row[1], []).append(Part(*row))
        for found in having.values():
            found.sort(key=lambda part: (part.file_id or 0, part.position))
        for number, title, language, state, collection in connection.execute(_ITEMS, {"ids": piece}):
            if number in having:
                kind, said, lying = kinds.get(number, ""), told.get(number, {}), tuple(paths.get(number, ()))
                yield Document(number, title, language, state, collection, kind, said, lying, having[number])


def batches(connection: Connection, item_ids: Sequence[int], rows: int = SEGMENT_ROWS) -> Iterator[list[int]]:
    """Items in groups of at most about so many parts, in ascending order; the last two have about as many.

    A small group after a large one would make segments of two sizes by turns, of which no neighbours are merged.
    """
    waiting: list[tuple[int, int]] = []
    total = 0
    for piece in pieces(sorted(item_ids)):
        query = select(parts.c.item_id, func.count()).where(parts.c.item_id.in_(piece)).group_by(parts.c.item_id)
        for item_id, count in sorted(connection.execute(query)):
            if waiting and total + count > 2 * rows:
                first, waiting = _cut(waiting, rows)
                yield first
                total = sum(count for _, count in waiting)
            waiting.append((item_id, count))
            total += count
    while waiting:
        first, waiting = _cut(waiting, rows if total <= rows else (total + 1) // 2)
        yield first
        total = sum(count for _, count in waiting)


def _cut(counted: list[tuple[int, int]], rows: int) -> tuple[list[int], list[tuple[int, int]]]:
    """The first items that have no more than so many parts together, one at least, and those after them."""
    total = counted[0][1]
    end = 1
    while end < len(counted) and total + counted[end][1] <= rows:
        total += counted[end][1]
        end += 1
    return [item_id for item_id, _ in counted[:end]], counted[end:]
