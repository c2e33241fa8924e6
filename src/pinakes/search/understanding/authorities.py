"""The library's authority lists: who made its works, what they are about, where, in which collections and languages.

They are read from the columns of the index, segment by segment, and kept as numbers: 15 bytes for each way in which a
name may be written. A name that is met is read again where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.search.understanding import names
from pinakes.words.analyse import Analyser, query_words
from pinakes.words.stems import short_code

# Fields with the ways in which their names may be written, those that matter most first.
FIELDS: tuple[tuple[str, Callable[[str], Iterator[tuple[str, bool]]]], ...] = (
    ("creator", names.person),
    ("contributor", names.person),
    ("collection", names.thing),
    ("coverage", names.thing),
    ("subjects", names.thing),
    ("title", names.title),
)
_WRITTEN = dict(FIELDS)
# How many times more items a name must have than there are parts that hold its word otherwise.
_TIMES = 4
_TITLE = len(FIELDS) - 1


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the lists: the values that it stands for, as they are written, and how many items have one of them."""

    field: str
    values: tuple[str, ...]
    whole: bool
    items: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of one segment: their hashes (n,), the numbers of their values, and their fields, twice, plus whole."""

    hashes: NDArray[np.int64]
    values: NDArray[np.uint32]
    marks: NDArray[np.uint8]


def listed(segment: Segment, most: int) -> Listed:
    """The names of a segment, at most so many."""
    columns = segment.columns()
    hashes: list[int] = []
    values: list[int] = []
    marks: list[int] = []
    for number, (field, ways) in enumerate(FIELDS):
        first, written = columns.values(field)
        for place, value in enumerate(written):
            for name, whole in ways(value):
                hashes.append(hash(name))
                values.append(first + place)
                marks.append(2 * number + whole)
            if len(hashes) >= most:
                break
    return Listed(
        np.array(hashes[:most], np.int64), np.array(values[:most], np.uint32), np.array(marks[:most], np.uint8)
    )


class Authorities:
    """The lists of one snapshot."""

    def __init__(self, snapshot: Snapshot, lists: Sequence[tuple[int, Listed]], analyser: Analyser) -> None:
        self._snapshot = snapshot
        self._analyser = analyser
        hashes = np.concatenate([np.zeros(0, np.int64), *(one.hashes for _, one in lists)])
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._values = np.concatenate([np.zeros(0, np.uint32), *(one.values for _, one in lists)])[order]
        self._marks = np.concatenate([np.zeros(0, np.uint8), *(one.marks for _, one in lists)])[order]
        lengths = [len(one.hashes) for _, one in lists]
        self._segments = np.repeat(np.array([number for number, _ in lists], np.uint16), lengths)[order]
        self._spoken = snapshot.languages()

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def bytes(self) -> int:
        """The memory that the lists take."""
        return sum(one.nbytes for one in (self._hashes, self._values, self._marks, self._segments))

    def known(self, keys: Sequence[str]) -> NDArray[np.bool_]:
        """Which of some names stand in any list (n,)."""
        hashes = np.array([hash(one) for one in keys], np.int64)
        if not len(self._hashes):
            return np.zeros(len(hashes), np.bool_)
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        found: NDArray[np.bool_] = self._hashes[places] == hashes
        return found

    def is_title(self, name: str) -> bool:
        """Whether a work has this title."""
        first, last = self._range(name)
        return bool((self._marks[first:last] >> 1 == _TITLE).any())

    def find(self, name: str) -> list[Name]:
        """What a name stands for in each field, the whole name before a part of one; titles are left out."""
        found: dict[int, dict[str, int]] = {}
        first, last = self._range(name)
        for place in range(first, last):
            mark, number = int(self._marks[place]), int(self._segments[place])
            if mark >> 1 != _TITLE:
                self._add(found.setdefault(mark, {}), mark, number, int(self._values[place]), name)
        told = []
        for mark, values in sorted(found.items(), key=lambda pair: (pair[0] >> 1, -(pair[0] & 1))):
            if values and not (not mark & 1 and mark + 1 in found):
                told.append(Name(FIELDS[mark >> 1][0], tuple(sorted(values)), bool(mark & 1), sum(values.values())))
        return told

    def _range(self, name: str) -> tuple[int, int]:
        one = np.int64(hash(name))
        return int(np.searchsorted(self._hashes, one)), int(np.searchsorted(self._hashes, one, "right"))

    def _add(self, values: dict[str, int], mark: int, number: int, value: int, name: str) -> None:
        """Count the items of one segment that have a value, where they are there and it is really the name."""
        segment = self._snapshot.segments[number]
        written = segment.columns().written(value)
        if not any(way == name for way, _ in _WRITTEN[FIELDS[mark >> 1][0]](written)):
            return
        items = segment.columns().items([value])
        alive = segment.alive_items
        count = len(items) if alive is None else int(np.count_nonzero(alive[items]))
        if count:
            values[written] = values.get(written, 0) + count

    def rare(self, word: str, items: int) -> bool:
        """Whether a word is hardly ever anything but the name of so many items."""
        return _TIMES * self.elsewhere(word, items) < items

    def elsewhere(self, word: str, items: int) -> int:
        """In how many parts a word stands beside those of so many items that have it as a name."""
        fewest = -1
        for one in query_words(word, self._analyser, self._spoken):
            totals = [self._having(term) for term in one.terms]
            # A piece of a name stands wherever the whole does.
            fewest = max(totals) if fewest < 0 else min(fewest, max(totals))
        return max(0, fewest - items)

    def _having(self, term: str) -> int:
        """In how many parts a term stands."""
        return sum(count for _, count in self._snapshot.each(lambda segment: segment.words().frequency(term)))

    def language(self, code: str) -> tuple[str, ...]:
        """How the library writes a language in its metadata; empty where it has nothing in it."""
        found: dict[str, None] = {}
        for _, (_, values) in self._snapshot.each(lambda segment: segment.columns().values("language")):
            found.update(dict.fromkeys(value for value in values if short_code(value) == code))
        return tuple(sorted(found))

    def dated(self, year: str) -> int:
        """How many values of the date begin with a year."""
        ranges = self._snapshot.each(lambda segment: segment.columns().beginning("date", year))
        return sum(last - first for _, (first, last) in ranges)
