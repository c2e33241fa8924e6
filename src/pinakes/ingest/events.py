"""What the stages of the stream hand on to each other, and what the stream tells its caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pinakes.catalogue.jobs import FailedFile
from pinakes.catalogue.known import KnownFile
from pinakes.errors import PinakesError
from pinakes.media.base import DecodedPart, FileRecord
from pinakes.sources.base import Candidate
from pinakes.types import Floats


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that is as it was; nothing is done."""

    path: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A file whose time alone changed, or that is back in its place."""

    known: KnownFile
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that lies elsewhere now."""

    known: KnownFile
    path: bytes
    mtime_ns: int
    # What identifies the file's work from now on.
    item_key: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that can not be read, now or when it was the same before."""

    file: FailedFile
    again: bool = False


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file that is new or has changed."""

    candidate: Candidate
    told: str
    known: bool
    item_key: bytes


@dataclass(frozen=True, slots=True)
class PartRead:
    """A part of a file that is being read."""

    token: int
    part: DecodedPart


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file has been read to its end."""

    token: int
    record: FileRecord


@dataclass(frozen=True, slots=True)
class FileLost:
    """A file could not be read to its end; its parts so far are dropped."""

    token: int
    error: PinakesError


@dataclass(frozen=True, slots=True)
class Begun:
    """A file is going to be read under this token."""

    token: int
    file: ToRead


@dataclass(frozen=True, slots=True)
class ReadAtOnce:
    """All that became of a small file, from its begin to its end: one thing to hand on instead of three."""

    events: tuple[Begun | PartRead | FileRead | FileLost, ...]


Settled: TypeAlias = Unchanged | Seen | Moved | Failed
Planned: TypeAlias = Settled | ToRead
Step: TypeAlias = Settled | Begun | PartRead | FileRead | FileLost
Decoding: TypeAlias = Step | ReadAtOnce


@dataclass(frozen=True, slots=True)
class EncodedPart:
    """A part with its vectors (n, dim) by the name of the encoder; its pictures and samples are let go."""

    part: DecodedPart
    vectors: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that is ready to be stored."""

    file: ToRead
    record: FileRecord
    parts: tuple[EncodedPart, ...]


Encoding: TypeAlias = Settled | Encoded

Outcome: TypeAlias = Literal["added", "changed", "moved", "seen", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a file; for one that was stored, told only after that is durable."""

    outcome: Outcome
    path: bytes
    item: int | None = None
    error: PinakesError | None = None


@dataclass(slots=True)
class Report:
    """What became of all files of a run."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    seen: int = 0
    unchanged: int = 0
    failed: int = 0
    vanished: int = 0
    parts: int = 0
    interrupted: bool = False
    # How many files there are to be dealt with, where that is known before.
    expected: int = 0
    failures: list[Told] = field(default_factory=list)

    def count(self, told: Told) -> None:
        """Add what became of one file; only the first failures are kept, all are on record."""
        setattr(self, told.outcome, getattr(self, told.outcome) + 1)
        if told.error is not None and len(self.failures) < _FAILURES_KEPT:
            self.failures.append(told)

    @property
    def done(self) -> int:
        """How many files have been dealt with."""
        return self.added + self.changed + self.moved + self.seen + self.unchanged + self.failed

    def as_dict(self) -> dict[str, int]:
        """The counts."""
        names = ("added", "changed", "moved", "seen", "unchanged", "failed", "vanished", "parts")
        return {name: getattr(self, name) for name in names}


_FAILURES_KEPT = 1_000
