"""The codes and vectors of one segment in one space: Hamming scan first, then the space's own measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import Damaged
from pinakes.index.packs import Pack
from pinakes.index.rows_build import row_sums
from pinakes.types import Codes, Floats

# Below this share of chosen rows, copying their codes side by side is faster than passing over the others (measured).
_GATHER_BELOW = 0.2

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Places in the matrix (k,) and their Hamming distances (k,), nearest first."""

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
        # Imported here: a search for words alone does not pay for it.
        import faiss

        self._pack = pack
        self.rows = pack.array("rows").astype(np.int64)
        codes = pack.array("codes")
        self._faiss: Any = faiss
        self._index: Any = faiss.IndexBinaryFlat(max(8, codes.shape[1] * 8))
        self.count, self._width = codes.shape
        if self.count:
            self._index.add(np.ascontiguousarray(codes))

    def _codes(self) -> Codes:
        """The codes (n, bytes) inside the scanner, not a copy of them."""
        flat: Codes = self._faiss.rev_swig_ptr(self._index.xb.data(), self.count * self._width)
        return flat.reshape(self.count, self._width)

    def among(self, chosen: Mask | None) -> Among | None:
        """How to scan only the chosen rows of the segment; None: all. Worth keeping for the next query."""
        if chosen is None:
            return None
        mask = chosen[self.rows]
        total = int(np.count_nonzero(mask))
        if total == self.count:
            return None
        if total < self.count * _GATHER_BELOW:
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

    def vectors(self, places: Places) -> Floats:
        """The full vectors (n, dim) at some places, each checked."""
        found = self._pack.raw("vectors")[places]
        wrong = row_sums(found) != self._pack.raw("sums")[places]
        if wrong.any():
            raise Damaged(
                f"{self._pack.name}: the vector of row {int(self.rows[places[wrong][0]])} does not match its checksum.",
                "Run `pinakes check --repair`.",
            )
        return found.astype(np.float32)

    def place_of(self, row: int) -> int:
        """The place of a row of the segment, or -1 where it has no vector."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < self.count and self.rows[place] == row else -1
