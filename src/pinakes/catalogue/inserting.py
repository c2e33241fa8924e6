"""Many rows into a table at once, without the toolkit's look at each value of each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that have the same columns, with values as the database's driver takes them."""
    if not rows:
        return
    statement, order = _prepared(table, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(statement, [order(row) for row in rows] if order else list(rows))


@lru_cache(maxsize=32)
def _prepared(
    table: Table, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[dict[str, Any]], Any] | None]:
    """The statement, and what orders the values of a row where the driver takes them by their places."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    return str(compiled), itemgetter(*compiled.positiontup) if compiled.positional and compiled.positiontup else None
