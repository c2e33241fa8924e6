"""The schema's versions: each step is a function that takes the catalogue from one version to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Table, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from pinakes.catalogue.schema import (
    METADATA,
    invitations,
    judgements,
    meta,
    removed,
    saved_searches,
    shelved,
    shelves,
    tasks,
    tokens,
    tries,
    users,
)
from pinakes.catalogue.views import create_views
from pinakes.errors import NewerLibrary

Step: TypeAlias = Callable[[Connection], None]


def _first(connection: Connection) -> None:
    METADATA.create_all(connection)
    create_views(connection)


def _judgements(connection: Connection) -> None:
    # A catalogue that is made anew has all tables from its first step.
    judgements.create(connection, checkfirst=True)


def _people(connection: Connection) -> None:
    _add_columns(connection, users, ("shown", "remembers", "seen"))
    if _add_columns(connection, removed, ("at", "collection_id")):
        # Of what is gone already it is known that it went before now.
        connection.execute(update(removed).values(at=time.time()))
    for table in (tokens, invitations, tries, shelves, shelved, saved_searches, tasks):
        table.create(connection, checkfirst=True)


def _sentences(connection: Connection) -> None:
    # From now on a row of codes may hold several, of which the views tell the first; older programs take them for one.
    create_views(connection)


def _add_columns(connection: Connection, table: Table, names: Sequence[str]) -> list[str]:
    """Give a table the columns that it does not have; returns their names."""
    had = {column["name"] for column in inspect(connection).get_columns(table.name)}
    missing = [name for name in names if name not in had]
    for name in missing:
        told = CreateColumn(table.c[name]).compile(dialect=connection.dialect)
        connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {told}"))
    return missing


STEPS: tuple[Step, ...] = (_first, _judgements, _people, _sentences)


def version_of(connection: Connection) -> int:
    """The version of the catalogue's schema; 0 where there is none yet."""
    if not inspect(connection).has_table("meta"):
        return 0
    return int(connection.scalar(select(meta.c.value).where(meta.c.name == "schema")) or 0)


def migrate(connection: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Bring the schema to the newest version within the caller's transaction; returns the version it had."""
    had = version_of(connection)
    refuse_newer(had, len(steps))
    for step in steps[had:]:
        step(connection)
    if had == 0:
        connection.execute(insert(meta).values(name="schema", value=str(len(steps))))
    elif had < len(steps):
        connection.execute(update(meta).where(meta.c.name == "schema").values(value=str(len(steps))))
    return had


def refuse_newer(version: int, known: int = len(STEPS)) -> None:
    """A library of a later version is left alone."""
    if version > known:
        raise NewerLibrary(
            f"This library has schema {version}; this Pinakes knows schemas up to {known}.",
            "Install a newer Pinakes: pip install --upgrade pinakes",
        )
