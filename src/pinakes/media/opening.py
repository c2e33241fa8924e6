"""Opening what is meant to be a regular file, whatever else may lie there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pinakes.errors import ChangedWhileRead, NoContent, PinakesError, TooLarge, Unreadable
from pinakes.limits import Limits

# O_NONBLOCK: a FIFO that takes the file's place between look and opening must not block us. Windows has neither flag,
# nor FIFOs in folders; O_BINARY is its own.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A regular file open for reading, and what it was when it was opened."""

    path: Path
    file: BinaryIO
    status: os.stat_result

    @property
    def size(self) -> int:
        """Its bytes when it was opened."""
        return self.status.st_size

    def check_unchanged(self) -> None:
        """Raise ChangedWhileRead unless the file is still what it was when it was opened."""
        try:
            now, there = os.fstat(self.file.fileno()), os.lstat(self.path)
        except OSError:
            raise _changed(self.path, "vanished") from None
        if not os.path.samestat(now, there):
            raise _changed(self.path, "was replaced")
        if (now.st_size, now.st_mtime_ns) != (self.status.st_size, self.status.st_mtime_ns):
            raise _changed(self.path, "changed")


@contextmanager
def open_regular(path: Path, limits: Limits) -> Iterator[Opened]:
    """A regular file, not empty and not too large, open for reading; anything else is one of our errors.

    Never blocks and follows no symbolic link in the last step of the path: resolve wanted links before.
    """
    descriptor = _descriptor(path)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_regular(path, status.st_mode)
        if status.st_size == 0:
            raise NoContent(f"{path.name} is empty.")
        if status.st_size > limits.max_file_bytes:
            raise TooLarge(
                f"{path.name} has {status.st_size:,} bytes; the limit is {limits.max_file_bytes:,}.",
                "Raise max_file_bytes, or split the file.",
            )
        yield Opened(path, file, status)


def _descriptor(path: Path) -> int:
    try:
        # Looked at first, because opening a device can already do something.
        before = os.lstat(path)
        _check_regular(path, before.st_mode)
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        raise Unreadable(f"{str(path)!r} is no name that a file can have.") from error
    if not os.path.samestat(before, os.fstat(descriptor)):
        os.close(descriptor)
        raise _changed(path, "was replaced")
    return descriptor


def _check_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = next((name for test, name in _KINDS if test(mode)), "something else")
        raise Unreadable(f"{path.name} is {what}, not a regular file.")


def _unreadable(path: Path, error: OSError) -> PinakesError:
    if error.errno == errno.ENOENT:
        return Unreadable(f"{path.name} is not there any more.")
    if error.errno == errno.ELOOP:
        return Unreadable(f"{path.name} is a symbolic link, not a regular file.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unreadable(f"{path.name} may not be read.", "Give yourself permission to read it, then add it again.")
    return Unreadable(f"{path.name} can not be opened: {error.strerror or error}.")


def _changed(path: Path, how: str) -> ChangedWhileRead:
    return ChangedWhileRead(f"{path.name} {how} while it was being read.", "Add it again when nothing writes to it.")
