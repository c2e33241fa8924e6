"""What a served library tells, as plain data with the names that the library itself uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar, overload

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit:
    """A part that was found, shown under its item."""

    rank: int
    score: float
    item: int
    part: int
    title: str
    modality: str
    # Page, chapter, chars, seconds, box, frame: what applies.
    place: dict[str, Any]
    snippet: str
    # Spaces with rank, score and share; words that matched.
    why: dict[str, Any]
    also: list[int]
    alike: list[int]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a field of an item."""

    values: list[str]
    # The values in a few letters: told with a change, it is refused where they changed since.
    mark: str
    # Whether a person has said so, and what files, sidecars and tables say.
    person: bool
    sources: list[str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of an item."""

    id: int
    kind: str
    size: int
    sha256: str
    state: str
    facts: dict[str, float]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Item:
    """A work with its metadata and files."""

    id: int
    title: str
    collection: str
    language: str
    state: str
    fields: dict[str, list[str]]
    files: list[File]
    # How many parts it has.
    parts: int


@dataclass(frozen=True, slots=True)
class Part:
    """A searchable unit of an item."""

    id: int
    item: int
    modality: str
    place: dict[str, Any]
    text: str
    language: str
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Upload:
    """A medium that was handed in to search with."""

    # What stands for it in a query.
    term: str
    title: str
    modality: str


class Results(Sequence[Hit]):
    """One page of hits, with facets and the next page."""

    def __init__(self, told: Mapping[str, Any], following: Callable[[str], Results]) -> None:
        self._hits = [made(Hit, hit) for hit in told["hits"]]
        self._following = following
        self.total: int = told["total"]
        self.facets: dict[str, dict[str, int]] = told["facets"]
        # What plain words were taken for: kind, words, label, why, filters, without, phrases.
        self.understood: list[dict[str, Any]] = told.get("understood", [])
        self.suggestion: str = told["suggestion"]
        self.notes: list[str] = told["notes"]
        self.next_page: str = told["next_page"]

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __repr__(self) -> str:
        return f"<Results: {len(self)} of {self.total} hits>"

    def next(self) -> Results | None:
        """The next page, if there is one."""
        return self._following(self.next_page) if self.next_page else None

    def pages(self) -> Iterator[Results]:
        """This page and all that follow, each asked for when it is reached."""
        page: Results | None = self
        while page is not None:
            yield page
            page = page.next()


def made(kind: type[T], told: Mapping[str, Any]) -> T:
    """A dataclass of what was told; what a later server tells besides is left out."""
    return kind(**{one.name: told[one.name] for one in fields(kind)})  # type: ignore[arg-type]


def item(told: Mapping[str, Any]) -> Item:
    """An item with its files."""
    return made(Item, {**told, "files": [made(File, file) for file in told["files"]]})
