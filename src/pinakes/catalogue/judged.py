"""Judgements of relevance: who found what how good an answer to which question, and when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import judgements

MAX_GRADE = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judge's grade of one item for one query: 0 not relevant, 1 relevant, up to 3."""

    judge: str
    query: str
    item: int
    grade: int
    at: float = 0.0


def record(connection: Connection, given: Judgement) -> None:
    """Keep a judgement in the place of what the same judge said before."""
    withdraw(connection, given.judge, given.query, given.item)
    row = {"judge": storable(given.judge), "query": storable(given.query), "item_id": given.item, "grade": given.grade}
    connection.execute(insert(judgements).values(**row, at=given.at or time.time()))


def withdraw(connection: Connection, judge: str, query: str, item: int) -> bool:
    """Take a judgement back; says whether there was one."""
    who, what = judgements.c.judge == storable(judge), judgements.c.query == storable(query)
    there = (who, what, judgements.c.item_id == item)
    return bool(connection.execute(delete(judgements).where(*there)).rowcount)


def all_judgements(connection: Connection) -> Iterator[Judgement]:
    """All judgements, by query and item, then in the order in which they were given."""
    order = (judgements.c.query, judgements.c.item_id, judgements.c.at, judgements.c.judge)
    for row in connection.execute(select(judgements).order_by(*order)):
        yield Judgement(row.judge, row.query, row.item_id, row.grade, row.at)
