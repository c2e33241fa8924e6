"""What every source offers: files with what is known of them from outside, and entries refused with a reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pinakes.errors import NotFound, PinakesError, Unreadable
from pinakes.types import Fields

# Between an archive and a member in it, and between a table and a row of it.
IN_ARCHIVE, IN_TABLE = b"!/", b"#"


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
    work: str = ""
    sidecars: tuple[Path, ...] = ()
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
