"""Opening what is meant to be a regular file, whatever else may lie there."""

from __future__ import annotations

import errno
import io
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
        _check_unchanged(self.path, self.file.fileno(), self.status)


@dataclass(frozen=True, slots=True)
class Held(Opened):
    """A file of which all bytes were read at once."""

    def check_unchanged(self) -> None:
        """What is held can not change."""


@contextmanager
def open_regular(path: Path, limits: Limits) -> Iterator[Opened]:
    """A regular file, not empty and not too large, open for reading; anything else is one of our errors.

    Never blocks and follows no symbolic link in the last step of the path: resolve wanted links before.
    """
    descriptor, status = _descriptor(path)
    with os.fdopen(descriptor, "rb") as file:
        _check(path, status, limits)
        yield Opened(path, file, status)


def hold_regular(path: Path, limits: Limits) -> Held | None:
    """The same of a small file, in as few calls of the system as that takes: each of them lets other threads go first.

    A file that is changed meanwhile is an error; nothing for one that is not small.
    """
    descriptor, status = _descriptor(path)
    try:
        _check(path, status, limits)
        if status.st_size > limits.small_text_bytes:
            return None
        data = _whole(descriptor, status.st_size)
        _check_unchanged(path, descriptor, status)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    return Held(path, io.BytesIO(data), status)


def _whole(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _check(path: Path, status: os.stat_result, limits: Limits) -> None:
    _check_regular(path, status.st_mode)
    if status.st_size == 0:
        raise NoContent(f"{path.name} is empty.")
    if status.st_size > limits.max_file_bytes:
        raise TooLarge(
            f"{path.name} has {status.st_size:,} bytes; the limit is {limits.max_file_bytes:,}.",
            "Raise max_file_bytes, or split the file.",
        )


def _check_unchanged(path: Path, descriptor: int, before: os.stat_result) -> None:
    try:
        now, there = os.fstat(descriptor), os.lstat(path)
    except OSError:
        raise _changed(path, "vanished") from None
    if not os.path.samestat(now, there):
        raise _changed(path, "was replaced")
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise _changed(path, "changed")


def _descriptor(path: Path) -> tuple[int, os.stat_result]:
    """An open file, and what it is."""
    try:
        # Looked at first, because opening a device can already do something.
        before = os.lstat(path)
        _check_regular(path, before.st_mode)
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        raise Unreadable(f"{str(path)!r} is no name that a file can have.") from error
    status = os.fstat(descriptor)
    if not os.path.samestat(before, status):
        os.close(descriptor)
        raise _changed(path, "was replaced")
    return descriptor, status


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
