"""What was handed in lies in the library's own folder: where that lies elsewhere now, the catalogue is told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, select, update

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import failures, files, items, sources, tasks

# Where the files that were handed in to be kept lie, in a library's folder.
ORIGINALS = "originals"
# What names such a file or folder, and whether the row has a checksum.
_NAMING = ((items, "key", True), (files, "path", True), (sources, "address", False), (failures, "path", False))


def rehome(connection: Connection, before: str, now: str) -> None:
    """Let what lay below a folder lie below another: works, files, sources, failures, and tasks that are to come."""
    old, new = _beginning(before), _beginning(now)
    if old == new:
        return
    for table, column, is_sealed in _NAMING:
        _rename(connection, table, column, lambda path: new + path.removeprefix(old), old, is_sealed=is_sealed)
    for number, told in connection.execute(select(tasks.c.id, tasks.c.arguments).where(tasks.c.kind == "add")).all():
        arguments = json.loads(told)
        arguments["paths"] = [_moved(path, old, new) for path in arguments.get("paths", ())]
        connection.execute(update(tasks).where(tasks.c.id == number).values(arguments=json.dumps(arguments)))


def _beginning(folder: str) -> bytes:
    """How every path below a folder begins."""
    return os.fsencode(folder) + os.sep.encode()


def _moved(path: str, old: bytes, new: bytes) -> str:
    at = os.fsencode(path)
    return os.fsdecode(new + at.removeprefix(old)) if at.startswith(old) else path


def _rename(
    connection: Connection,
    table: Table,
    name: str,
    renamed: Callable[[bytes], bytes],
    old: bytes,
    *,
    is_sealed: bool,
) -> None:
    column = table.c[name]
    # All below a folder lies between its separator and what follows that.
    below = (column >= old, column < old[:-1] + bytes([old[-1] + 1]))
    for piece in pieces([bytes(value) for value in connection.scalars(select(column).where(*below)).all()]):
        for row in connection.execute(select(table).where(column.in_(piece))).mappings().all():
            values: dict[str, Any] = {**row, name: renamed(bytes(row[name]))}
            values = sealed(table, values) if is_sealed else values
            connection.execute(update(table).where(column == row[name]).values(values))
