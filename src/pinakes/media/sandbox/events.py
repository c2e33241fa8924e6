"""What the pool of decoders is given and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pinakes.errors import PinakesError
from pinakes.media.base import DecodedPart, FileRecord


@dataclass(frozen=True, slots=True)
class Job:
    """A file to decode; its events carry the token."""

    token: int
    path: Path


@dataclass(frozen=True, slots=True)
class PartReady:
    """A part of a file; the parts of one file come in order."""

    token: int
    part: DecodedPart


@dataclass(frozen=True, slots=True)
class FileDone:
    """The last event of a file that could be decoded."""

    token: int
    record: FileRecord


@dataclass(frozen=True, slots=True)
class FileFailed:
    """The last event of a file that could not; parts that came before it are to be thrown away."""

    token: int
    error: PinakesError


Event: TypeAlias = PartReady | FileDone | FileFailed
