"""What a search hands back: hits with their place and the reasons for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pinakes.catalogue.records import ItemEntry
from pinakes.types import Modality, Place


@dataclass(frozen=True, slots=True)
class SpaceReason:
    """What one space said of a hit: its rank there, the raw and the calibrated score, and its share of the whole."""

    space: str
    rank: int
    raw: float
    score: float
    share: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "space": self.space,
            "rank": self.rank,
            "raw": round(self.raw, 4),
            "score": round(self.score, 4),
            "share": round(self.share, 4),
        }


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word or phrase of the hit that the query asked for, and the characters where it stands in a field."""

    word: str
    field: str
    start: int
    end: int
    # Which of the words and phrases of the query it is.
    asked: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"word": self.word, "field": self.field, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where in a picture or sound the likeness lies: weights (rows, columns) from 0 to 1 over the whole medium."""

    space: str
    rows: int
    columns: int
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons for a hit."""

    spaces: tuple[SpaceReason, ...] = ()
    words: tuple[MatchedWord, ...] = ()
    # All words of the query stand together in it: it does not lose to a mere likeness.
    exact: bool = False
    # Spaces that were not asked for the words of the query, because their encoders can not read them.
    unasked: tuple[str, ...] = ()
    maps: tuple[HeatMap, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "spaces": [reason.as_dict() for reason in self.spaces],
            "words": [word.as_dict() for word in self.words],
            "exact": self.exact,
            "unasked": list(self.unasked),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A hit: a part, shown under its item."""

    rank: int
    score: float
    item: int
    part: int
    title: str
    modality: Modality
    place: Place
    path: bytes
    why: Why
    # What the catalogue says of the item, and the number of the file in which the part lies; 0: in none.
    entry: ItemEntry
    file: int
    snippet: str = ""
    # Other parts of the same item that were found too, and items that look or read almost the same.
    also: tuple[int, ...] = ()
    alike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that the library does not know, and the nearest one that it does."""

    word: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an answer."""

    hits: tuple[Found, ...]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    suggestion: str = ""
    next_page: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Found]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)
