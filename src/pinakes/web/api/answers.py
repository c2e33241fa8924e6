"""What the API hands back, each a dataclass from which its description is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pinakes.catalogue.records import FileEntry, ItemEntry, PartEntry
from pinakes.library import Hit
from pinakes.web.http.failures import API
from pinakes.web.http.typed import asks


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of what belongs together."""

    item: str = asks("the item")
    page: str = asks("the item's page for people")
    thumbnail: str = asks("the small picture of the part; 404 where there is none")
    original: str = asks("the file from which the part comes; 404 where there is none")


@dataclass(frozen=True, slots=True)
class HitOut:
    """A part that was found, shown under its item."""

    rank: int = asks("counted from 1")
    score: float = asks("from 0 to 1")
    item: int = asks("number of the item")
    part: int = asks("number of the part")
    title: str = asks("title of the item")
    modality: str = asks("text, image or audio")
    place: dict[str, Any] = asks("page, chapter, chars, seconds, box, frame: what applies")
    snippet: str = asks("a stretch of text around the first word that matched, or else the nearest sentence")
    why: dict[str, Any] = asks("spaces with rank, raw and calibrated score and share; words that matched")
    also: list[int] = asks("further parts of the same item that were found")
    alike: list[int] = asks("items that look or read almost the same")
    links: Links = asks("where it leads")


@dataclass(frozen=True, slots=True)
class UnderstoodOut:
    """Plain words of a query, and what was searched for in their place."""

    kind: str = asks("creator, contributor, subject, place, collection, language, date, medium, without, name, request")
    words: str = asks("the words as they were written; as a value of `plain` they are searched for as they are")
    label: str = asks("what they mean, in a few words")
    why: str = asks("what tells that they mean so")
    filters: list[str] = asks("filters in their place")
    without: list[str] = asks("words that are not wanted, in their place")
    phrases: list[str] = asks("phrases in their place")


@dataclass(frozen=True, slots=True)
class SearchOut:
    """One page of the answer to a search."""

    total: int = asks("items that were found")
    hits: list[HitOut] = asks("best first")
    facets: dict[str, dict[str, int]] = asks("for each field its values among what was found, with counts of items")
    understood: list[UnderstoodOut] = asks("what plain words were taken for")
    suggestion: str = asks("the words with those that the library does not know corrected; empty where all are known")
    next_page: str = asks("the token of the next page; empty on the last")
    notes: list[str] = asks("what the reader should know of the answer")
    milliseconds: int = asks("what the search took")


@dataclass(frozen=True, slots=True)
class FileOut:
    """A file of an item."""

    id: int = asks("number of the file")
    kind: str = asks("its type, told by its content")
    size: int = asks("bytes")
    sha256: str = asks("hash of its bytes")
    state: str = asks("here or missing")
    facts: dict[str, float] = asks("width, height, seconds, pages")
    notes: list[str] = asks("what was left out of it, and why")


@dataclass(frozen=True, slots=True)
class ItemOut:
    """A work with its metadata and files."""

    id: int = asks("number of the item")
    title: str = asks("its title")
    collection: str = asks("the collection to which it belongs")
    language: str = asks("the language that its metadata tells")
    state: str = asks("here or missing")
    fields: dict[str, list[str]] = asks("metadata under the names of Dublin Core")
    files: list[FileOut] = asks("the files of which it is made")
    parts: int = asks("how many parts it has")
    links: Links = asks("where it leads, at its first part")


@dataclass(frozen=True, slots=True)
class PartOut:
    """A part of an item: what a search finds."""

    id: int = asks("number of the part")
    item: int = asks("number of its item")
    modality: str = asks("text, image or audio")
    place: dict[str, Any] = asks("page, chapter, chars, seconds, box, frame: what applies")
    text: str = asks("its text")
    language: str = asks("the language of its text")
    flags: list[str] = asks("what is odd about it: blank, silent and so on")
    links: Links = asks("where it leads")


@dataclass(frozen=True, slots=True)
class PartsOut:
    """Some of an item's parts, in order."""

    total: int = asks("parts that the item has")
    parts: list[PartOut] = asks("the leading one first")
    next_page: str = asks("the token of the next page; empty on the last")


@dataclass(frozen=True, slots=True)
class Titled:
    """An item by its title."""

    item: int = asks("number of the item")
    title: str = asks("its title")


@dataclass(frozen=True, slots=True)
class SuggestionsOut:
    """How what was begun may go on."""

    words: list[str] = asks("words of the library that begin so, the most frequent first")
    titles: list[Titled] = asks("items whose titles have such words")


@dataclass(frozen=True, slots=True)
class UploadOut:
    """A medium that was handed in to search with."""

    term: str = asks("what stands for it in a query, as a value of `with`")
    title: str = asks("the name that it was handed in under")
    modality: str = asks("text, image or audio")


@dataclass(frozen=True, slots=True)
class HealthOut:
    """Whether the library can be searched."""

    status: str = asks("ok")
    version: str = asks("the version of Pinakes")
    items: int = asks("items in the library")


@dataclass(frozen=True, slots=True)
class LiveOut:
    """Whether the server answers at all."""

    status: str = asks("ok")


def links_of(item: int, part: int) -> Links:
    """Where an item and one of its parts lead."""
    return Links(
        item=f"{API}/items/{item}",
        page=f"/items/{item}" + (f"?part={part}" if part else ""),
        thumbnail=f"{API}/parts/{part}/thumbnail",
        original=f"{API}/parts/{part}/original",
    )


def hit_of(hit: Hit) -> HitOut:
    """A hit; the path of its file is nobody's business but the server's."""
    told = hit.as_dict()
    del told["path"]
    return HitOut(**told, links=links_of(hit.item, hit.part))


def item_of(item: ItemEntry, parts: list[PartEntry]) -> ItemOut:
    """An item."""
    return ItemOut(
        id=item.id,
        title=item.title,
        collection=item.collection,
        language=item.language,
        state=item.state,
        fields={name: list(values) for name, values in item.fields.items()},
        files=[_file(file) for file in item.files],
        parts=len(parts),
        links=links_of(item.id, parts[0].id if parts else 0),
    )


def _file(file: FileEntry) -> FileOut:
    return FileOut(file.id, file.kind, file.size, file.sha256, file.state, file.facts, list(file.notes))


def part_of(part: PartEntry) -> PartOut:
    """A part."""
    return PartOut(
        id=part.id,
        item=part.item_id,
        modality=part.modality,
        place=part.place.as_dict(),
        text=part.text,
        language=part.language,
        flags=list(part.flags),
        links=links_of(part.item_id, part.id),
    )
