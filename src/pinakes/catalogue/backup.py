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
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert, select

from pinakes.catalogue import previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.engine import FILE
from pinakes.catalogue.engine import explained as explained_database
from pinakes.catalogue.migrations import STEPS, refuse_newer, version_of
from pinakes.catalogue.schema import METADATA
from pinakes.catalogue.views import create_views
from pinakes.errors import BadInput, Damaged, NotFound
from pinakes.storage import DISK, explained

MANIFEST = "manifest.json"
SETTINGS = "settings.toml"
# Folders of a library that can not be derived from anything else.
OWN_FOLDERS = ("models", "uploads")
_AT_A_TIME = 1_000
_BLOCK = 1 << 20
_LARGEST_PREVIEW = 16 << 20


def backup(catalogue: Catalogue, target: Path) -> dict[str, object]:
    """Write a backup; the library may be written to meanwhile. Returns what it holds."""
    folder = catalogue.folder
    part = target.with_name(target.name + ".part")
    with explained(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".pinakes-") as scratch:
        copy = Path(scratch) / FILE
        _copy_catalogue(catalogue, copy)
        members = {FILE: copy} | {path.relative_to(folder).as_posix(): path for path in _own_files(folder)}
        if (folder / SETTINGS).exists():
            members[SETTINGS] = _portable_settings(folder, Path(scratch))
        sums = {name: _sha256(path) for name, path in members.items()}
        facts = {"format": 1, "schema": len(STEPS), "made": time.time(), "files": sums}
        try:
            with tarfile.open(part, "w") as archive:
                data = json.dumps(facts).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
                for name, path in members.items():
                    archive.add(path, name, recursive=False)
                _add_previews(archive, folder)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            DISK.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return facts


def _add_previews(archive: tarfile.TarFile, folder: Path) -> None:
    """Previews go along, since the originals may not be there where the library is restored; each has its own sum."""
    for path, data in previews.each(folder):
        # One that is just being written is of a work that this backup does not hold.
        if previews.is_whole(data):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _own_files(folder: Path) -> Iterator[Path]:
    for name in OWN_FOLDERS:
        yield from sorted(path for path in (folder / name).rglob("*") if path.is_file() and not path.is_symlink())


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
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
            facts = _unpacked(source, Path(scratch))
            _put_in_place(facts["files"], Path(scratch), folder)  # type: ignore[arg-type]
            # The catalogue comes last: what was broken off before is no library, and is restored again.
            if address:
                _into_server(Path(scratch) / FILE, folder, address)
            else:
                DISK.replace(Path(scratch) / FILE, folder / FILE)
    return facts


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
            sums = facts["files"]
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
            _unpack_previews(archive, scratch, damaged)
    except (tarfile.TarError, KeyError, ValueError, AttributeError, TypeError):
        raise damaged from None
    return facts


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


def _into_server(copy: Path, folder: Path, address: str) -> None:
    from pinakes.catalogue.engine import connect, writing

    engine = connect(folder, address, read_only=False)
    try:
        with _plain(copy) as source, writing(engine) as target:
            if version_of(target):
                raise BadInput(f"{address} holds a catalogue already.", "Restore into an empty database.")
            METADATA.create_all(target)
            create_views(target)
            _copy_tables(source, target)
    finally:
        engine.dispose()


def _sha256(path: Path) -> str:
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()
