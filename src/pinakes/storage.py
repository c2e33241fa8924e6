"""The six functions through which everything derived touches the disk, so that tests can make each one fail."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from pinakes.errors import DiskFull, PinakesError, ReadOnly, StorageFailed


class Disk(Protocol):
    """open, write, fsync, replace, unlink, listdir: nothing else reaches derived files."""

    def open(self, path: Path, mode: str) -> IO[bytes]:
        """Open a file in binary mode."""

    def write(self, file: IO[bytes], data: bytes | memoryview) -> None:
        """Write all of the data."""

    def fsync(self, file: IO[bytes]) -> None:
        """Wait until what was written is on the disk."""

    def replace(self, source: Path, target: Path) -> None:
        """Rename over the target and wait until the folder is on the disk."""

    def unlink(self, path: Path) -> None:
        """Remove a file."""

    def listdir(self, path: Path) -> list[str]:
        """Names in a folder."""


class RealDisk:
    """The operating system's own functions."""

    def open(self, path: Path, mode: str) -> IO[bytes]:
        """Open a file in binary mode."""
        return path.open(mode)

    def write(self, file: IO[bytes], data: bytes | memoryview) -> None:
        """Write all of the data."""
        file.write(data)

    def fsync(self, file: IO[bytes]) -> None:
        """Wait until what was written is on the disk."""
        file.flush()
        os.fsync(file.fileno())

    def replace(self, source: Path, target: Path) -> None:
        """Rename over the target and wait until the folder is on the disk."""
        os.replace(source, target)
        sync_folder(target.parent)

    def unlink(self, path: Path) -> None:
        """Remove a file."""
        path.unlink(missing_ok=True)

    def listdir(self, path: Path) -> list[str]:
        """Names in a folder."""
        return os.listdir(path)


DISK = RealDisk()
# The errors of a system that has no room for what is to be written.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, chunks: Iterable[bytes | memoryview], disk: Disk = DISK, *, durable: bool = True) -> None:
    """Write a file so that its name shows either the old content or all of the new."""
    part = path.with_name(path.name + ".part")
    with explained(path):
        try:
            with disk.open(part, "wb") as file:
                for chunk in chunks:
                    disk.write(file, chunk)
                if durable:
                    disk.fsync(file)
            disk.replace(part, path)
        except BaseException:
            with_suppressed_unlink(part, disk)
            raise


def with_suppressed_unlink(path: Path, disk: Disk) -> None:
    """Remove a left-over; what can not be removed now is removed at the next opening."""
    try:
        disk.unlink(path)
    except OSError:
        return


@contextmanager
def explained(path: Path | str) -> Iterator[None]:
    """Turn the system's errors on a path into ours."""
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


def explain(error: OSError, path: Path | str) -> PinakesError:
    """Which of our errors an OSError is."""
    what = f"{path}: {error.strerror or error}."
    if error.errno == errno.EFBIG:
        return DiskFull(what, "Raise the limit on the size of files (ulimit -f), and run the same command again.")
    if error.errno in NO_ROOM:
        return DiskFull(what, "Free some space and run the same command again; what was stored is kept.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(what, "Searching works; writing needs permission to change the library's folder.")
    return StorageFailed(what, "Run `pinakes check` to see what is affected.")
