"""One writer at a time: a lock on the library's folder, and one in PostgreSQL for writers on other machines."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from pinakes.errors import Busy
from pinakes.storage import explained

# Any number that no other program uses for its own advisory lock.
_ADVISORY = 0x50494E4B


@contextmanager
def writer(folder: Path, engine: Engine, wait_seconds: float) -> Iterator[None]:
    """Hold the right to write; the system gives it back by itself when the holder dies."""
    # Imported here: readers never need it.
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "writer.lock", thread_local=False)
    with explained(folder):
        try:
            lock.acquire(timeout=wait_seconds, poll_interval=0.02)
        except Timeout:
            raise busy(folder) from None
        try:
            _tell(folder)
            with _advisory(engine, wait_seconds):
                yield
        finally:
            lock.release()


def is_held(folder: Path, engine: Engine) -> bool:
    """Whether anyone holds the right to write; also where that can not be found out."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "writer.lock", timeout=0, thread_local=False), _advisory(engine, 0):
            return False
    except (Timeout, Busy, OSError):
        return True


def busy(folder: Path) -> Busy:
    """The error that names who is writing."""
    try:
        holder = (folder / "writer.txt").read_text(encoding="utf-8").strip()
    except OSError:
        holder = "another process"
    return Busy(f"{folder}: {holder} is writing to this library.", "Wait until it has finished, or stop it.")


def _tell(folder: Path) -> None:
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    (folder / "writer.txt").write_text(
        f"process {os.getpid()} on {socket.gethostname()}, since {started},", encoding="utf-8"
    )


@contextmanager
def _advisory(engine: Engine, wait_seconds: float) -> Iterator[None]:
    if engine.dialect.name != "postgresql":
        yield
        return
    deadline = time.monotonic() + wait_seconds
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}):
            if time.monotonic() > deadline:
                raise Busy("Another machine is writing to this catalogue.", "Wait until it has finished.")
            time.sleep(0.05)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY})
