"""One segment: a run of items with their rows, words, columns and spaces, and which of them are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import distinct
from pinakes.index.columns import Columns
from pinakes.index.filters import Filter, chosen_items
from pinakes.index.matrix import Mask, Matrix
from pinakes.index.packs import Pack
from pinakes.index.words import Words
from pinakes.types import MODALITIES, Rows

ROWS, COLUMNS, WORDS = "rows", "columns", "words"


def space_pack(space_id: int, code_version: int) -> str:
    """The name of the pack that holds a space, for one version of its codes."""
    return f"space-{space_id}-{code_version}"


class Segment:
    """A segment's packs, opened when they are first asked for."""

    def __init__(self, name: str, packs: Mapping[str, Pack], alive: Mask | None, max_prefix_words: int) -> None:
        self.name = name
        self.packs = dict(packs)
        self._max_prefix_words = max_prefix_words
        rows = self.packs[ROWS]
        self.items: NDArray[np.int64] = rows.array("items")
        self.starts: NDArray[np.uint32] = rows.array("starts")
        self.item_of_row: NDArray[np.uint32] = rows.array("item_of_row")
        self.parts: NDArray[np.int64] = rows.array("parts")
        self.modalities: NDArray[np.uint8] = rows.array("modalities")
        self.signatures: NDArray[np.uint64] = rows.array("signatures")
        self.rows = len(self.parts)
        self.alive_items: Mask | None = None if alive is None or alive.all() else alive
        self.alive_rows: Mask | None = None if self.alive_items is None else self.alive_items[self.item_of_row]
        self._words: Words | None = None
        self._kinds: frozenset[int] | None = None
        # Whether its items stand in the order of their numbers, as those of a library that only grows do.
        self._in_order: bool | None = None
        self._columns: Columns | None = None
        self._matrices: dict[str, Matrix] = {}

    @property
    def alive_count(self) -> int:
        """How many rows are not gone."""
        return self.rows if self.alive_rows is None else int(np.count_nonzero(self.alive_rows))

    def modalities_there(self) -> frozenset[int]:
        """The numbers of the modalities that its rows have."""
        if self._kinds is None:
            self._kinds = frozenset(distinct(self.modalities).tolist())
        return self._kinds

    def words(self) -> Words:
        """The words of the rows."""
        if self._words is None:
            self._words = Words(self.packs[WORDS], self._max_prefix_words)
        return self._words

    def columns(self) -> Columns:
        """The metadata of the items."""
        if self._columns is None:
            self._columns = Columns(self.packs[COLUMNS])
        return self._columns

    def matrix(self, pack: str) -> Matrix | None:
        """The rows' codes and vectors in a space, if it has any here."""
        if pack not in self.packs:
            return None
        if pack not in self._matrices:
            self._matrices[pack] = Matrix(self.packs[pack])
        return self._matrices[pack]

    def chosen(self, conditions: Sequence[Filter]) -> Mask | None:
        """Which rows are alive and meet all conditions; None: all of them."""
        if not conditions:
            return self.alive_rows
        rows = np.ones(self.rows, np.bool_) if self.alive_rows is None else self.alive_rows.copy()
        items = np.ones(len(self.items), np.bool_)
        for condition in conditions:
            if condition.field == "modality":
                rows &= self._of_modality(condition)
            else:
                items &= chosen_items(self.columns(), len(self.items), condition)
        rows &= items[self.item_of_row]
        return rows

    def _of_modality(self, condition: Filter) -> Mask:
        wanted = [MODALITIES.index(value) for value in MODALITIES if value in condition.values]
        having: Mask = np.isin(self.modalities, wanted)
        return ~having if condition.operator == "!=" else having

    def rows_of(self, item: int) -> NDArray[np.int64]:
        """The rows of an item that is alive, in order."""
        for place in self.places_of(np.array([item], np.int64)).tolist():
            if self.alive_items is None or self.alive_items[place]:
                return np.arange(self.starts[place], self.starts[place + 1], dtype=np.int64)
        return np.zeros(0, np.int64)

    def places_of(self, items: Rows) -> Rows:
        """Where some items stand among all, ascending, those that are gone included.

        One stands several times where it was added again before segments were merged.
        """
        if self._in_order is None:
            self._in_order = bool((self.items[1:] > self.items[:-1]).all())
        if not self._in_order:
            return np.flatnonzero(np.isin(self.items, items))
        wanted = distinct(items)
        places = np.searchsorted(self.items, wanted)
        wanted, places = wanted[places < len(self.items)], places[places < len(self.items)]
        found: Rows = places[self.items[places] == wanted]
        return found
