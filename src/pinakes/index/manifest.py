"""Manifests: which files make up one generation of the index; switched to by one rename, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from pinakes.errors import Damaged, PinakesError
from pinakes.storage import Disk, explained, with_suppressed_unlink, write_whole

# Raised whenever what lies in the files changes: an index of another format is made anew.
FORMAT = 2
CURRENT = "CURRENT"


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment: its files by the name of the pack, and the file that tells which items are gone."""

    name: str
    rows: int
    packs: dict[str, str]
    dead: str = ""

    @property
    def files(self) -> frozenset[str]:
        """The names of its files, which are never given to others: they tell it from every other state of a segment."""
        return frozenset((*self.packs.values(), self.dead))


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of the index."""

    generation: int
    analysis: str
    segments: tuple[SegmentEntry, ...] = ()
    calibration: dict[str, Any] = field(default_factory=dict)
    # How many rows there were when the calibration was measured.
    calibrated_rows: int = 0

    def files(self) -> set[str]:
        """The names of all files that it needs."""
        names = {file for segment in self.segments for file in segment.packs.values()}
        return names | {segment.dead for segment in self.segments if segment.dead}


def file_name(generation: int) -> str:
    """The name of a generation's manifest."""
    return f"manifest-{generation:012}.json"


def write(folder: Path, manifest: Manifest, disk: Disk) -> None:
    """Write a manifest, then point to it: readers see the old or the new, whole."""
    body = json.dumps(asdict(manifest))
    # Of one width, so that how long the file is does not hang on the names in it, which are drawn by chance.
    data = f'{{"format": {FORMAT}, "sum": {crc32(body.encode()):10}, "body": {json.dumps(body)}}}'
    name = file_name(manifest.generation)
    write_whole(folder / name, [data.encode()], disk)
    write_whole(folder / CURRENT, [_signed(name)], disk)


def read(folder: Path, disk: Disk) -> Manifest | None:
    """The current manifest, or None where there is none that can be used."""
    try:
        return _current(folder, disk)
    except (PinakesError, FileNotFoundError):
        return None


def problem(folder: Path, disk: Disk) -> PinakesError | None:
    """What is wrong with the current manifest; nothing where there is none, since the index may be deleted."""
    try:
        _current(folder, disk)
    except FileNotFoundError as error:
        if error.filename == str(folder / CURRENT):
            return None
        return Damaged(f"{CURRENT} names a manifest that is not there.", "It is made anew from the catalogue.")
    except PinakesError as error:
        return error
    return None


def missing(folder: Path, disk: Disk) -> list[str]:
    """The files that the current manifest names and that are not there."""
    for _ in range(3):
        found = read(folder, disk)
        gone = [name for name in sorted(found.files()) if not (folder / name).exists()] if found else []
        # Unless another process has switched to its next manifest meanwhile.
        if not gone or read(folder, disk) == found:
            return gone
    return []


def _current(folder: Path, disk: Disk) -> Manifest:
    pointer = _read_file(folder / CURRENT, disk)
    name = pointer.partition(b" ")[0].decode("ascii", "replace")
    if pointer != _signed(name):
        raise Damaged(f"{CURRENT} does not match its checksum.", "It is made anew from the catalogue.")
    return parse(_read_file(folder / name, disk))


def _signed(name: str) -> bytes:
    """The name of a manifest with its checksum: one letter changed could name another manifest that is there."""
    return b"%s %08x\n" % (name.encode(), crc32(name.encode()))


def parse(data: bytes) -> Manifest:
    """A manifest from the bytes of its file."""
    try:
        outer = json.loads(data)
        body = outer["body"]
        if outer["format"] != FORMAT or crc32(body.encode()) != outer["sum"]:
            raise Damaged("The index's manifest does not match its checksum.", "It is made anew from the catalogue.")
        values = json.loads(body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damaged("The index's manifest can not be read.", "It is made anew from the catalogue.") from None
    return Manifest(**{**values, "segments": tuple(SegmentEntry(**entry) for entry in values["segments"])})


def _read_file(path: Path, disk: Disk) -> bytes:
    try:
        with disk.open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise
    except OSError:
        with explained(path):
            raise


def sweep(folder: Path, keep: Iterable[Manifest], disk: Disk) -> None:
    """Delete what no kept generation names: left-overs of a crash, and what has been replaced."""
    names = {CURRENT}
    for manifest in keep:
        names |= manifest.files() | {file_name(manifest.generation)}
    try:
        found = disk.listdir(folder)
    except OSError:
        return
    for name in found:
        if name not in names:
            with_suppressed_unlink(folder / name, disk)
