"""Connections to the catalogue: SQLite tuned for durability, or PostgreSQL by its address."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from pinakes.errors import (
    BadSetting,
    Busy,
    Damaged,
    DiskFull,
    MissingExtra,
    NotFound,
    PinakesError,
    ReadOnly,
    StorageFailed,
)
from pinakes.interrupts import unbroken

FILE = "catalogue.sqlite"
_BUSY_MS = 4_000


def connect(folder: Path, address: str, *, read_only: bool) -> Engine:
    """An engine on the library's own SQLite file, or on the PostgreSQL of that address."""
    if address:
        return _server(address)
    return _embedded(folder / FILE, read_only=read_only)


def _server(address: str) -> Engine:
    scheme, _, rest = address.partition("://")
    if scheme not in ("postgresql", "postgres"):
        raise BadSetting(
            "The catalogue's address is not one of PostgreSQL.",
            "Write postgresql://USER@HOST/DATABASE, or leave it out.",
        )
    try:
        return create_engine(f"postgresql+psycopg://{rest}", pool_pre_ping=True)
    except ImportError:
        raise MissingExtra("A catalogue on PostgreSQL", "postgres") from None
    except Exception as error:
        raise NotFound(f"The catalogue's address {address!r} can not be used: {error}.") from error


def _embedded(path: Path, *, read_only: bool) -> Engine:
    # As bytes: a name that the locale can not tell is no text.
    uri = "file:" + quote(os.fsencode(path.as_posix()))
    if read_only:
        # A write-ahead log that holds something can not be read without writing beside it.
        log = path.with_name(path.name + "-wal")
        uri += "?mode=ro" if log.exists() and log.stat().st_size else "?immutable=1"

    elif not path.exists():
        # Made by us, since SQLite would let all others read it; what it puts beside it has the same mode.
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_MS / 1000, check_same_thread=False)
        connection.isolation_level = None
        return connection

    # The connection that was given back last is taken first: its cache is warm, and the others' need not be.
    engine = create_engine(
        "sqlite://", creator=open_file, poolclass=QueuePool, pool_size=8, max_overflow=32, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_read_only if read_only else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        # Kibibytes for each connection, of which a run that adds holds several; the system keeps the file's pages too.
        "cache_size=-2048",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_read_only(connection: Any, _: Any) -> None:
    for pragma in (f"busy_timeout={_BUSY_MS}", "query_only=ON", "trusted_schema=OFF", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # pysqlite begins late and commits on its own; a writer takes its lock at once, so that it can not fail half-way.
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the catalogue and changes nothing."""
    with explained():
        if engine.dialect.name == "postgresql":
            options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"}
        else:
            options = {}
        with engine.connect().execution_options(**options) as connection:
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is durable when the block is left, and undone when it fails."""
    with unbroken(), explained(), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def explained(what: str = "The catalogue") -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise explain(error, what) from error


def explain(error: DBAPIError | sqlite3.Error, what: str = "The catalogue") -> PinakesError:
    """Which of our errors a database error is."""
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    for words, kind, hint in _MEANINGS:
        if any(word in said.lower() for word in words):
            return kind(f"{what}: {said}.", hint)
    if isinstance(error, OperationalError) and error.connection_invalidated:
        return StorageFailed(f"The catalogue can not be reached: {said}.", "Is the database server running?")
    return StorageFailed(f"{what}: {said}.", "Run `pinakes check` to see what is affected.")


_MEANINGS: tuple[tuple[tuple[str, ...], type[PinakesError], str], ...] = (
    (("disk is full", "no space left", "disk full"), DiskFull, "Free some space and run the same command again."),
    (("readonly", "read-only"), ReadOnly, "Searching works; writing needs permission to change the library."),
    (("database is locked", "lock timeout"), Busy, "Another process is writing to this library; try again soon."),
    (
        ("malformed", "not a database", "corrupt", "encrypted"),
        Damaged,
        "Restore the last backup with `pinakes restore`, or add the collection anew into another library.",
    ),
    (("unable to open database",), ReadOnly, "The library's folder can not be opened or written."),
)
