"""Previews: small pictures made once, when a file is read, and kept in the library's folder."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from sqlalchemy import Connection, Table, select

from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import files, parts
from pinakes.storage import explained

FOLDER = "previews"
# Behind the end of the picture, where no reader of JPEG looks: what it is summed up to.
_MARK = b"PINAKES"
_SEAL = len(_MARK) + 4
_NAMED = re.compile(r"previews/\d{6,}/(?:part|file)-\d+\.jpg")


def part_preview(library: Path, part_id: int) -> Path:
    """Where the preview of a part lies."""
    return Path(_folder(library, part_id), _name("part", part_id))


def file_preview(library: Path, file_id: int) -> Path:
    """Where the preview of a file as a whole lies: a waveform, a film strip."""
    return Path(_folder(library, file_id), _name("file", file_id))


def _folder(library: Path, number: int) -> str:
    return f"{library}/{FOLDER}/{number // 1000:06}"


def _name(kind: str, number: int) -> str:
    return f"{kind}-{number}.jpg"


def save(path: Path, data: bytes) -> None:
    """Write a preview."""
    with explained(path):
        sealed = data + _MARK + crc32(data).to_bytes(4, "little")
        try:
            path.write_bytes(sealed)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sealed)


def save_all(library: Path, by_part: Mapping[int, bytes], by_file: Mapping[int, bytes]) -> None:
    """Write the previews of parts and files; of one that has none, what a broken transaction left goes."""
    none: dict[str, set[str]] = defaultdict(set)
    for kind, found in (("part", by_part), ("file", by_file)):
        for number, data in found.items():
            if data:
                save(Path(_folder(library, number), _name(kind, number)), data)
            else:
                none[_folder(library, number)].add(_name(kind, number))
    # A look into each folder instead of one for each number: most have nothing there.
    for folder, names in none.items():
        there: list[str] = []
        with explained(folder), suppress(FileNotFoundError):
            there = os.listdir(folder)
        for name in names.intersection(there):
            with explained(folder):
                Path(folder, name).unlink(missing_ok=True)


def is_whole(data: bytes) -> bool:
    """Whether these are the bytes of a preview as it was written."""
    return data[-_SEAL:] == _MARK + crc32(data[:-_SEAL]).to_bytes(4, "little")


def is_name(name: str) -> bool:
    """Whether a file of a library is a preview by its name."""
    return _NAMED.fullmatch(name) is not None


def sweep(library: Path, connection: Connection) -> int:
    """Delete previews whose part or file is gone; the caller holds the right to write. Returns how many."""
    paths = list((library / FOLDER).glob("*/*.jpg"))
    part_ids, file_ids = owners(paths)
    alive = {part_preview(library, number) for number in _there(connection, parts, part_ids)}
    alive |= {file_preview(library, number) for number in _there(connection, files, file_ids)}
    gone = [path for path in paths if path not in alive]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _there(connection: Connection, table: Table, numbers: list[int]) -> Iterator[int]:
    for piece in pieces(numbers):
        yield from connection.scalars(select(table.c.id).where(table.c.id.in_(piece)))


def owners(paths: Iterable[Path]) -> tuple[list[int], list[int]]:
    """The numbers of the parts and of the files whose previews these are."""
    numbers: dict[str, list[int]] = {"part": [], "file": []}
    for path in paths:
        kind, _, number = path.stem.partition("-")
        if number.isdigit():
            numbers.get(kind, []).append(int(number))
    return numbers["part"], numbers["file"]


def each(library: Path) -> Iterator[tuple[Path, bytes]]:
    """All previews with their bytes; those that go meanwhile are passed over."""
    for path in sorted((library / FOLDER).glob("*/*.jpg")):
        with explained(path):
            try:
                yield path, path.read_bytes()
            except FileNotFoundError:
                continue


def forget(library: Path, part_ids: list[int], file_ids: list[int]) -> None:
    """Delete the previews of parts and files that are gone."""
    paths = [part_preview(library, number) for number in part_ids]
    for path in paths + [file_preview(library, number) for number in file_ids]:
        path.unlink(missing_ok=True)
