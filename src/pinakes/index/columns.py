"""Columns of metadata: for each value of each field the items that have it; filters and facets read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from pinakes.index.documents import Document
from pinakes.index.inverted import Ids, Inverted, inverted_arrays
from pinakes.index.packs import Array, MemoryPack, Pack

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
    return MemoryPack(name, arrays | forward_arrays(arrays, len(documents)))


def forward_arrays(inverted: dict[str, Array], items: int) -> dict[str, Array]:
    """The same the other way round: for each item the numbers of its values, so that facets of few hits cost little."""
    lists = inverted["values.lists"].astype(np.int64)
    numbers = np.repeat(np.arange(len(lists) - 1, dtype=np.uint32), lists[1:] - lists[:-1])
    ids = inverted["values.ids"]
    starts = np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=items))])
    return {"items.starts": starts.astype(np.uint32), "items.values": numbers[np.argsort(ids, kind="stable")]}


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
        self._pack = pack
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

    def items(self, indexes: Sequence[int]) -> Ids:
        """The items that have any of these values; one that has several comes several times."""
        lists = [self._values.ids(index) for index in indexes]
        return np.concatenate(lists) if lists else np.zeros(0, np.uint32)

    def counts(self, items: Ids, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """For each of some fields its values among these items, and how many of them have each."""
        starts = self._pack.array("items.starts")
        begins, ends = starts[items].astype(np.int64), starts[items + 1].astype(np.int64)
        lengths = ends - begins
        steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        numbers, totals = np.unique(
            self._pack.array("items.values")[np.repeat(begins, lengths) + steps], return_counts=True
        )
        found: dict[str, dict[str, int]] = {}
        for name in fields:
            first, last = self._values.keys.range_of(name.encode() + _FIELD)
            low, high = np.searchsorted(numbers, [first, last])
            if low < high:
                chosen = zip(numbers[low:high].tolist(), totals[low:high].tolist(), strict=True)
                found[name] = {self._display(number): total for number, total in chosen}
        return found

    def _display(self, number: int) -> str:
        return self._values.keys[number].rpartition(_DISPLAY)[2].decode()
