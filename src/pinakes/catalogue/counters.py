"""Numbers that are given out once and never again: identifiers and generations."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from pinakes.catalogue.schema import counters

_GENERATION = select(counters.c.next).where(counters.c.name == "generation")


def take(connection: Connection, name: str, count: int = 1) -> int:
    """The first of `count` new numbers, counted from 1."""
    first = connection.scalar(select(counters.c.next).where(counters.c.name == name))
    if first is None:
        connection.execute(insert(counters).values(name=name, next=1 + count))
        return 1
    connection.execute(update(counters).where(counters.c.name == name).values(next=first + count))
    return int(first)


def generation(connection: Connection) -> int:
    """The number of the last committed change to what is searched; 0 before the first."""
    following = connection.scalar(_GENERATION)
    return int(following or 1) - 1


def next_generation(connection: Connection) -> int:
    """The generation that the caller's transaction makes."""
    return take(connection, "generation")
