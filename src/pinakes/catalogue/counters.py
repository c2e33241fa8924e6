"""Numbers that are given out once and never again: identifiers and generations."""

from __future__ import annotations

from sqlalchemy import Connection, select, text, update

from pinakes.catalogue.schema import counters

_GENERATION = select(counters.c.next).where(counters.c.name == "generation")


def take(connection: Connection, name: str, count: int = 1) -> int:
    """The first of `count` new numbers, counted from 1; others who take of the same wait until this is committed."""
    # Changed before it is read: PostgreSQL lets two transactions read the same, but never change the same at once.
    step = update(counters).where(counters.c.name == name).values(next=counters.c.next + count)
    if not connection.execute(step).rowcount:
        connection.execute(_FIRST, {"name": name})
        connection.execute(step)
    following = connection.scalar(select(counters.c.next).where(counters.c.name == name))
    return int(following or 1) - count


# Both databases read it so.
_FIRST = text("INSERT INTO counters (name, next) VALUES (:name, 1) ON CONFLICT DO NOTHING")


def generation(connection: Connection) -> int:
    """The number of the last committed change to what is searched; 0 before the first."""
    following = connection.scalar(_GENERATION)
    return int(following or 1) - 1


def next_generation(connection: Connection) -> int:
    """The generation that the caller's transaction makes."""
    return take(connection, "generation")
