"""Searches that a person keeps under a name; one is found only with its owner's number."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import saved_searches


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A search by the values of its address, and when its owner looked at it last."""

    id: int
    name: str
    address: str
    created: float
    opened: float


_COLUMNS = (
    saved_searches.c.id,
    saved_searches.c.name,
    saved_searches.c.address,
    saved_searches.c.created,
    func.coalesce(saved_searches.c.opened, saved_searches.c.created),
)


def kept_by(connection: Connection, user: int) -> list[KeptSearch]:
    """The searches that a person keeps, by name."""
    query = select(*_COLUMNS).where(saved_searches.c.user_id == user).order_by(saved_searches.c.name)
    return [KeptSearch(*row) for row in connection.execute(query)]


def kept(connection: Connection, user: int, number: int) -> KeptSearch | None:
    """One of them; another person's is not there."""
    query = select(*_COLUMNS).where(saved_searches.c.id == number, saved_searches.c.user_id == user)
    row = connection.execute(query).first()
    return None if row is None else KeptSearch(*row)


def named(connection: Connection, user: int, name: str) -> int | None:
    """The number of a person's search of that name."""
    here = (saved_searches.c.user_id == user, saved_searches.c.name == name)
    return connection.scalar(select(saved_searches.c.id).where(*here))


def keep(connection: Connection, user: int, name: str, address: str) -> int:
    """Keep a search; the caller has made sure that the name is free."""
    number = take(connection, "saved search")
    row = {"id": number, "user_id": user, "name": name, "address": address, "created": time.time()}
    connection.execute(insert(saved_searches).values(row))
    return number


def rename(connection: Connection, number: int, name: str) -> None:
    """Call a search otherwise."""
    connection.execute(update(saved_searches).where(saved_searches.c.id == number).values(name=name))


def looked_at(connection: Connection, number: int) -> None:
    """Note that its owner looks at it now."""
    connection.execute(update(saved_searches).where(saved_searches.c.id == number).values(opened=time.time()))


def forget(connection: Connection, number: int) -> None:
    """Keep a search no longer."""
    connection.execute(delete(saved_searches).where(saved_searches.c.id == number))
