"""The catalogue of one library: opened, migrated, read and written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from pinakes.catalogue import engine as database
from pinakes.catalogue.choices import choose_encoders, usual_encoders
from pinakes.catalogue.counters import generation
from pinakes.catalogue.lock import is_held, writer
from pinakes.catalogue.migrations import STEPS, migrate, refuse_newer, version_of
from pinakes.catalogue.spaces import Hashers, Space, searched_spaces
from pinakes.errors import Conflict, DiskFull, NotFound, ReadOnly
from pinakes.limits import MIB
from pinakes.settings import Settings
from pinakes.storage import explained


class Catalogue:
    """The truth about one library; everything else is derived from it."""

    def __init__(self, folder: Path, settings: Settings, engine: Engine, *, read_only: bool) -> None:
        self.folder = folder
        self.settings = settings
        self.read_only = read_only
        self._engine = engine
        self._closed = False
        self._hashers: Hashers = {}

    @classmethod
    def open(cls, folder: Path, settings: Settings, *, create: bool = False) -> Catalogue:
        """Open a library's catalogue, making or migrating it where that is allowed."""
        there = bool(settings.catalogue) or (folder / database.FILE).exists()
        if not there and not create:
            raise NotFound(f"There is no library in {folder}.", "Make one with `pinakes add FOLDER`.")
        if create:
            with explained(folder):
                # What people search for and who they are is no one's who merely has an account on the machine.
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        read_only = not _writable(folder)
        if read_only and not there:
            raise ReadOnly(f"{folder} can not be written to.", "Choose another folder with --library.")
        engine = database.connect(folder, settings.catalogue, read_only=read_only)
        catalogue = cls(folder, settings, engine, read_only=read_only)
        try:
            catalogue._bring_up_to_date()
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            version = version_of(connection)
        refuse_newer(version)
        if version == len(STEPS):
            return
        with self.writer(), self.writing() as connection:
            if migrate(connection) == 0:
                # Those that are there keep what they have: a library is not encoded anew behind its owner's back.
                choose_encoders(connection, usual_encoders())

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees one state of the catalogue."""
        return database.reading(self._opened())

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable once the block is left; hold `writer()` around it."""
        self._refuse_read_only()
        with database.writing(self._opened()) as connection:
            yield connection

    @contextmanager
    def writer(self, wait_seconds: float | None = None) -> Iterator[None]:
        """The right to write, held by one process at a time."""
        self._refuse_read_only()
        wait = self.settings.busy_seconds if wait_seconds is None else wait_seconds
        with writer(self.folder, self._opened(), wait):
            yield

    def is_written(self) -> bool:
        """Whether any process holds the right to write."""
        return is_held(self.folder, self._opened())

    def searched_spaces(self) -> list[Space]:
        """The spaces that are searched, as they are now."""
        with self.reading() as connection:
            return searched_spaces(connection, self._hashers)

    def generation(self) -> int:
        """The number of the last change to what is searched."""
        with self.reading() as connection:
            return generation(connection)

    def check_space(self) -> None:
        """Refuse to begin what the disk would end half-way."""
        if os.name == "nt":
            return
        with explained(self.folder):
            stat = os.statvfs(self.folder)
        free = stat.f_bavail * stat.f_frsize // MIB
        least = self.settings.limits.min_free_mib
        if free < least:
            raise DiskFull(
                f"{self.folder} has {free} MiB free; at least {least} MiB are wanted.",
                "Free some space, or lower min_free_mib.",
            )

    @property
    def dialect(self) -> str:
        """Sqlite or postgresql."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Give back all connections, for good."""
        self._closed = True
        self._engine.dispose()

    def _opened(self) -> Engine:
        if self._closed:
            raise Conflict(f"The library in {self.folder} was closed.", "Open it again with Library.open.")
        return self._engine

    def _refuse_read_only(self) -> None:
        if self.read_only:
            raise ReadOnly(
                f"{self.folder} can not be written to.", "Searching works; writing needs permission to change it."
            )


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and all(
        os.access(folder / name, os.W_OK) for name in (database.FILE,) if (folder / name).exists()
    )
