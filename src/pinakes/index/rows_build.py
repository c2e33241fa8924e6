"""Building the rows of a segment, and the codes and vectors of those that have any in a space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from pinakes.catalogue.spaces import Space
from pinakes.catalogue.vectors import STORED, of_parts
from pinakes.index.documents import Document
from pinakes.index.packs import Array, MemoryPack
from pinakes.types import MODALITIES

NO_SIGNATURE = np.uint64(0)

# Odd, so that one flipped bit always changes the sum of a row.
_WEIGHTS_SEED = 0x9E3779B97F4A7C15


def build_rows(name: str, documents: Sequence[Document]) -> MemoryPack:
    """Numbers, modalities and signatures of the parts, item by item."""
    parts = [part for document in documents for part in document.parts]
    counts = [len(document.parts) for document in documents]
    return MemoryPack(
        name,
        {
            "items": np.array([document.item.id for document in documents], np.int64),
            "starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
            "item_of_row": np.repeat(np.arange(len(documents), dtype=np.uint32), counts),
            "parts": np.array([part.id for part in parts], np.int64),
            "modalities": np.array([MODALITIES.index(part.modality) for part in parts], np.uint8),
            "signatures": np.array([part.signature or 0 for part in parts], np.uint64),
        },
    )


def build_space(connection: Connection, name: str, space: Space, part_ids: NDArray[np.int64]) -> MemoryPack:
    """The codes and vectors of a segment's rows in one space, in the order of the rows."""
    row_of = {part: row for row, part in enumerate(part_ids.tolist())}
    found = [(row_of[part], code, vector) for part, code, vector in of_parts(connection, space, part_ids.tolist())]
    found.sort(key=lambda entry: entry[0])
    vectors = np.array([vector for _, _, vector in found], STORED).reshape(-1, space.dim)
    codes = np.frombuffer(b"".join(code for _, code, _ in found), np.uint8).reshape(-1, space.hasher.bits // 8)
    rows = np.array([row for row, _, _ in found], np.uint32)
    bearings = space.hasher.bearings(vectors.astype(np.float32))
    arrays: dict[str, Array] = {
        "rows": rows,
        "codes": codes,
        "bearings": bearings,
        "vectors": vectors,
        "sums": row_sums(vectors),
    }
    return MemoryPack(name, arrays)


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
