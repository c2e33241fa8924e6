"""Files of a training set: in a folder or as members of a tar file, each read by its row."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pinakes.errors import BadInput, NotFound, TooLarge, Unreadable, UnsafePath, nearest
from pinakes.limits import Limits
from pinakes.media.opening import open_regular
from pinakes.sources.base import shown
from pinakes.sources.names import check_member
from pinakes.sources.unpacking import damaged


class Files(Protocol):
    """The bytes behind the rows of a view."""

    def __len__(self) -> int: ...

    def name(self, row: int) -> str:
        """What the file of a row is called, for messages."""

    def read(self, row: int) -> bytes:
        """All bytes of the file of a row."""

    def sha256(self, row: int) -> str:
        """The hash of its content in hexadecimal."""

    def state(self) -> str:
        """A hash of names, sizes and times: another one where a file may have changed."""


@dataclass(frozen=True)
class FolderFiles:
    """Files below one folder, by their paths in it."""

    folder: Path
    names: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)

    def __len__(self) -> int:
        return len(self.names)

    def name(self, row: int) -> str:
        """Its path in the folder."""
        return self.names[row]

    def path(self, row: int) -> Path:
        """Where it lies; what a list names outside of the folder is refused."""
        path = Path(os.path.realpath(self.folder / self.names[row]))
        if not path.is_relative_to(os.path.realpath(self.folder)):
            raise UnsafePath(f"{shown(self.names[row])} lies outside the folder of the training set.")
        return path

    def read(self, row: int) -> bytes:
        """The whole file."""
        with open_regular(self.path(row), self.limits) as opened:
            _check_size(self.names[row], opened.size, self.limits)
            return opened.file.read()

    def sha256(self, row: int) -> str:
        """Of all its bytes."""
        return hashlib.sha256(self.read(row)).hexdigest()

    def state(self) -> str:
        """Of names, sizes and times of change."""
        hasher = hashlib.sha256()
        for name in self.names:
            try:
                found = (self.folder / name).stat()
                hasher.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
            except OSError:
                hasher.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        return hasher.hexdigest()


@dataclass(frozen=True, slots=True)
class Lying:
    """Where a file lies, and its content's SHA-256 where that is known already."""

    path: Path
    sha256: str = ""


@dataclass(frozen=True)
class LyingFiles:
    """Files anywhere on the disk; None for a row that has none."""

    found: tuple[Lying | None, ...]
    limits: Limits = field(default_factory=Limits)

    def __len__(self) -> int:
        return len(self.found)

    def name(self, row: int) -> str:
        """The file's own name."""
        return self.path(row).name

    def path(self, row: int) -> Path:
        """Where it lies."""
        return self._lying(row).path

    def read(self, row: int) -> bytes:
        """The whole file."""
        with open_regular(self.path(row), self.limits) as opened:
            _check_size(opened.path.name, opened.size, self.limits)
            return opened.file.read()

    def sha256(self, row: int) -> str:
        """That which is known, else that of the bytes."""
        return self._lying(row).sha256 or hashlib.sha256(self.read(row)).hexdigest()

    def state(self) -> str:
        """Of paths, sizes and times of change."""
        hasher = hashlib.sha256()
        for each in self.found:
            if each is not None:
                status = each.path.stat() if each.path.exists() else None
                told = (str(each.path), status.st_size, status.st_mtime_ns) if status else (str(each.path),)
                hasher.update(repr(told).encode("utf-8", "surrogateescape"))
        return hasher.hexdigest()

    def _lying(self, row: int) -> Lying:
        found = self.found[row]
        if found is None:
            raise Unreadable(f"Row {row} has no file to read.")
        return found


@dataclass(frozen=True)
class TarFiles:
    """Members of a plain tar file, read where they lie in it; nothing is unpacked to the disk."""

    path: Path
    names: tuple[str, ...]
    # Where each begins, and its bytes.
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def open(cls, path: Path, limits: Limits | None = None) -> TarFiles:
        """All members that are files, in their order; those with unsafe names, and links, are passed over."""
        limits = limits or Limits()
        names, spans = [], []
        with open_regular(path, limits) as opened, _plain_tar(path, opened.file) as tar:
            while True:
                with damaged(path.name):
                    info = tar.next()
                if info is None:
                    break
                # It keeps all that it has seen.
                tar.members.clear()  # type: ignore[attr-defined]
                if not info.isreg() or info.issparse() or not _is_safe(info.name, path.name):
                    continue
                _check_size(info.name, info.size, limits)
                names.append(info.name)
                spans.append((info.offset_data, info.size))
                if len(names) > limits.max_archive_entries:
                    raise TooLarge(
                        f"{path.name} has more than {limits.max_archive_entries:,} entries.",
                        "Raise max_archive_entries, or split it.",
                    )
        return cls(path, tuple(names), tuple(spans))

    def chosen(self, names: Sequence[str]) -> TarFiles:
        """The members of these names, in this order."""
        places = {name.removeprefix("./"): place for place, name in enumerate(self.names)}
        lost = [name for name in names if name not in places]
        if lost:
            raise NotFound(f"{self.path.name} has no member {shown(lost[0])}.", nearest(lost[0], places))
        rows = [places[name] for name in names]
        return TarFiles(self.path, tuple(names), tuple(self.spans[row] for row in rows))

    def __len__(self) -> int:
        return len(self.names)

    def name(self, row: int) -> str:
        """The archive's and the member's own."""
        return f"{self.names[row]} of {self.path.name}"

    def read(self, row: int) -> bytes:
        """All bytes of the member."""
        start, size = self.spans[row]
        with self.path.open("rb") as file:
            file.seek(start)
            found = file.read(size)
        if len(found) != size:
            raise BadInput(f"{self.path.name} is cut off within {self.names[row]}.", "Fetch it again.")
        return found

    def sha256(self, row: int) -> str:
        """Of all its bytes."""
        return hashlib.sha256(self.read(row)).hexdigest()

    def state(self) -> str:
        """Of the members' names and places, and of the archive's size and time of change."""
        found = self.path.stat()
        told = f"{found.st_size}\0{found.st_mtime_ns}\0{self.names}\0{self.spans}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _plain_tar(path: Path, file: object) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r:", errors="surrogateescape")  # type: ignore[call-overload,no-any-return]
    except (tarfile.TarError, EOFError) as error:
        raise BadInput(
            f"{path.name} is no plain tar file: {error}.", "If it is packed (.tar.gz), unpack it to a plain .tar."
        ) from error


def _is_safe(name: str, archive: str) -> bool:
    try:
        check_member(name.encode("utf-8", "surrogateescape"), archive)
    except UnsafePath:
        return False
    return True


def _check_size(name: str, size: int, limits: Limits) -> None:
    if size > limits.max_member_bytes:
        raise TooLarge(
            f"{shown(name)} has {size:,} bytes; the limit of a file to learn from is {limits.max_member_bytes:,}.",
            "Raise max_member_bytes, or make it smaller.",
        )
