"""Files that are handed in to be kept: they become originals of the library, in a folder of its own.

Each deposit has a folder by the user's number and a mark of its own: what is handed in never replaces anything. Names
are kept where they are harmless, since they are titles; what a system would take for another place is refused.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.known import below, mark_vanished
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.rehome import ORIGINALS
from pinakes.catalogue.schema import files
from pinakes.errors import NoContent, TooLarge, UnsafePath
from pinakes.limits import MIB, Limits
from pinakes.sources.base import archive_of
from pinakes.sources.folder import is_litter
from pinakes.storage import DISK, explained, write_whole

FOLDER = ORIGINALS
_TOLD = "deposit.json"
# Steps of a name, bytes of a step: what every file system takes.
_DEEPEST, _LONGEST = 32, 240
_LOOK_EVERY = 64 * MIB
# So long one that was never closed may still be coming in.
_DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Room:
    """What a user has handed in so far."""

    bytes: int
    files: int


def room(folder: Path, user: int | None) -> Room:
    """What lies in the library of a user's deposits, as each deposit tells of itself."""
    return _room(told for _, told in _deposits(folder, user))


def _deposits(folder: Path, user: int | None) -> list[tuple[Path, dict[str, Any]]]:
    """A user's deposits, with what each tells of itself."""
    return [(path.parent, _told(path)) for path in _of_user(folder, user).glob(f"*/{_TOLD}")]


def _room(told: Iterable[Mapping[str, Any]]) -> Room:
    each = [(one.get("bytes", 0), one.get("files", 0)) for one in told]
    return Room(sum(size for size, _ in each), sum(count for _, count in each))


def _of_user(folder: Path, user: int | None) -> Path:
    return folder / FOLDER / str(user or 0)


def _told(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


class Deposit:
    """Files that are being handed in, one after the other; closed at the end, or abandoned without a trace."""

    def __init__(self, catalogue: Catalogue, user: int | None) -> None:
        self.bytes = self.files = 0
        # What is passed over without a word, such as the litter of systems.
        self.skipped = 0
        self._catalogue = catalogue
        self._limits: Limits = catalogue.settings.limits
        self._looked = 0
        self._file: IO[bytes] | None = None
        self._size = 0
        catalogue.check_space()
        self._before = _swept(catalogue.folder, user)
        with explained(catalogue.folder):
            # Of no interest to other users of the machine.
            (catalogue.folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
            _of_user(catalogue.folder, user).mkdir(mode=0o700, exist_ok=True)
            self.place = _of_user(catalogue.folder, user) / f"{time.strftime('%Y-%m-%d')}-{secrets.token_hex(6)}"
            self.place.mkdir(mode=0o700)
            self._tell()

    @property
    def folder(self) -> Path:
        """The folder in which the files lie."""
        return self.place / "files"

    def begin(self, name: str) -> None:
        """Begin a file of that name, which may have folders before it."""
        steps = steps_of(name)
        if any(is_litter(step) for step in steps):
            self.skipped += 1
            return
        self.files += 1
        self._check(self.files, self._limits.max_deposit_files, "max_deposit_files", "files")
        self._check(self._before.files + self.files, self._limits.user_files, "user_files", "files of yours")
        self._size = 0
        with explained(self.place):
            self._file = _opened(self.folder, steps)

    def write(self, data: bytes | memoryview) -> None:
        """More of the file that was begun."""
        if self._file is None:
            return
        self._size += len(data)
        self.bytes += len(data)
        self._check(self._size, self._limits.max_file_bytes, "max_file_bytes", "bytes in a file")
        self._check(self.bytes, self._limits.max_deposit_bytes, "max_deposit_bytes", "bytes")
        self._check(self._before.bytes + self.bytes, self._limits.user_bytes, "user_bytes", "bytes of yours")
        if self.bytes - self._looked >= _LOOK_EVERY:
            self._looked = self.bytes
            self._catalogue.check_space()
            self._tell()
        with explained(self.place):
            DISK.write(self._file, data)

    def end(self) -> None:
        """The file is whole, and on the disk."""
        if self._file is not None:
            with explained(self.place), self._file as file:
                self._file = None
                DISK.fsync(file)

    def close(self) -> Path:
        """Keep what was handed in; returns its folder."""
        if not self.files:
            what = "No file was chosen but hidden ones." if self.skipped else "No file was chosen."
            raise NoContent(what, "Choose files, a folder or an archive.")
        self._tell(whole=True)
        return self.folder

    def abandon(self) -> None:
        """Leave nothing of it."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def _tell(self, *, whole: bool = False) -> None:
        # It counts as taken room from its beginning, also while it is being handed in.
        told = {"bytes": self.bytes, "files": self.files, "at": time.time(), "whole": whole}
        write_whole(self.place / _TOLD, [json.dumps(told).encode()])

    def _check(self, number: int, most: int, name: str, what: str) -> None:
        if number > most:
            raise TooLarge(
                f"That makes more than {most:,} {what}, which is the limit.", f"Hand in less, or raise {name}."
            )


def _swept(folder: Path, user: int | None) -> Room:
    """What a user has handed in, once what a server was receiving when it died is deleted."""
    kept = []
    for place, told in _deposits(folder, user):
        if not told.get("whole", True) and time.time() - told.get("at", 0) > _DAY:
            shutil.rmtree(place, ignore_errors=True)
        else:
            kept.append(told)
    return _room(kept)


def steps_of(name: str) -> list[str]:
    """A name as the steps of a path below a folder; refused where it points anywhere else."""
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in steps or not steps or ":" in steps[0][1:2] or len(steps) > _DEEPEST:
        raise UnsafePath(f"{name[:80]!r} is no name for a file here.")
    return [_harmless(step) for step in steps]


def _harmless(step: str) -> str:
    """A step without what can not be in a name, no longer than file systems take; the suffix stays."""
    plain = "".join(letter if letter.isprintable() else "_" for letter in step)
    plain = plain.encode("utf-8", "replace").decode("utf-8").strip(" ") or "_"
    if len(plain.encode()) <= _LONGEST:
        return plain
    stem, dot, suffix = plain.rpartition(".")
    stem, end = (stem, dot + suffix) if stem and len(suffix.encode()) <= 16 else (plain, "")
    return stem.encode()[: _LONGEST - len(end.encode())].decode("utf-8", "ignore") + end


def _opened(folder: Path, steps: list[str]) -> IO[bytes]:
    """A new file; its name gets a number where there is one already, as on a system that takes a for A."""
    place = folder.joinpath(*steps[:-1])
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UnsafePath(f"{'/'.join(steps)!r} lies in a file.", "Hand in a folder as it is.") from None
    stem, dot, suffix = steps[-1].rpartition(".")
    for number in range(1, 1_000):
        name = steps[-1] if number == 1 else f"{stem or suffix} ({number}){dot + suffix if stem else ''}"
        with suppress(FileExistsError, IsADirectoryError):
            return os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    raise UnsafePath(f"There are too many files named {steps[-1]!r}.", "Give them other names.")


def forget(catalogue: Catalogue, items: Sequence[int]) -> set[Path]:
    """Delete the files of items that were handed in, ahead of the items: what was begun can be ended again.

    Returns the deposits in which they lay.
    """
    folder = _real(catalogue.folder)
    places = set()
    for path, alone in _of_items(catalogue, folder, items):
        places.add(_place(folder, path))
        if alone:
            with suppress(OSError):
                Path(os.fsdecode(path)).unlink()
    return places


def items_of(catalogue: Catalogue, user: int | None) -> list[int]:
    """The works of which all files were handed in by a user."""
    with catalogue.reading() as connection:
        mine = connection.scalars(select(files.c.item_id).where(below(_prefix(catalogue, user))).distinct())
        chosen = list(mine)
        for piece in pieces(list(chosen)):
            elsewhere = select(files.c.item_id).where(files.c.item_id.in_(piece), ~below(_prefix(catalogue, user)))
            others = set(connection.scalars(elsewhere))
            chosen = [number for number in chosen if number not in others]
    return sorted(chosen)


def forget_all(catalogue: Catalogue, user: int | None) -> None:
    """Delete all that a user has handed in, once their works are gone; works that have files elsewhere, too, stay."""
    with catalogue.writing() as connection:
        mark_vanished(connection, below(_prefix(catalogue, user)), lambda _: False)
    shutil.rmtree(_of_user(catalogue.folder, user), ignore_errors=True)


def _prefix(catalogue: Catalogue, user: int | None) -> bytes:
    """How the paths of all that a user has handed in begin."""
    return os.fsencode(_real(catalogue.folder) / str(user or 0)) + os.sep.encode()


def clear(catalogue: Catalogue, places: Iterable[Path]) -> None:
    """Delete deposits of which nothing is in the catalogue any longer, and count the others anew."""
    for place in places:
        prefix = os.fsencode(place) + os.sep.encode()
        with catalogue.reading() as connection:
            left = connection.scalar(select(files.c.id).where(below(prefix)).limit(1))
        if left is None:
            shutil.rmtree(place, ignore_errors=True)
        else:
            sizes = [path.stat().st_size for path in files_in(place / "files")]
            told = _told(place / _TOLD) | {"bytes": sum(sizes), "files": len(sizes)}
            write_whole(place / _TOLD, [json.dumps(told).encode()])


def files_in(place: Path) -> Iterator[Path]:
    """The files of a deposit, in the order of their names."""
    for folder, folders, names in os.walk(place):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _real(folder: Path) -> Path:
    """Where the deposits lie, as the catalogue has their paths."""
    return Path(os.path.realpath(folder / FOLDER))


def _place(folder: Path, path: bytes) -> Path:
    return folder.joinpath(*Path(os.fsdecode(path)).relative_to(folder).parts[:2])


def _of_items(catalogue: Catalogue, folder: Path, items: Sequence[int]) -> Iterator[tuple[bytes, bool]]:
    """The deposited files of items, and whether each is one item's alone: an archive holds others, too."""
    prefix = os.fsencode(folder) + os.sep.encode()
    with catalogue.reading() as connection:
        for piece in pieces(list(items)):
            query = select(files.c.path).where(files.c.item_id.in_(piece))
            for path in connection.scalars(query).all():
                if bytes(path).startswith(prefix):
                    archive = archive_of(bytes(path))
                    yield archive or bytes(path), not archive
