"""All that a library has of a person, as data to be taken along: everything but what would let others in."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Table, select

from pinakes.accounts import audit
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import METADATA, shelved, shelves, users

# Hashes of passwords and tokens are nobody's to read; what tasks are about is the library's, with paths of its machine.
_LEFT_OUT = ("password", "token_hash", "user_id", "arguments", "result", "message", "worker")
# Columns that hold JSON.
_WRITTEN = ("scopes", "details")


def taken_along(catalogue: Catalogue, user: int) -> dict[str, Any]:
    """Profile, sessions, tokens, shelves, searches, history, tasks, and one's own lines of the log, table by table."""
    with catalogue.writing() as connection:
        # What is handed over now belongs to it, too.
        audit.record(connection, user, "export.account", f"user {user}")
        told: dict[str, Any] = {"user": _rows(connection, users, users.c.id == user)[0]}
        for table in METADATA.sorted_tables:
            if "user_id" in table.c:
                told[table.name] = _rows(connection, table, table.c.user_id == user)
        own = select(shelves.c.id).where(shelves.c.user_id == user)
        told[shelved.name] = _rows(connection, shelved, shelved.c.shelf_id.in_(own))
    return told


def _rows(connection: Connection, table: Table, which: Any) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in _LEFT_OUT]
    rows = connection.execute(select(*columns).where(which).order_by(*table.primary_key.columns)).mappings()
    return [{name: json.loads(one) if name in _WRITTEN else one for name, one in row.items()} for row in rows]
