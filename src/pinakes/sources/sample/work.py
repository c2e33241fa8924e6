"""A work of the library: what it is, where it lies, and all that its generator knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from pinakes.sources.sample.creators import RIGHTS
from pinakes.sources.sample.scene import Scene

Medium: TypeAlias = Literal["image", "text", "audio", "film"]
# Where a work's metadata stand: in the medium, in a file beside it, in the table of works, or nowhere.
Told: TypeAlias = Literal["embedded", "sidecar", "table", "nowhere"]


@dataclass(frozen=True, slots=True)
class Work:
    """One work; its path is relative to the collection's folder and uses `/`."""

    path: str
    title: str
    modality: Medium
    labels: tuple[str, ...]
    # A sentence in each language, by its code.
    captions: dict[str, str]
    scenes: tuple[Scene, ...] = ()
    creator: str = ""
    day: date | None = None
    language: str = ""
    subjects: tuple[str, ...] = ()
    # For a sound: its name in `SOUNDS`.
    sounds: tuple[str, ...] = ()
    told: Told = "nowhere"
    # What was done to it on purpose: smaller-copy, turned, wrong-suffix, empty, ...
    difficulty: str = ""
    # The work that a copy was made of.
    copy_of: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def scene(self) -> Scene | None:
        """The scene of a plate or short text; the first one of a longer work."""
        return self.scenes[0] if self.scenes else None

    @property
    def parts(self) -> tuple[str, ...]:
        """The modalities in which it can be found: a film is seen and heard, a book is read and seen."""
        if self.modality == "film":
            return ("image", "audio")
        if self.modality == "text" and self.path.endswith((".pdf", ".epub")):
            return ("text", "image")
        return (self.modality,)

    @property
    def description(self) -> str:
        """Its captions, one after the other."""
        return " ".join(self.captions.values())

    def record(self) -> dict[str, str | list[str]]:
        """Its metadata by the names that tables and sidecar files use."""
        named: dict[str, str | list[str]] = {
            "title": self.title,
            "creator": self.creator,
            "date": self.day.isoformat() if self.day else "",
            "language": self.language,
            "subjects": list(self.subjects),
            "labels": list(self.labels),
            "rights": RIGHTS,
            "description": self.description,
            **self.extra,
        }
        return {name: value for name, value in named.items() if value}


TABLE_COLUMNS = ("path", "title", "creator", "date", "language", "subjects", "labels", "rights", "description")
