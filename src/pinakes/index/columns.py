"""Columns of metadata: for each value of each field the items that have it; filters and facets read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from pinakes.index.documents import Document
from pinakes.index.inverted import Inverted, inverted_arrays
from pinakes.index.packs import MemoryPack, Pack

_FIELD, _DISPLAY = b"\x1f", b"\x1e"
# A longer value is a text: it is found by its words, not by equality.
LONGEST_VALUE = 200


def folded(value: str) -> str:
    """A value as filters compare it: without regard to case, forms of letters and outer space."""
    return unicodedata.normalize("NFKC", value).casefold().strip()


def key_of(field: str, value: str) -> bytes:
    """The key of a value; sorted by field, then by the folded value."""
    clean = value.replace("\x1f", " ").replace("\x1e", " ")
    return field.encode() + _FIELD + folded(clean).encode() + _DISPLAY + clean.encode()


def build_columns(name: str, documents: Sequence[Document]) -> MemoryPack:
    """The columns pack of a segment; an item's number is its place among the segment's items."""
    keys: dict[bytes, int] = {}
    numbers, ids = [], []
    for item, document in enumerate(documents):
        for field, value in dict.fromkeys(_values(document)):
            numbers.append(keys.setdefault(key_of(field, value), len(keys)))
            ids.append(item)
    arrays = inverted_arrays("values", list(keys), np.array(numbers, np.uint32), np.array(ids, np.uint32))
    return MemoryPack(name, arrays)


def _values(document: Document) -> Iterator[tuple[str, str]]:
    item = document.item
    yield "collection", item.collection
    yield "state", item.state
    yield "title", item.title[:LONGEST_VALUE]
    yield "type", type_of(document.kind())
    if document.kind():
        yield "format", document.kind()
    if item.language and "language" not in item.fields:
        yield "language", item.language
    for name, values in item.fields.items():
        for value in values:
            if value.strip() and len(value) <= LONGEST_VALUE:
                yield name, value


def type_of(kind: str) -> str:
    """The word for a kind of file that people use."""
    return _TYPES.get(kind) or _TYPES.get(kind.partition("/")[0], "other")


_TYPES = {
    "": "record",
    "application/pdf": "pdf",
    "application/epub+zip": "book",
    "text": "text",
    "image": "picture",
    "audio": "sound",
    "video": "film",
}


class Columns:
    """The columns of one segment."""

    def __init__(self, pack: Pack) -> None:
        self._values = Inverted(pack, "values")

    def fields(self) -> list[str]:
        """The names of all fields."""
        names: list[str] = []
        index = 0
        while index < self._values.keys.count:
            field = self._values.keys[index].partition(_FIELD)[0]
            names.append(field.decode())
            index = self._values.keys.range_of(field + _FIELD)[1]
        return names

    def equal(self, field: str, value: str) -> list[int]:
        """The indexes of the values that are the same but for case."""
        first, last = self._values.keys.range_of(field.encode() + _FIELD + folded(value).encode() + _DISPLAY)
        return list(range(first, last))

    def values(self, field: str) -> tuple[int, list[str]]:
        """The index of a field's first value, and all its values as they were written."""
        first, last = self._values.keys.range_of(field.encode() + _FIELD)
        return first, [key.rpartition(_DISPLAY)[2].decode() for key in self._values.keys.some(first, last)]

    def items(self, indexes: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        """The items that have any of these values; one that has several comes several times."""
        lists = [self._values.ids(index) for index in indexes]
        return np.concatenate(lists) if lists else np.zeros(0, np.uint32)

    def counts(self, field: str, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, int]:
        """How many of the chosen items have each value of a field."""
        first, names = self.values(field)
        if not names:
            return {}
        bounds = self._values.bounds(first, first + len(names))
        hits = chosen[self._values.ids(first, first + len(names))]
        before = np.concatenate([[0], np.cumsum(hits)])
        totals = before[bounds[1:] - bounds[0]] - before[bounds[:-1] - bounds[0]]
        return {name: int(total) for name, total in zip(names, totals, strict=True) if total}
