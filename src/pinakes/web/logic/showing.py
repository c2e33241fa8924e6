"""Parts and items as pages show them: marked words, places, reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pinakes.catalogue.records import ItemEntry
from pinakes.index.documents import PATH
from pinakes.library import Hit
from pinakes.search.results import Why
from pinakes.types import Place


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether the query asked for it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as a card or a line."""

    rank: int
    score: float
    item: int
    part: int
    title: tuple[Piece, ...]
    plain_title: str
    modality: str
    kind: str
    place: Place
    by: str
    date: str
    snippet: tuple[Piece, ...]
    # Where its file lies, if its words are what was asked for.
    lying: tuple[Piece, ...]
    why: Why
    pictured: bool
    also: int
    alike: int


def shown(hits: Iterable[Hit]) -> list[Shown]:
    """Hits with what the catalogue says of their items."""
    return [_shown(hit, hit.found.entry) for hit in hits]


def _shown(hit: Hit, item: ItemEntry) -> Shown:
    words = sorted({word.word for word in hit.why.words}, key=len, reverse=True)
    title = item.title or f"{item.id}"
    return Shown(
        rank=hit.rank,
        score=hit.score,
        item=hit.item,
        part=hit.part,
        title=tuple(by_words(title, words)),
        plain_title=title,
        modality=hit.modality,
        kind=medium_of(item) or hit.modality,
        place=hit.place,
        by=", ".join(item.fields.get("creator", ())[:2]),
        date=next(iter(item.fields.get("date", ())), ""),
        snippet=tuple(by_words(hit.snippet, words)),
        lying=_lying(item, [word.word for word in hit.why.words if word.field == PATH]),
        why=hit.why,
        # Texts are shown by their words.
        pictured=hit.modality != "text" and hit.preview is not None,
        also=len(hit.found.also),
        alike=len(hit.found.alike),
    )


def _lying(item: ItemEntry, words: Sequence[str]) -> tuple[Piece, ...]:
    """The path in which some words stand."""
    lying = next((path for path in item.paths if words and words[0] in path), "")
    return tuple(by_words(lying, words)) if lying else ()


# What readers call a file, by its type.
_MEDIA = {"image": "picture", "audio": "sound", "video": "film", "text": "text"}
_OTHERS = {"application/pdf": "pdf", "application/epub+zip": "ebook", "application/xml": "text"}


def medium_of(item: ItemEntry) -> str:
    """picture, sound, film, pdf, ebook or text: what the first file of an item is; empty for a mere record."""
    kind = item.files[0].kind if item.files else ""
    return _OTHERS.get(kind) or _MEDIA.get(kind.partition("/")[0], "")


def by_words(text: str, words: Sequence[str]) -> Iterator[Piece]:
    """A text cut where any of some words stand in it; longer words come first."""
    if not words:
        yield Piece(text)
        return
    pattern = "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    yield from by_places(text, [range(*match.span()) for match in re.finditer(pattern, text, re.I)])


def by_places(text: str, places: Sequence[range]) -> Iterator[Piece]:
    """A text cut at some stretches of it, in order."""
    at = 0
    for place in places:
        if place.start < at:
            continue
        if place.start > at:
            yield Piece(text[at : place.start])
        yield Piece(text[place.start : place.stop], marked=True)
        at = place.stop
    if at < len(text):
        yield Piece(text[at:])
