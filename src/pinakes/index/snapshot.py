"""A snapshot: the segments of one generation, searched as one; it never changes while someone holds it."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import Damaged, DeadlinePassed, PinakesError
from pinakes.index.facets import Counted, most_frequent
from pinakes.index.filters import Filter
from pinakes.index.matrix import Among, Mask, Matrix
from pinakes.index.segment import Segment
from pinakes.types import Modality, Rows
from pinakes.words.languages import guess

if TYPE_CHECKING:
    from pinakes.index.background import Taken

T = TypeVar("T")
N = TypeVar("N", bound=np.generic)
_SELECTIONS_KEPT = 8
# The share of all texts that a main language has at least.
_MAIN = 0.02
# That of a language whose stems count even where they are little words of another: not, to which French cuts notes.
_STEMS = 0.1


@dataclass(slots=True)
class Selection:
    """The rows that a query may find, a mask for each segment (None: all), and how each matrix scans them."""

    masks: tuple[Mask | None, ...]
    among: dict[tuple[int, str], Among | None] = field(default_factory=dict)
    again: set[tuple[int, str]] = field(default_factory=set)
    # A few rows of all segments that it may not find in any case, in order.
    without: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def among_of(self, number: int, pack: str, matrix: Matrix) -> Among | None:
        """How to scan the chosen rows of one segment's matrix, worked out once, and for good when asked for again."""
        key = number, pack
        if key not in self.among:
            self.among[key] = matrix.among(self.masks[number])
        elif key not in self.again:
            self.again.add(key)
            self.among[key] = matrix.among(self.masks[number], again=True)
        return self.among[key]

    def left_of(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows are not among those that may not be found."""
        if not len(self.without):
            return np.ones(len(rows), np.bool_)
        places = np.minimum(np.searchsorted(self.without, rows), len(self.without) - 1)
        left: NDArray[np.bool_] = self.without[places] != rows
        return left


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which a query is given up."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def check(self) -> None:
        """Give up if the moment has passed."""
        if time.monotonic() > self.at:
            raise DeadlinePassed("The query took too long.", "Ask for less, or raise query_seconds.")


class Snapshot:
    """Segments of one generation; rows are numbered through all of them."""

    def __init__(self, generation: int, segments: Sequence[Segment], calibration: Mapping[str, Any]) -> None:
        self.generation = generation
        self.segments = tuple(segments)
        self.calibration = calibration
        self.bases = np.cumsum([0, *(segment.rows for segment in segments)]).astype(np.int64)
        self.alive_rows = sum(segment.alive_count for segment in segments)
        # What was found to be damaged while searching: it is left out and named.
        self.damage: dict[str, PinakesError] = {}
        # How many rows have words, and how many on average, counted by the first search for words.
        self.worded: tuple[int, float] | None = None
        # Lengths of the rows' TF-IDF vectors by segment, filled by the first search that ranks so.
        self.norms: dict[int, NDArray[np.float64]] = {}
        # Parts taken at random, by the number of a space and modality, filled by the first search that needs them.
        self.taken: dict[tuple[int, Modality], Taken | None] = {}
        self._selections: OrderedDict[tuple[Filter, ...], Selection] = OrderedDict()
        self._lock = threading.Lock()

    def each(self, read: Callable[[Segment], T]) -> Iterator[tuple[int, T]]:
        """Read from every segment; one that is damaged is left out and noted."""
        for number, segment in enumerate(self.segments):
            try:
                yield number, read(segment)
            except Damaged as error:
                self.damage[segment.name] = error

    def select(self, conditions: Sequence[Filter]) -> Selection:
        """The rows that meet all conditions; the last few selections are kept."""
        key = tuple(conditions)
        with self._lock:
            if key in self._selections:
                self._selections.move_to_end(key)
                return self._selections[key]
        masks: list[Mask | None] = [np.zeros(segment.rows, np.bool_) for segment in self.segments]
        for number, mask in self.each(lambda segment: segment.chosen(key)):
            masks[number] = mask
        selection = Selection(tuple(masks))
        with self._lock:
            self._selections[key] = selection
            while len(self._selections) > _SELECTIONS_KEPT:
                self._selections.popitem(last=False)
        return selection

    def has(self, pack: str) -> bool:
        """Whether any segment has a pack of that kind."""
        return any(pack in segment.packs for segment in self.segments)

    def locate(self, row: int) -> tuple[Segment, int]:
        """The segment of a row, and the row's number in it."""
        number = int(np.searchsorted(self.bases, row, "right")) - 1
        return self.segments[number], row - int(self.bases[number])

    def rows_of(self, item: int) -> NDArray[np.int64]:
        """The rows of an item, the leading one first; none where it is not here."""
        for number, segment in enumerate(self.segments):
            rows = segment.rows_of(item)
            if len(rows):
                return np.asarray(rows + self.bases[number], np.int64)
        return np.zeros(0, np.int64)

    def by_segment(self, rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """Segment number, places among `rows`, and the rows' numbers in the segment."""
        numbers = np.searchsorted(self.bases, rows, "right") - 1
        for number in np.flatnonzero(np.bincount(numbers)).tolist():
            places = np.flatnonzero(numbers == number)
            yield number, places, rows[places] - self.bases[number]

    def gather(self, rows: NDArray[np.int64], read: Callable[[Segment, Rows], NDArray[N]], kind: type[N]) -> NDArray[N]:
        """A value for each row, read from its segment."""
        values = np.zeros(len(rows), kind)
        for number, places, local in self.by_segment(rows):
            values[places] = read(self.segments[number], local)
        return values

    def parts(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The part of each row."""
        return self.gather(rows, lambda segment, local: segment.parts[local], np.int64)

    def items(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The item of each row."""
        return self.gather(rows, lambda segment, local: segment.items[segment.item_of_row[local]], np.int64)

    def modalities(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The number of each row's modality."""
        return self.gather(rows, lambda segment, local: segment.modalities[local], np.uint8)

    def signatures(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Each row's signature, 0 where it has none."""
        return self.gather(rows, lambda segment, local: segment.signatures[local], np.uint64)

    def leading(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows are the first of their item: the one with which its metadata goes."""
        return self.gather(rows, lambda segment, local: segment.starts[segment.item_of_row[local]] == local, np.bool_)

    def order_in_item(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many parts of its item come before each row."""
        return self.gather(rows, lambda segment, local: local - segment.starts[segment.item_of_row[local]], np.int64)

    def facets(
        self, rows: NDArray[np.int64], fields: Sequence[str], most: int, without: NDArray[np.int64]
    ) -> dict[str, dict[str, int]]:
        """For each field its most frequent values among the items of some rows, and how many items have each.

        The items of the rows `without` are not counted. Values that differ in case alone are one; what is frequent in
        no segment by itself is not looked for.
        """
        counted: list[Counted] = []
        left_out = {number: local for number, _, local in self.by_segment(without)}
        for number, _, local in self.by_segment(rows):
            segment = self.segments[number]
            there = np.zeros(len(segment.items), np.bool_)
            there[segment.item_of_row[local]] = True
            there[segment.item_of_row[left_out.get(number, local[:0])]] = False
            try:
                columns = segment.columns()
                counted.append(Counted(columns, there, columns.totals(np.flatnonzero(there))))
            except Damaged as error:
                self.damage[segment.name] = error
        return {name: most_frequent(counted, name, most) for name in fields}

    def fields(self) -> list[str]:
        """The names of all fields that any item has."""
        names: set[str] = set()
        for _, found in self.each(lambda segment: segment.columns().fields()):
            names.update(found)
        return sorted(names)

    def languages(self) -> list[str]:
        """The languages of the library's texts, the most frequent first."""
        return [language for language, _ in self._language_counts().most_common()]

    def spoken(self, query: str) -> set[str]:
        """The language of a query, and those of so many texts of the library that they were hardly guessed by mistake.

        What is a little word in another, such as war, is none here.
        """
        return {guess(query), *self._with_share(_MAIN)} - {""}

    def main_languages(self) -> set[str]:
        """The languages of a good part of the library's texts."""
        return self._with_share(_STEMS)

    def _with_share(self, share: float) -> set[str]:
        totals = self._language_counts()
        least = share * totals.total()
        return {language for language, count in totals.items() if count >= least}

    def _language_counts(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        for _, found in self.each(lambda segment: segment.words().languages):
            totals.update(found)
        return totals
