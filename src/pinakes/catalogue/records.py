"""What goes into the catalogue and what comes out of it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pinakes.catalogue.naming import path_below
from pinakes.types import Floats, Modality, Place

if TYPE_CHECKING:
    from pinakes.media.base import CleaningNote


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part that is ready to be stored, with its vector, or several (n, dim), by the number of their space."""

    modality: Modality
    place: Place
    text: str = ""
    language: str = ""
    signature: int | None = None
    flags: tuple[str, ...] = ()
    cleaning: tuple[CleaningNote, ...] = ()
    vectors: Mapping[int, Floats] = field(default_factory=dict)
    preview: bytes = b""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was read."""

    path: bytes
    size: int
    mtime_ns: int
    kind: str = ""
    sha256: str = ""
    told: str = ""
    facts: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewField:
    """One metadata value and who told it: medium, table, sidecar or person."""

    name: str
    value: str
    origin: str = "medium"


@dataclass(frozen=True, slots=True)
class NewWork:
    """A file's contribution to a work, or a work of metadata alone (no file)."""

    key: bytes
    collection_id: int
    source_id: int | None
    file: NewFile | None
    fields: tuple[NewField, ...]
    parts: tuple[NewPart, ...]
    preview: bytes = b""


@dataclass(frozen=True, slots=True)
class Stored:
    """Under which numbers a work was stored."""

    item_id: int
    file_id: int
    part_ids: tuple[int, ...]
    # The parts that the file had before.
    gone_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of an item as the catalogue knows it."""

    id: int
    path: bytes
    role: str
    kind: str
    size: int
    sha256: str
    state: str
    facts: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part as the catalogue knows it."""

    id: int
    item_id: int
    file_id: int | None
    position: int
    modality: Modality
    place: Place
    text: str
    language: str
    signature: int | None
    flags: tuple[str, ...]
    cleaning: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a part lies in its item, without what it holds."""

    id: int
    file_id: int | None
    modality: Modality
    place: Place


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """A work as the catalogue knows it, without its parts."""

    id: int
    title: str
    language: str
    state: str
    collection: str
    fields: dict[str, tuple[str, ...]]
    files: tuple[FileEntry, ...]
    added: float
    changed: float
    # What was added to the library and brought it: a folder, a file, an archive, a table.
    source: bytes | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Where its files lie below what was added: each once."""
        return tuple(dict.fromkeys(path_below(file.path, self.source) for file in self.files))
