"""A checksum for each row that holds something that must not rot unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from sqlalchemy import Table

_COLUMNS: dict[str, tuple[str, ...]] = {}


def columns_of(table: Table) -> tuple[str, ...]:
    """The columns that a table's checksum covers, in a fixed order."""
    if table.name not in _COLUMNS:
        _COLUMNS[table.name] = tuple(sorted(c.name for c in table.columns if c.name != "checksum"))
    return _COLUMNS[table.name]


def sealed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The complete row with its checksum filled in."""
    row["checksum"] = checksum(table, row)
    return row


def checksum(table: Table, row: Mapping[str, Any]) -> int:
    """CRC-32 over a row's values; numbers and absence are written so that no two kinds of value look alike."""
    pieces: list[bytes] = []
    for name in columns_of(table):
        value = row[name]
        # The commonest kind first, and without its subclasses: this is a fifth of what it takes to store a small text.
        if type(value) is int:
            pieces.append(b"i%d:" % value)
        elif isinstance(value, str):
            data = value.encode("utf-8")
            pieces += (b"s%d:" % len(data), data)
        elif isinstance(value, bytes):
            pieces += (b"b%d:" % len(value), value)
        elif value is None:
            pieces.append(b"n")
        elif isinstance(value, float):
            pieces.append(b"f" + value.hex().encode())
        else:
            pieces.append(b"i%d:" % value)
    return crc32(b"".join(pieces))
