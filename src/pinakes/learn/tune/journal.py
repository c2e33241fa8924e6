"""Where a study is kept: Optuna's journal, a line for each thing that happened, whole after any kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from optuna import logging
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock

from pinakes.storage import explained

JOURNAL = "study.jsonl"


class Held(BaseJournalFileLock):
    """A lock that the system holds: whoever is killed lets go of it at once."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path)

    def acquire(self) -> bool:
        """Wait for it."""
        self._lock.acquire()
        return True

    def release(self) -> None:
        """Let the next one have it."""
        self._lock.release()


def opened(folder: Path) -> JournalStorage:
    """The journal of a study's folder."""
    path = folder / JOURNAL
    lock = Held(folder / f".{JOURNAL}.lock")
    with explained(path):
        if path.exists():
            lock.acquire()
            try:
                _mend(path)
            finally:
                lock.release()
        return JournalStorage(JournalFileBackend(str(path), lock))


def _mend(path: Path) -> None:
    """Cut off a last line that was not written whole, since what follows would be joined to it."""
    with path.open("rb+") as file:
        data = file.read()
        if data and not data.endswith(b"\n"):
            file.truncate(data.rfind(b"\n") + 1)


@contextmanager
def quietly() -> Iterator[None]:
    """Within this, Optuna tells errors alone: what else it has to say is for whoever wrote the search."""
    before = logging.get_verbosity()
    logging.set_verbosity(max(before, logging.ERROR))
    try:
        yield
    finally:
        logging.set_verbosity(before)
