"""Items by the time of their last change, those that are gone among them: what other catalogues harvest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from pinakes.catalogue.schema import items, removed


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
    for table, at in ((items, items.c.changed), (removed, removed.c.at)):
        number = _number(table)
        query = select(number, at, table.c.collection_id).where(*_within(table, at, span), number > after)
        rows = connection.execute(query.order_by(number).limit(limit))
        found += [Record(item, when, home, table is removed) for item, when, home in rows]
    return sorted(found, key=lambda record: record.item_id)[:limit]


def count(connection: Connection, span: Span) -> int:
    """How many records there are."""
    return sum(
        connection.scalar(select(func.count()).select_from(table).where(*_within(table, at, span))) or 0
        for table, at in ((items, items.c.changed), (removed, removed.c.at))
    )


def record(connection: Connection, item_id: int) -> Record | None:
    """The record of one item; None where there never was such an item."""
    found = records(connection, Span(), item_id - 1, 1)
    return found[0] if found and found[0].item_id == item_id else None


def earliest(connection: Connection) -> float | None:
    """The second before which nothing has changed."""
    seconds = [connection.scalar(select(func.min(at))) for at in (items.c.changed, removed.c.at)]
    return min((one for one in seconds if one is not None), default=None)


def _number(table: object) -> ColumnElement[int]:
    return items.c.id if table is items else removed.c.item_id


def _within(table: object, at: ColumnElement[float], span: Span) -> Sequence[ColumnElement[bool]]:
    home = items.c.collection_id if table is items else removed.c.collection_id
    wanted: list[ColumnElement[bool]] = []
    if span.first is not None:
        wanted.append(at >= span.first)
    if span.before is not None:
        wanted.append(at < span.before)
    if span.collection_id is not None:
        wanted.append(home == span.collection_id)
    return wanted
