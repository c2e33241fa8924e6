"""What the index is built from: items with their parts, read from the catalogue in bounded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from pinakes.catalogue.entries import item_entries, parts_of
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.schema import parts

# Rows of a new segment: small, so that adding takes as much memory for a thousand items as for a million.
SEGMENT_ROWS = 8_192


@dataclass(frozen=True, slots=True)
class Document:
    """An item with its parts, the leading one first."""

    item: ItemEntry
    parts: tuple[PartEntry, ...]

    def kind(self) -> str:
        """The type of the item's first file."""
        return self.item.files[0].kind if self.item.files else ""


def documents(connection: Connection, item_ids: Sequence[int]) -> list[Document]:
    """The items among some numbers that have parts."""
    entries = item_entries(connection, item_ids)
    by_item: dict[int, list[PartEntry]] = {}
    for part in parts_of(connection, sorted(entries)):
        by_item.setdefault(part.item_id, []).append(part)
    return [Document(entries[number], tuple(found)) for number, found in sorted(by_item.items())]


def batches(connection: Connection, item_ids: Sequence[int], rows: int = SEGMENT_ROWS) -> Iterator[list[int]]:
    """Items in groups of about so many parts, in ascending order."""
    batch: list[int] = []
    total = 0
    for piece in pieces(sorted(item_ids)):
        query = select(parts.c.item_id, func.count()).where(parts.c.item_id.in_(piece)).group_by(parts.c.item_id)
        for item_id, count in sorted(connection.execute(query)):
            if batch and total + count > rows:
                yield batch
                batch, total = [], 0
            batch.append(item_id)
            total += count
    if batch:
        yield batch
