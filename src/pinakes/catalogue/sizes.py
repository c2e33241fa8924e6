"""What a catalogue takes on disk where it is no file of the library's folder."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, text

from pinakes.catalogue.schema import METADATA


def on_server(connection: Connection) -> int:
    """Bytes of the catalogue's tables in PostgreSQL, with their indexes and long values; 0 of a file.

    What has been freed for new rows counts; the log of the server, which is of all its databases, does not.
    """
    if connection.dialect.name != "postgresql":
        return 0
    sizes = [func.pg_total_relation_size(func.to_regclass(table.name)) for table in METADATA.tables.values()]
    return sum(connection.scalar(select(func.coalesce(size, text("0")))) or 0 for size in sizes)
