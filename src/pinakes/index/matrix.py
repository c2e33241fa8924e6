"""The codes and vectors of one segment in one space: Hamming scan first, then the space's own measure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.vectors import singles
from pinakes.encoders.hashers import Hasher
from pinakes.errors import Damaged
from pinakes.index.best import highest, stretched_out
from pinakes.index.measures import estimated
from pinakes.index.packs import Pack
from pinakes.index.rows_build import row_sums
from pinakes.index.scanner import scanner
from pinakes.types import Codes, Floats

# Below this share of chosen rows, copying their codes side by side is faster than passing over the others (measured).
_GATHER_BELOW = 0.2
# Of a choice that is asked for again, such as that of the pictures, all codes are copied where they are so few bytes: a
# scan of them takes a third of the time.
_GATHERED_BYTES = 8 << 20
# So many rows' numbers stay in the processor's cache from one step of an estimate to the next.
_AT_A_TIME = 32_768
# Lengths that vary by less than this share do not change which vectors are nearest (measured).
_EVEN = 0.05

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Places in the matrix (k,) and their Hamming distances (k,)."""

    places: Places
    distances: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Among:
    """The chosen places of a matrix: few, their codes side by side; or many, as bits that the scan looks at."""

    total: int
    places: Places | None
    data: Codes
    selector: Any


class Matrix:
    """A space's matrix of one segment; its codes are held in memory, its vectors stay in the file."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.rows = pack.array("rows").astype(np.int64)
        codes = pack.array("codes")
        # Loaded here: a search for words alone does not pay for it.
        self._faiss = scanner()
        self._index: Any = self._faiss.IndexBinaryFlat(max(8, codes.shape[1] * 8))
        self.count, self._width = codes.shape
        if self.count:
            self._index.add(np.ascontiguousarray(codes))

    @cached_property
    def has_several(self) -> bool:
        """Whether any row has more than one vector: they stand at places that follow each other, the whole's first."""
        return bool((self.rows[1:] == self.rows[:-1]).any())

    def first_places(self, rows: Places) -> Places:
        """The place of each of those rows of the segment that are here, where its first vector stands."""
        if not self.count:
            return np.zeros(0, np.int64)
        places = np.minimum(np.searchsorted(self.rows, rows), self.count - 1)
        found: Places = places[self.rows[places] == rows]
        return found

    def every_place(self, rows: Places) -> Places:
        """All places of some rows of the segment."""
        first = self.first_places(rows)
        if not self.has_several:
            return first
        counts = np.searchsorted(self.rows, self.rows[first], "right") - first
        return stretched_out(first, counts)

    def codes_at(self, places: Places) -> Codes:
        """The codes (n, bytes) at some places."""
        return self._codes()[places]

    def _codes(self) -> Codes:
        """The codes (n, bytes) inside the scanner, not a copy of them."""
        flat: Codes = self._faiss.rev_swig_ptr(self._index.xb.data(), self.count * self._width)
        return flat.reshape(self.count, self._width)

    def among(self, chosen: Mask | None, *, again: bool = False) -> Among | None:
        """How to scan only the chosen rows of the segment; None: all. Worth keeping for the next query.

        `again` tells that this is the next query.
        """
        if chosen is None:
            return None
        mask = chosen[self.rows]
        total = int(np.count_nonzero(mask))
        if total == self.count:
            return None
        if total < self.count * _GATHER_BELOW or (again and total * self._width <= _GATHERED_BYTES):
            places = np.flatnonzero(mask)
            return Among(total, places, self._codes()[places], None)
        bits = np.packbits(mask, bitorder="little")
        return Among(total, None, bits, self._faiss.IDSelectorBitmap(bits))

    def nearest(self, code: Codes, count: int, among: Among | None) -> Nearest:
        """The places whose codes differ least from the given one, among the chosen ones."""
        count = min(count, self.count if among is None else among.total)
        if not count:
            return Nearest(np.zeros(0, np.int64), np.zeros(0, np.int32))
        query = code[None, :]
        if among is None:
            # Counting distances beats a heap where many are kept (measured from a hundred on).
            distances, places = self._faiss.knn_hamming(query, self._codes(), count, variant="mc")
        elif among.places is not None:
            distances, found = self._faiss.knn_hamming(query, among.data, count, variant="mc")
            places = among.places[found]
        else:
            parameters = self._faiss.SearchParameters(sel=among.selector)
            distances, places = self._index.search(query, count, params=parameters)
        return Nearest(places[0], distances[0])

    def likeliest(self, hasher: Hasher, query: Floats, count: int, among: Among | None) -> Nearest:
        """The places of which code and bearings together promise most, among the chosen ones, in no order."""
        few = None if among is None else among.places
        codes = self._codes() if among is None or few is None else among.data
        bearings = self.bearings if few is None else self.bearings[few]
        distances = self._distances(hasher.query_code(query), codes)
        promised = np.empty(len(distances), np.float32)
        for start in range(0, len(distances), _AT_A_TIME):
            piece = slice(start, start + _AT_A_TIME)
            promised[piece] = estimated(hasher, query, distances[piece], bearings[piece], hope=1)
        if among is not None and few is None:
            promised[np.unpackbits(among.data, count=self.count, bitorder="little") == 0] = -np.inf
        found = highest(promised, min(count, self.count if among is None else among.total))
        return Nearest(found if few is None else few[found], distances[found])

    def _distances(self, code: Codes, codes: Codes) -> NDArray[np.int32]:
        """The Hamming distance (n,) of every code."""
        count, width = codes.shape
        if width % 8 or not count:
            differing: NDArray[np.int32] = np.bitwise_count(codes ^ code).sum(axis=1, dtype=np.int32)
            return differing
        distances = np.empty(count, np.int32)
        pointer = self._faiss.swig_ptr
        self._faiss.hammings(pointer(code), pointer(codes), 1, count, width, pointer(distances))
        return distances

    @cached_property
    def bearings(self) -> Floats:
        """Where each vector lies, seen from its hasher's centre (n, 2)."""
        return self._pack.array("bearings")

    @cached_property
    def even(self) -> bool:
        """Whether all vectors lie about equally far from the centre: their codes alone then tell which are nearest."""
        lengths = self.bearings[:, 0]
        return bool(lengths.std() <= _EVEN * lengths.mean()) if self.count else True

    def vectors(self, places: Places) -> Floats:
        """The full vectors (n, dim) at some places, each checked."""
        found = self._pack.raw("vectors")[places]
        wrong = row_sums(found) != self._pack.raw("sums")[places]
        if wrong.any():
            raise Damaged(
                f"{self._pack.name}: the vector of row {int(self.rows[places[wrong][0]])} does not match its checksum.",
                "Run `pinakes check --repair`.",
            )
        return singles(found)
