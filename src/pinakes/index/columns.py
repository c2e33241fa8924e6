"""Columns of metadata: for each value of each field the items that have it; filters and facets read them."""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import distinct, stretched_out
from pinakes.index.documents import PATH, Document
from pinakes.index.inverted import Ids, Inverted, inverted_arrays
from pinakes.index.packs import Array, MemoryPack, Pack
from pinakes.media.metadata.dates import first_date
from pinakes.types import Rows
from pinakes.words.han import SIMPLIFIED

_FIELD, _DISPLAY = b"\x1f", b"\x1e"
# A longer value is a text: it is found by its words, not by equality.
LONGEST_VALUE = 200
_HASH_BYTES = 16
# Where the values of facets lie, and how they are written, is remembered for so many.
_RANGES_KEPT, _VALUES_KEPT, _SPELLINGS_KEPT = 2_000, 16_384, 16_384
# A field of no more values than this is looked up by hashes of all.
_HASHED = 1 << 18
# Dates are remembered for so many fields and precisions; seldom more than one is compared with.
_DATES_KEPT = 2


def folded(value: str) -> str:
    """A value as filters compare it: without regard to case, forms of letters and characters, and outer space."""
    plain = unicodedata.normalize("NFKC", value).casefold().strip()
    return plain if plain.isascii() else plain.translate(SIMPLIFIED)


def key_of(field: str, value: str) -> bytes:
    """The key of a value; sorted by field, then by the folded value."""
    clean = value.replace("\x1f", " ").replace("\x1e", " ")
    return field.encode() + _FIELD + folded(clean).encode() + _DISPLAY + clean.encode()


def _spellings_of(field: str, value: str) -> bytes:
    """How the keys of a folded value begin, in whichever way it is written."""
    return field.encode() + _FIELD + value.encode() + _DISPLAY


class ColumnsBuild:
    """The columns of a segment that is being built; an item's number is its place among the segment's items."""

    def __init__(self) -> None:
        self._keys: dict[bytes, int] = {}
        # Values as they are written, many of them again and again.
        self._known: dict[tuple[str, str], int] = {}
        self._numbers, self._ids = array("I"), array("I")
        self._items = 0

    def add(self, document: Document) -> None:
        """Add the values of the next item."""
        for told in dict.fromkeys(_values(document)):
            number = self._known.get(told)
            if number is None:
                number = self._known[told] = self._keys.setdefault(key_of(*told), len(self._keys))
            self._numbers.append(number)
            self._ids.append(self._items)
        self._items += 1

    def pack(self, name: str) -> MemoryPack:
        """The columns pack of the segment."""
        numbers, ids = np.array(self._numbers, np.uint32), np.array(self._ids, np.uint32)
        arrays = inverted_arrays("values", list(self._keys), numbers, ids)
        return MemoryPack(name, arrays | forward_arrays(arrays, self._items))


def forward_arrays(inverted: dict[str, Array], items: int) -> dict[str, Array]:
    """The same the other way round: for each item the numbers of its values, so that facets of few hits cost little."""
    lists = inverted["values.lists"].astype(np.int64)
    numbers = np.repeat(np.arange(len(lists) - 1, dtype=np.uint32), lists[1:] - lists[:-1])
    ids = inverted["values.ids"]
    starts = np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=items))])
    return {"items.starts": starts.astype(np.uint32), "items.values": numbers[np.argsort(ids, kind="stable")]}


def _values(item: Document) -> Iterator[tuple[str, str]]:
    yield "collection", item.collection
    yield "state", item.state
    yield "title", item.title[:LONGEST_VALUE]
    yield "type", type_of(item.kind)
    if item.kind:
        yield "format", item.kind
    if item.language and "language" not in item.fields:
        yield "language", item.language
    for path in item.paths:
        # What lies in a folder lies in those around it too.
        yield from ((PATH, folder_value(path[:end])) for end in range(1, len(path)) if path[end] == "/")
    for name, values in item.fields.items():
        for value in values:
            if value.strip() and len(value) <= LONGEST_VALUE:
                yield name, value


def folder_value(path: str) -> str:
    """The value of a folder, written in its own letters: a long one is cut, with a hash of the whole behind it."""
    if len(path) <= LONGEST_VALUE:
        return path
    whole = hashlib.blake2b(folded(path).encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).hexdigest()
    return f"{path[: LONGEST_VALUE - len(whole) - 1]}…{whole}"


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
TYPES = frozenset({*_TYPES.values(), "other"})


class Columns:
    """The columns of one segment."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._values = Inverted(pack, "values")
        self._ranges: dict[bytes, tuple[int, int]] = {}
        self._written: dict[int, tuple[str, str]] = {}
        self._spellings: dict[int, tuple[int, int]] = {}
        # The hashes of a field's folded values, sorted, and the index of each.
        self._hashes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self._dates: dict[tuple[str, int], tuple[int, NDArray[np.str_]]] = {}

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
        first, last = self._values.keys.range_of(_spellings_of(field, folded(value)))
        return list(range(first, last))

    def values(self, field: str) -> tuple[int, list[str]]:
        """The index of a field's first value, and all its values as they were written."""
        first, last = self._values.keys.range_of(field.encode() + _FIELD)
        return first, [key.rpartition(_DISPLAY)[2].decode() for key in self._values.keys.some(first, last)]

    def dates(self, field: str, length: int) -> tuple[int, NDArray[np.str_]]:
        """The index of a field's first value, and the first date in each of its values, cut or filled up to a length.

        One that is less precise than that is later than all that it may stand for; where there is none it is empty.
        """
        found = self._dates.get((field, length))
        if found is None:
            if len(self._dates) >= _DATES_KEPT:
                self._dates.clear()
            first, values = self.values(field)
            dates = [date[:length].ljust(length, "~") if (date := first_date(value)) else "" for value in values]
            found = self._dates[field, length] = first, np.array(dates, f"U{length}")
        return found

    def written(self, index: int) -> str:
        """The value of that index, as it was written."""
        return self._told(index)[1]

    def beginning(self, field: str, prefix: str) -> tuple[int, int]:
        """The indexes of a field's first value with a beginning, and one past the last."""
        return self._values.keys.range_of(field.encode() + _FIELD + folded(prefix).encode())

    def items(self, indexes: Sequence[int]) -> Ids:
        """The items that have any of these values; one that has several comes several times."""
        numbers = np.asarray(indexes, np.int64)
        if not len(numbers):
            return np.zeros(0, np.uint32)
        # Neighbouring values, such as the dates of some years, are read at once.
        runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
        return np.concatenate([self._values.ids(int(run[0]), int(run[-1]) + 1) for run in runs])

    def totals(self, items: Rows) -> NDArray[np.int64]:
        """For each value how many of these items have it."""
        starts = self._pack.array("items.starts")
        begins, ends = starts[items].astype(np.int64), starts[items + 1].astype(np.int64)
        lengths = ends - begins
        numbers = self._pack.array("items.values")[stretched_out(begins, lengths)]
        totals: NDArray[np.int64] = np.bincount(numbers, minlength=self._values.keys.count)
        return totals

    def frequent(self, totals: NDArray[np.int64], field: str, most: int) -> tuple[dict[str, int], bool]:
        """The folded values of a field that stand in most of the items that were counted, and whether these are all.

        With each comes the index of a way in which it is written.
        """
        first, last = self._range(field.encode() + _FIELD)
        there = np.flatnonzero(totals[first:last])
        chosen = there[np.argsort(-totals[first + there], kind="stable")[:most]] + first
        return {self._told(number)[0]: number for number in chosen.tolist()}, len(there) <= most

    def among(self, field: str, values: Sequence[str]) -> dict[str, int]:
        """Those of some folded values that a field has, each with the index of a way in which it is written."""
        first, last = self._range(field.encode() + _FIELD)
        if first == last:
            return {}
        beginnings = [_spellings_of(field, value) for value in values]
        if last - first > _HASHED:
            ranges = map(self._range, beginnings)
            return {value: begin for value, (begin, end) in zip(values, ranges, strict=True) if begin < end}
        if field not in self._hashes:
            # To look up one by one takes longer than to hash all of them once.
            keys = self._values.keys.some(first, last)
            every = np.array([hash(key[: key.index(_DISPLAY) + 1]) for key in keys], np.int64)
            order = np.argsort(every)
            self._hashes[field] = every[order], order + first
        hashes, indexes = self._hashes[field]
        asked = np.array([hash(one) for one in beginnings], np.int64)
        places = np.minimum(np.searchsorted(hashes, asked), len(hashes) - 1)
        found = np.flatnonzero(hashes[places] == asked)
        near = zip(found.tolist(), indexes[places[found]].tolist(), strict=True)
        return {values[at]: index for at, index in near if self._values.keys[index].startswith(beginnings[at])}

    def having(
        self, there: NDArray[np.bool_], totals: NDArray[np.int64], field: str, value: str, near: int
    ) -> tuple[int, str]:
        """How many of the items that were counted have a folded value, and how most of them write it.

        `there` tells which items of the segment these are; `near` is the index of one way of writing the value.
        """
        first, last = self._spelled(field, value, near)
        if last - first == 1:
            return (count, self.written(first)) if (count := int(totals[first])) else (0, "")
        spellings = totals[first:last]
        if not spellings.any():
            return 0, ""
        display = self.written(first + int(np.argmax(spellings)))
        if np.count_nonzero(spellings) == 1:
            return int(spellings.max()), display
        # An item that has it in two spellings counts once.
        having = self._values.ids(first, last)
        return len(distinct(having[there[having]])), display

    def _told(self, index: int) -> tuple[str, str]:
        """The value of that index, folded and as it was written."""
        found = self._written.get(index)
        if found is None:
            if len(self._written) >= _VALUES_KEPT:
                self._written.clear()
            value, _, written = self._values.keys[index].partition(_FIELD)[2].partition(_DISPLAY)
            found = self._written[index] = value.decode(), written.decode()
        return found

    def _spelled(self, field: str, value: str, near: int) -> tuple[int, int]:
        """The first and one past the last index of the ways in which a folded value is written."""
        found = self._spellings.get(near)
        if found is None:
            if len(self._spellings) >= _SPELLINGS_KEPT:
                self._spellings.clear()
            found = self._spellings[near] = self._values.keys.range_at(_spellings_of(field, value), near)
        return found

    def _range(self, prefix: bytes) -> tuple[int, int]:
        found = self._ranges.get(prefix)
        if found is None:
            if len(self._ranges) >= _RANGES_KEPT:
                self._ranges.clear()
            found = self._ranges[prefix] = self._values.keys.range_of(prefix)
        return found
