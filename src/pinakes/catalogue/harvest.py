"""Items by the time of their last change, those that are gone among them: what other catalogues harvest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, func, select

from pinakes.catalogue.schema import items, removed

# Number, time and collection, of the items that are there and of those that are gone.
_Columns: TypeAlias = tuple[Column[int], Column[float], Column[int]]
_THERE: _Columns = (items.c.id, items.c.changed, items.c.collection_id)
_GONE: _Columns = (removed.c.item_id, removed.c.at, removed.c.collection_id)


@dataclass(frozen=True, slots=True)
class Record:
    """An item that is there, or that was."""

    item_id: int
    # The second of its last change, or of its removal.
    at: float
    collection_id: int | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Which records are wanted: changed from a second on and before another, of one collection; None: any."""

    first: float | None = None
    before: float | None = None
    collection_id: int | None = None


def records(connection: Connection, span: Span, after: int, limit: int) -> list[Record]:
    """The records behind an item, by number: whatever changes meanwhile, none that stays is passed over."""
    found = []
    for columns in (_THERE, _GONE):
        number = columns[0]
        query = select(*columns).where(*_within(columns, span), number > after).order_by(number).limit(limit)
        found += [Record(item, at, home, columns is _GONE) for item, at, home in connection.execute(query)]
    return sorted(found, key=lambda record: record.item_id)[:limit]


def count(connection: Connection, span: Span) -> int:
    """How many records there are."""
    return sum(
        connection.scalar(select(func.count(columns[0])).where(*_within(columns, span))) or 0
        for columns in (_THERE, _GONE)
    )


def record(connection: Connection, item_id: int) -> Record | None:
    """The record of one item; None where there never was such an item."""
    found = records(connection, Span(), item_id - 1, 1)
    return found[0] if found and found[0].item_id == item_id else None


def earliest(connection: Connection) -> float | None:
    """The second before which nothing has changed."""
    seconds = [connection.scalar(select(func.min(at))) for _, at, _ in (_THERE, _GONE)]
    return min((one for one in seconds if one is not None), default=None)


def _within(columns: _Columns, span: Span) -> Sequence[ColumnElement[bool]]:
    _, at, home = columns
    wanted: list[ColumnElement[bool]] = []
    if span.first is not None:
        wanted.append(at >= span.first)
    if span.before is not None:
        wanted.append(at < span.before)
    if span.collection_id is not None:
        wanted.append(home == span.collection_id)
    return wanted
