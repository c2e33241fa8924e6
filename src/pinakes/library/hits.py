"""Hits and pages of them, as a Python user holds them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, overload

from pinakes.search.results import Answer, Correction, Found, Why
from pinakes.types import Modality, Place

if TYPE_CHECKING:
    from pinakes.library.facade import Library


@dataclass(frozen=True, slots=True)
class Hit:
    """A part that was found, shown under its item.

    >>> hit = library.search("red boat")[0]
    >>> hit.rank, hit.score, hit.title, hit.modality, hit.item == boat.item
    (1, 1.0, 'A red boat', 'image', True)
    >>> hit.why.spaces[0].space, [word.word for word in hit.why.words]
    ('words', ['red', 'boat'])
    >>> hit.place.as_dict()
    {}
    >>> with hit.open() as original:
    ...     original.read(4)[1:]
    b'PNG'
    """

    library: Library
    found: Found

    @property
    def rank(self) -> int:
        """Counted from 1."""
        return self.found.rank

    @property
    def score(self) -> float:
        """The fused score, from 0 to 1."""
        return self.found.score

    @property
    def item(self) -> int:
        """The number of the item."""
        return self.found.item

    @property
    def part(self) -> int:
        """The number of the part."""
        return self.found.part

    @property
    def title(self) -> str:
        """The title of the item."""
        return self.found.title

    @property
    def modality(self) -> Modality:
        """text, image or audio."""
        return self.found.modality

    @property
    def place(self) -> Place:
        """Page, characters, seconds: where in its item the part lies."""
        return self.found.place

    @property
    def path(self) -> str:
        """Where the original lies; empty for a work of metadata alone."""
        return os.fsdecode(self.found.path)

    @property
    def why(self) -> Why:
        """The reasons: spaces with rank, score and share, and matched words."""
        return self.found.why

    @property
    def snippet(self) -> str:
        """A stretch of its text around the first matched word, or where none did, the sentence nearest to the query."""
        return self.found.snippet

    @property
    def preview(self) -> Path | None:
        """A small picture of the part, if there is one."""
        from pinakes.library import originals

        return originals.picture(self.library.folder, self.part, self.found.file)

    def open(self) -> IO[bytes]:
        """The original, opened for reading; a member of an archive is taken out of it."""
        return self.library.open_original(self.part)

    def as_dict(self) -> dict[str, Any]:
        """What `pinakes search --json` prints."""
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "item": self.item,
            "part": self.part,
            "title": self.title,
            "modality": self.modality,
            "place": self.place.as_dict(),
            "path": self.path,
            "why": self.why.as_dict(),
            "snippet": self.snippet,
            "also": list(self.found.also),
            "alike": list(self.found.alike),
        }

    def _repr_html_(self) -> str:
        from pinakes.library.notebook import hit_html

        return hit_html(self)


class Results(Sequence[Hit]):
    """One page of hits, with facets, corrections and the next page.

    >>> found = library.search("boat", limit=1)
    >>> len(found), found.total, found.facets["type"]
    (1, 2, {'picture': 2})
    >>> sorted(hit.title for page in found.pages() for hit in page)
    ['A blue boat', 'A red boat']
    >>> library.search("boatt").suggestion
    'boat'
    """

    def __init__(self, library: Library, answer: Answer, following: Callable[[str], Results]) -> None:
        self.answer = answer
        self._hits = [Hit(library, found) for found in answer.hits]
        self._following = following

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    def __repr__(self) -> str:
        return f"<Results: {len(self)} of {self.total} hits>"

    @property
    def total(self) -> int:
        """How many items were found."""
        return self.answer.total

    @property
    def facets(self) -> dict[str, dict[str, int]]:
        """For each field its values among what was found, with counts of items."""
        return self.answer.facets

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Words that the library does not know, with the nearest that it does."""
        return self.answer.corrections

    @property
    def suggestion(self) -> str:
        """The query with those corrections."""
        return self.answer.suggestion

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know, such as a damaged segment that was left out."""
        return self.answer.notes

    @property
    def next_page(self) -> str:
        """The token of the next page; empty on the last."""
        return self.answer.next_page

    def next(self) -> Results | None:
        """The next page, if there is one."""
        return self._following(self.next_page) if self.next_page else None

    def pages(self) -> Iterator[Results]:
        """This page and all that follow."""
        page: Results | None = self
        while page is not None:
            yield page
            page = page.next()

    def _repr_html_(self) -> str:
        from pinakes.library.notebook import results_html

        return results_html(self)
