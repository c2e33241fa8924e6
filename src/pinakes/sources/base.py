"""What every source offers: files with what is known of them from outside, and entries refused with a reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from pinakes.errors import NotFound, PinakesError, Unreadable
from pinakes.types import Fields

# Between an archive and a member in it, and between a table and a row of it.
IN_ARCHIVE, IN_TABLE = b"!/", b"#"
# Who says the fields of a candidate: nobody, a file beside it, or a table that lists it.
Origin: TypeAlias = Literal["", "sidecar", "table"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that a source offers to a library.

    `key` identifies it in all libraries: the bytes of its path, for a member of an archive with `!/` and the member's
    name behind it. `path` is where the bytes lie, for a member a temporary file that goes when the last reference to
    this candidate goes. Files with the same `work`, unless that is empty, belong to one item.
    """

    key: bytes
    path: Path
    size: int
    mtime_ns: int
    member: str = ""
    # What a table or a sidecar says; it overrides what the medium says of itself.
    fields: Fields = field(default_factory=dict)
    origin: Origin = ""
    work: str = ""
    # A row of a table that names no file: there is nothing to decode, `path` is the table and `size` is 0.
    metadata_only: bool = False
    # Keeps a temporary file; nobody else's business.
    held: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that a source does not offer, and why."""

    key: bytes
    error: PinakesError


Offer: TypeAlias = Candidate | Refused
Offers: TypeAlias = Iterator[Offer]

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a symbolic link"),
)


def key_of(path: Path | str) -> bytes:
    """The bytes of a path, whatever they are."""
    return os.fsencode(path)


def archive_of(key: bytes) -> bytes:
    """The archive in whose file a key's bytes lie; empty for a file of its own, and where the archive is gone."""
    return _container(key, IN_ARCHIVE)


def table_of(key: bytes) -> bytes:
    """The table of whose row this is the key; empty where the table is gone."""
    return _container(key, IN_TABLE)


def _container(key: bytes, mark: bytes) -> bytes:
    """The first file on the way; folders may have the mark in their names, too."""
    at = key.find(mark)
    if at < 0 or os.path.lexists(key):
        return b""
    while at >= 0:
        # Bytes of any kind, for which there are no paths.
        if os.path.isfile(key[:at]):  # noqa: PTH113
            return key[:at]
        at = key.find(mark, at + 1)
    return b""


def shown(key: bytes | str) -> str:
    """A name fit for a message: one line, no control characters, bytes that are no text as question marks."""
    text = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in text[:300])


def irregular(path: Path | str, mode: int) -> Unreadable | None:
    """The error for something that is not a regular file; None for a regular one."""
    if stat.S_ISREG(mode):
        return None
    what = next((name for test, name in _KINDS if test(mode)), "something else")
    return Unreadable(f"{shown(key_of(path))} is {what}, not a regular file.")


def unreadable(path: Path | str, error: OSError) -> PinakesError:
    """Our error for what the system says of a path."""
    name = shown(key_of(path))
    if isinstance(error, FileNotFoundError):
        return NotFound(f"{name} is not there.")
    if isinstance(error, PermissionError):
        return Unreadable(f"{name} may not be read.", "Give yourself permission to read it, then add it again.")
    return Unreadable(f"{name} can not be read: {error.strerror or error}.")
