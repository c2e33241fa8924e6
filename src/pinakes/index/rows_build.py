"""Building the rows of a segment, and the codes and vectors of those that have any in a space."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from pinakes.catalogue.rows import unsigned
from pinakes.catalogue.spaces import Space
from pinakes.catalogue.vectors import STORED, of_parts, singles
from pinakes.index.documents import Document
from pinakes.index.packs import Array, MemoryPack, Stream
from pinakes.types import MODALITIES

NO_SIGNATURE = np.uint64(0)
# Parts that are looked up, and vectors that are looked at, at a time.
_PARTS, _PIECE = 2_000, 8_192
_NUMBERS: dict[str, int] = {name: number for number, name in enumerate(MODALITIES)}

# Odd, so that one flipped bit always changes the sum of a row.
_WEIGHTS_SEED = 0x9E3779B97F4A7C15


class RowsBuild:
    """Numbers, modalities and signatures of the parts of a segment that is being built, item by item."""

    def __init__(self) -> None:
        self._items, self._counts = array("q"), array("I")
        self._parts, self._modalities, self._signatures = array("q"), array("B"), array("Q")

    def add(self, document: Document) -> None:
        """Add the next item."""
        self._items.append(document.id)
        self._counts.append(len(document.parts))
        for part in document.parts:
            self._parts.append(part.id)
            self._modalities.append(_NUMBERS[part.modality])
            self._signatures.append(unsigned(part.signature) or 0)

    def pack(self, name: str) -> MemoryPack:
        """The rows pack of the segment."""
        return MemoryPack(
            name,
            {
                "items": np.array(self._items, np.int64),
                "starts": np.concatenate([[0], np.cumsum(self._counts)]).astype(np.uint32),
                "item_of_row": np.repeat(np.arange(len(self._items), dtype=np.uint32), self._counts),
                "parts": np.array(self._parts, np.int64),
                "modalities": np.array(self._modalities, np.uint8),
                "signatures": np.array(self._signatures, np.uint64),
            },
        )


def build_space(connection: Connection, space: Space, part_ids: NDArray[np.int64]) -> dict[str, Array | Stream]:
    """The codes and vectors of a segment's rows in one space, in the order of the rows; nothing where none has any.

    Some rows may have several. Vectors lie in pieces: of long texts there are many, and put together they would take
    twice the room.
    """
    built: dict[str, list[Array]] = {name: [] for name in ("rows", "codes", "bearings", "vectors", "sums")}
    for start in range(0, len(part_ids), _PARTS):
        piece = part_ids[start : start + _PARTS].tolist()
        row_of = {part: row for row, part in enumerate(piece, start)}
        found = [(row_of[part], code, several) for part, code, several in of_parts(connection, space, piece)]
        if found:
            found.sort(key=lambda entry: entry[0])
            for name, array in _rows_of(found, space).items():
                built[name].append(array)
    if not built["rows"]:
        return {}
    vectors = Stream(np.dtype(STORED), space.dim, built["vectors"])
    return {name: vectors if name == "vectors" else np.concatenate(each) for name, each in built.items()}


def _rows_of(found: Sequence[tuple[int, bytes, NDArray[np.float16]]], space: Space) -> dict[str, Array]:
    """The arrays for the codes and vectors of some rows, in their order."""
    vectors = np.concatenate([several for _, _, several in found])
    # As single numbers they take twice the room.
    bearings = [space.hasher.bearings(singles(vectors[at : at + _PIECE])) for at in range(0, len(vectors), _PIECE)]
    return {
        "rows": np.array([row for row, _, several in found for _ in several], np.uint32),
        "codes": np.frombuffer(b"".join(code for _, code, _ in found), np.uint8).reshape(-1, space.hasher.bits // 8),
        "bearings": np.concatenate(bearings),
        "vectors": vectors,
        "sums": row_sums(vectors),
    }


def row_sums(vectors: NDArray[np.float16]) -> NDArray[np.uint64]:
    """A checksum for each row (n, dim), cheap enough to verify the few rows that a search looks at."""
    width = vectors.shape[1] * vectors.itemsize
    padded = width + -width % 8
    rows = np.ascontiguousarray(vectors).view(np.uint8).reshape(len(vectors), width)
    if padded != width:
        rows = np.pad(rows, ((0, 0), (0, padded - width)))
    words = np.ascontiguousarray(rows).view("<u8")
    with np.errstate(over="ignore"):
        sums: NDArray[np.uint64] = (words * _weights(words.shape[1])).sum(axis=1, dtype=np.uint64)
    return sums


def _weights(count: int) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        return (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_WEIGHTS_SEED)) | np.uint64(1)
