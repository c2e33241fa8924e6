"""Backup and restore: one file with a consistent copy of the catalogue and the library's own files."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, create_engine, insert, select

from pinakes.catalogue import previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.engine import FILE
from pinakes.catalogue.engine import explained as explained_database
from pinakes.catalogue.migrations import STEPS, migrate, refuse_newer, version_of
from pinakes.catalogue.rehome import ORIGINALS, rehome
from pinakes.catalogue.schema import METADATA
from pinakes.catalogue.views import create_views
from pinakes.errors import BadInput, Damaged, NotFound
from pinakes.storage import DISK, explained

MANIFEST = "manifest.json"
SETTINGS = "settings.toml"
# Folders of a library that can not be derived from anything else.
OWN_FOLDERS = ("models", "uploads")
_DEPOSIT = "deposit.json"
_AT_A_TIME = 1_000
_BLOCK = 1 << 20
_LARGEST_PREVIEW = 16 << 20


def backup(catalogue: Catalogue, target: Path, *, originals: bool = True) -> dict[str, object]:
    """Write a backup; the library may be written to meanwhile. Returns what it holds.

    `originals`: with the files that were handed in; those that lie elsewhere never go along.
    """
    folder = catalogue.folder
    part = target.with_name(target.name + ".part")
    with explained(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".pinakes-") as scratch:
        # The catalogue first: what it names then lies there already.
        copy = Path(scratch) / FILE
        _copy_catalogue(catalogue, copy)
        try:
            with tarfile.open(part, "w") as archive:
                sums = {FILE: _add(archive, FILE, copy)}
                if (folder / SETTINGS).exists():
                    sums[SETTINGS] = _add(archive, SETTINGS, _portable_settings(folder, Path(scratch)))
                times: dict[str, int] = {}
                for path in _own_files(folder, originals=originals):
                    name = path.relative_to(folder).as_posix()
                    # One that was just removed is of something that goes.
                    with suppress(FileNotFoundError):
                        times[name] = path.stat().st_mtime_ns
                        sums[name] = _add(archive, name, path)
                _add_previews(archive, folder)
                facts = {"format": 1, "schema": len(STEPS), "made": time.time(), "files": sums}
                facts |= {"times": times, "originals": os.path.realpath(folder / ORIGINALS)}
                data = json.dumps(facts).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            DISK.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return facts


class _Summed:
    """A file that is summed up while it is read, so that large ones are read once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hasher = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self.hasher.update(data)
        return data


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Put a file into a backup; returns its SHA-256."""
    with path.open("rb") as file:
        summed = _Summed(file)
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), summed)
    return summed.hasher.hexdigest()


def _add_previews(archive: tarfile.TarFile, folder: Path) -> None:
    """Previews go along, since the originals may not be there where the library is restored; each has its own sum."""
    for path, data in previews.each(folder):
        # One that is just being written is of a work that this backup does not hold.
        if previews.is_whole(data):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _own_files(folder: Path, *, originals: bool) -> Iterator[Path]:
    homes = [folder / name for name in OWN_FOLDERS]
    if originals:
        homes += [path.parent for path in sorted((folder / ORIGINALS).glob(f"*/*/{_DEPOSIT}")) if _is_whole(path)]
    for home in homes:
        yield from sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink())


def _is_whole(deposit: Path) -> bool:
    """Whether a deposit has come in; what is still coming in would be half of it."""
    with suppress(OSError, ValueError, AttributeError):
        return json.loads(deposit.read_bytes()).get("whole", True) is not False
    return True


def _portable_settings(folder: Path, scratch: Path) -> Path:
    """The library's settings without the address of its catalogue: what is restored has a catalogue of its own."""
    lines = (folder / SETTINGS).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = scratch / SETTINGS
    kept.write_text("".join(line for line in lines if not line.lstrip().startswith("catalogue")), encoding="utf-8")
    return kept


def _copy_catalogue(catalogue: Catalogue, target: Path) -> None:
    """One state of the catalogue as an SQLite file, wherever it lies."""
    with catalogue.reading() as connection:
        if catalogue.dialect == "sqlite":
            source = connection.connection.driver_connection
            with explained_database(str(target.parent)), closing(sqlite3.connect(target)) as copy:
                if source is not None:
                    source.backup(copy)
            return
        with _plain(target) as copied:
            METADATA.create_all(copied)
            create_views(copied)
            _copy_tables(connection, copied)


@contextmanager
def _plain(path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _copy_tables(source: Connection, target: Connection) -> None:
    for table in METADATA.sorted_tables:
        rows = source.execution_options(yield_per=_AT_A_TIME).execute(select(table)).mappings()
        for piece in rows.partitions(_AT_A_TIME):
            target.execute(insert(table), [dict(row) for row in piece])


def restore(source: Path, folder: Path, address: str = "") -> dict[str, object]:
    """Make a library of a backup in a folder that holds none, or on an empty PostgreSQL."""
    if not source.is_file():
        raise NotFound(f"There is no backup {source}.", "Check the path.")
    if (folder / FILE).exists():
        raise BadInput(f"{folder} holds a library already.", "Restore into another folder, or remove this one first.")
    with _folder_to_fill(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
        facts = _unpacked(source, Path(scratch))
        with _plain(Path(scratch) / FILE) as copied:
            migrate(copied)
            if home := facts.get("originals"):
                rehome(copied, str(home), os.path.realpath(folder / ORIGINALS))
        place = partial(_put_in_place, facts["files"], Path(scratch), folder)  # type: ignore[arg-type]
        # The catalogue comes last: what was broken off before is no library, and is restored again.
        if address:
            _into_server(Path(scratch) / FILE, folder, address, place)
        else:
            place()
            DISK.replace(Path(scratch) / FILE, folder / FILE)
    return facts


@contextmanager
def _folder_to_fill(folder: Path) -> Iterator[None]:
    """A folder for a library; where it was not there and nothing was put into it, it goes again."""
    there = folder.exists()
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield
        except BaseException:
            if not there:
                with suppress(OSError):
                    folder.rmdir()
            raise


def _put_in_place(names: Iterable[str], scratch: Path, folder: Path) -> None:
    if (scratch / previews.FOLDER).exists():
        shutil.rmtree(folder / previews.FOLDER, ignore_errors=True)
        DISK.replace(scratch / previews.FOLDER, folder / previews.FOLDER)
    for name in names:
        if name != FILE:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            DISK.replace(scratch / name, place)


def _unpacked(source: Path, scratch: Path) -> dict[str, object]:
    """Unpack what the manifest names, and nothing else, each file checked."""
    damaged = Damaged(f"{source} is not a whole backup.", "Use another backup.")
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = archive.extractfile(MANIFEST)
            facts: dict[str, object] = json.loads(manifest.read()) if manifest else {}
            sums, times = facts["files"], facts.get("times", {})
            refuse_newer(int(str(facts["schema"])))
            for name, total in sums.items():  # type: ignore[attr-defined]
                member = archive.extractfile(name)
                if member is None or ".." in Path(name).parts or Path(name).is_absolute():
                    raise damaged
                place = scratch / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch(mode=0o600)
                with place.open("wb") as file:
                    while block := member.read(_BLOCK):
                        file.write(block)
                    os.fsync(file.fileno())
                if _sha256(place) != total:
                    raise damaged
                _set_time(place, name, times)  # type: ignore[arg-type]
            _unpack_previews(archive, scratch, damaged)
    except (tarfile.TarError, KeyError, ValueError, AttributeError, TypeError):
        raise damaged from None
    return facts


def _set_time(place: Path, name: str, times: Mapping[str, int]) -> None:
    """Give a file the time that it had: one with another would be read again."""
    if name in times:
        os.utime(place, ns=(int(times[name]), int(times[name])))


def _unpack_previews(archive: tarfile.TarFile, scratch: Path, damaged: Damaged) -> None:
    for member in archive:
        if previews.is_name(member.name):
            stream = archive.extractfile(member)
            data = stream.read(_LARGEST_PREVIEW) if stream else b""
            if not previews.is_whole(data):
                raise damaged
            place = scratch / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _into_server(copy: Path, folder: Path, address: str, place: Callable[[], None]) -> None:
    """Fill an empty database, and put the files in place once all is in it: what it refuses leaves none behind."""
    from pinakes.catalogue.engine import connect, writing

    engine = connect(folder, address, read_only=False)
    try:
        with _plain(copy) as source, writing(engine) as target:
            if version_of(target):
                raise BadInput(f"{address} holds a catalogue already.", "Restore into an empty database.")
            METADATA.create_all(target)
            create_views(target)
            _copy_tables(source, target)
            place()
    finally:
        engine.dispose()


def _sha256(path: Path) -> str:
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()
