"""Personal shelves: what a person has put where, with notes; a shelf is found only with its owner's number."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from pinakes.catalogue.counters import take
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import fields, items, shelved, shelves
from pinakes.catalogue.told import in_force
from pinakes.media.metadata.dates import first_date

# By when it was put there, by title, or by the work's own date.
Order: TypeAlias = Literal["newest", "oldest", "title", "date"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf, how many items lie on it, and when the last of them was put there (when it was made, if none was)."""

    id: int
    name: str
    about: str
    created: float
    items: int
    used: float


@dataclass(frozen=True, slots=True)
class Lying:
    """An item on a shelf, with what its owner noted."""

    item: int
    note: str
    added: float


_SHELVES = (
    select(
        shelves,
        func.count(shelved.c.item_id).label("items"),
        func.coalesce(func.max(shelved.c.added), shelves.c.created).label("used"),
    )
    .outerjoin(shelved, shelved.c.shelf_id == shelves.c.id)
    .group_by(*shelves.c)
)


def shelves_of(connection: Connection, user: int) -> list[Shelf]:
    """A person's shelves, the one that was used last first."""
    found = [_shelf(row) for row in connection.execute(_SHELVES.where(shelves.c.user_id == user))]
    return sorted(found, key=lambda shelf: (-shelf.used, shelf.id))


def shelf(connection: Connection, user: int, number: int) -> Shelf | None:
    """One shelf of a person; another person's is not there."""
    row = connection.execute(_SHELVES.where(shelves.c.id == number, shelves.c.user_id == user)).first()
    return None if row is None else _shelf(row)


def _shelf(row: Row[tuple[object, ...]]) -> Shelf:
    return Shelf(row.id, row.name, row.about, row.created, row.items, row.used)


def named(connection: Connection, user: int, name: str) -> int | None:
    """The number of a person's shelf of that name."""
    return connection.scalar(select(shelves.c.id).where(shelves.c.user_id == user, shelves.c.name == name))


def make(connection: Connection, user: int, name: str, about: str = "") -> int:
    """Make a shelf; the caller has made sure that the name is free."""
    number = take(connection, "shelf")
    row = {"id": number, "user_id": user, "name": name, "about": about, "created": time.time()}
    connection.execute(insert(shelves).values(row))
    return number


def change(connection: Connection, number: int, name: str, about: str) -> None:
    """Name and describe a shelf otherwise."""
    connection.execute(update(shelves).where(shelves.c.id == number).values(name=name, about=about))


def remove(connection: Connection, number: int) -> None:
    """Remove a shelf and what is noted on it; the items stay in the library."""
    connection.execute(delete(shelves).where(shelves.c.id == number))


def put(connection: Connection, number: int, item: int, note: str = "") -> bool:
    """Put an item on a shelf; says whether it was not there yet. What was noted of it stays."""
    there = select(shelved.c.item_id).where(shelved.c.shelf_id == number, shelved.c.item_id == item)
    if connection.scalar(there) is not None:
        return False
    connection.execute(insert(shelved).values(shelf_id=number, item_id=item, note=note, added=time.time()))
    return True


def take_off(connection: Connection, number: int, item: int) -> bool:
    """Take an item off a shelf; says whether it was there."""
    there = (shelved.c.shelf_id == number, shelved.c.item_id == item)
    return bool(connection.execute(delete(shelved).where(*there)).rowcount)


def annotate(connection: Connection, number: int, item: int, note: str) -> bool:
    """Note something of an item on a shelf; says whether it is there."""
    there = (shelved.c.shelf_id == number, shelved.c.item_id == item)
    return bool(connection.execute(update(shelved).where(*there).values(note=note)).rowcount)


def lying(
    connection: Connection, number: int, most: int | None = None, order: Order = "newest", first: int = 0
) -> list[Lying]:
    """What lies on a shelf, or a stretch of it, in an order; what has no date comes last."""
    if order == "date":
        dated = _by_date(lying(connection, number, order="oldest"), connection, number)
        return dated[first:][:most]
    orders: dict[Order, tuple[ColumnElement[Any], ...]] = {
        "newest": (shelved.c.added.desc(), shelved.c.item_id.desc()),
        "oldest": (shelved.c.added, shelved.c.item_id),
        "title": (func.lower(items.c.title), shelved.c.item_id),
    }
    query = select(shelved.c.item_id, shelved.c.note, shelved.c.added).where(shelved.c.shelf_id == number)
    if order == "title":
        query = query.join(items, items.c.id == shelved.c.item_id)
    query = query.order_by(*orders[order]).limit(most).offset(first)
    return [Lying(*row) for row in connection.execute(query)]


def _by_date(found: Sequence[Lying], connection: Connection, number: int) -> list[Lying]:
    """What lies on a shelf by the first date that any of its dates tells, as 1921 in `about 1921`."""
    told = (fields.c.item_id == shelved.c.item_id, fields.c.name == "date", in_force())
    query = select(shelved.c.item_id, fields.c.value).where(shelved.c.shelf_id == number, *told)
    dates: dict[int, str] = {}
    for item, value in connection.execute(query):
        if date := first_date(value):
            dates[item] = min(date, dates.get(item, date))
    return sorted(found, key=lambda one: (one.item not in dates, dates.get(one.item, ""), one.item))


def shelved_by(connection: Connection, user: int) -> set[int]:
    """Every item that lies on any shelf of a person."""
    query = select(shelved.c.item_id).join(shelves, shelves.c.id == shelved.c.shelf_id)
    return set(connection.scalars(query.where(shelves.c.user_id == user)))


def where_shelved(connection: Connection, user: int, items: Sequence[int]) -> dict[int, set[int]]:
    """For those of some items that lie on a person's shelves, on which."""
    found: dict[int, set[int]] = {}
    query = select(shelved.c.item_id, shelved.c.shelf_id).join(shelves, shelves.c.id == shelved.c.shelf_id)
    for piece in pieces(items):
        mine = query.where(shelves.c.user_id == user, shelved.c.item_id.in_(piece))
        for item, number in connection.execute(mine):
            found.setdefault(item, set()).add(number)
    return found
