"""Bytes out of an archive under bounds that are checked while they are read, never trusting what it declares."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pinakes.errors import BadMedia, DiskFull, PinakesError, TooLarge
from pinakes.limits import MIB, Limits
from pinakes.media.foreign import reason
from pinakes.sources.base import shown
from pinakes.sources.names import safe_name

CHUNK = 1 << 16
# A little may be packed as tightly as it likes.
FREE_BYTES = MIB
# Up to here nothing is written to the disk, so that a bomb never is.
_IN_MEMORY = FREE_BYTES + 2 * CHUNK


@dataclass(slots=True)
class Budget:
    """What one archive, with all archives in it, has used up of its limits."""

    limits: Limits
    packed: int
    archive: str
    entries: int = 0
    unpacked: int = 0
    # Whether a limit on the whole was passed, so that nothing more is to be tried.
    spent: bool = False

    def count_entry(self) -> None:
        """One more entry; TooLarge beyond the limit."""
        self.entries += 1
        if self.entries > self.limits.max_archive_entries:
            self.spent = True
            raise TooLarge(
                f"{self.archive} has more than {self.limits.max_archive_entries:,} entries; the rest was left out.",
                "Raise max_archive_entries, or split it.",
            )

    def count_bytes(self, size: int) -> None:
        """More bytes unpacked; TooLarge beyond the limits on the total and on its ratio to the packed size."""
        self.unpacked += size
        self.check_whole(self.unpacked, self.packed)

    def meter(self) -> Callable[[int], None]:
        """A function that is told the growing size of one member, and counts it."""
        seen = 0

        def count(size: int) -> None:
            nonlocal seen
            self.count_bytes(size - seen)
            seen = size

        return count

    def check_whole(self, unpacked: int, packed: int) -> None:
        """TooLarge if so many bytes came out of so many of the archive as a whole."""
        try:
            if unpacked > self.limits.max_archive_bytes:
                raise TooLarge(
                    f"{self.archive} unpacks to more than {self.limits.max_archive_bytes:,} bytes; "
                    "the rest was left out.",
                    "Raise max_archive_bytes, or split it.",
                )
            self.check_ratio(unpacked, packed, self.archive)
        except TooLarge:
            self.spent = True
            raise

    def check_ratio(self, unpacked: int, packed: int, what: str) -> None:
        """TooLarge if so many bytes came out of so few."""
        if unpacked > FREE_BYTES and unpacked > self.limits.max_archive_ratio * max(packed, 1):
            raise TooLarge(
                f"{what} unpacks to more than {self.limits.max_archive_ratio} times its size; it was left out.",
                "Raise max_archive_ratio if it is good.",
            )


class Scratch:
    """A folder for temporary files that goes when it and all files in it are no longer used."""

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent
        self._folder = ""
        self._numbers = itertools.count(1)

    def new_file(self, name: str) -> Path:
        """A new empty file of that name, in a folder of its own if another of that name is in use."""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="pinakes-", dir=self._parent)
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = Path(self._folder, name)
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            path = Path(self._folder, f"{next(self._numbers)}.more", name)
            path.parent.mkdir(mode=0o700)
            path.touch(mode=0o600)
        return path


class Kept:
    """A temporary file that goes when this goes, at the latest when the program ends."""

    def __init__(self, member: str, scratch: Scratch) -> None:
        self.path = scratch.new_file(safe_name(member))
        # The scratch folder is held until then.
        self._remove = weakref.finalize(self, _remove, self.path, scratch)

    def remove(self) -> None:
        """Remove it now."""
        self._remove()


def _remove(path: Path, scratch: Scratch) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
        if path.parent.suffix == ".more":
            path.parent.rmdir()


@contextmanager
def damaged(what: str) -> Iterator[None]:
    """Whatever the parsers of archives raise on damaged ones becomes BadMedia."""
    try:
        yield
    except PinakesError:
        raise
    except Exception as error:
        raise BadMedia(f"{what} is damaged: {reason(error)}.", "Check that it opens elsewhere.") from error


def keep(read: Callable[[int], bytes], check: Callable[[int], None], member: str, scratch: Scratch) -> Kept:
    """Write what is read to a temporary file; `check` is asked with the total before any of it reaches the disk."""
    pieces, size = [], 0
    while size < _IN_MEMORY and (chunk := read(CHUNK)):
        size += len(chunk)
        check(size)
        pieces.append(chunk)
    with _room_for(member):
        kept = Kept(member, scratch)
    try:
        with _room_for(member), kept.path.open("wb") as file:
            file.writelines(pieces)
            del pieces
            while size >= _IN_MEMORY and (chunk := _read(read)):
                size += len(chunk)
                check(size)
                file.write(chunk)
    except BaseException:
        kept.remove()
        raise
    return kept


class _NotRead(Exception):
    """An error of reading, carried past those of writing."""


def _read(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(CHUNK)
    except OSError as error:
        raise _NotRead(error) from error


@contextmanager
def _room_for(member: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskFull(
            f"There is no room to unpack {shown(member)}: {error.strerror or error}.",
            "Free some space for temporary files, or set TMPDIR to a place that has it.",
        ) from error
