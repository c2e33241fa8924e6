"""Full vectors in checksummed blocks, and their codes in rows tied to their parts.

A part has one vector in a space, or several where its encoder reads it sentence by sentence: they stand side by side in
one block, the first for the whole of the part, and so do their codes in the part's row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select, update

from pinakes.catalogue.checksums import checksum, sealed
from pinakes.catalogue.counters import take
from pinakes.catalogue.inserting import insert_all
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import codes, spaces, tombstones, vector_blocks
from pinakes.catalogue.spaces import Space
from pinakes.encoders.hashers import Hasher
from pinakes.errors import Damaged
from pinakes.types import Codes, Floats

BLOCK_ROWS = 4_096
# A block is rewritten when more than this share of its rows is gone.
WASTE = 0.5

# Stored vectors are half floats: half the room, and a cosine that differs by less than 0.001.
STORED = np.dtype("<f2")
Halves = NDArray[np.float16]
# By how many bits the fraction of a single is longer than that of a half, what of a moved half is sign, exponent and
# fraction, and the difference between what both count an exponent from, as a factor.
_FRACTION, _SINGLE, _BIAS = 13, np.int32(~0x70001FFF), np.float32(2.0**112)


def singles(halves: Halves) -> Floats:
    """Stored vectors (n, dim) as numbers of single precision, exactly; none is infinite.

    Sign, exponent and fraction are moved to where they belong, which takes a sixth of the time of a conversion by numpy
    where the processor has no instruction for it that numpy uses: most of what a search spends on a vector.
    """
    wide = halves.astype(np.float16, copy=False).view(np.int16).astype(np.int32)
    np.left_shift(wide, _FRACTION, out=wide)
    np.bitwise_and(wide, _SINGLE, out=wide)
    single: Floats = wide.view(np.float32)
    return np.multiply(single, _BIAS, out=single)


def store(connection: Connection, space: Space, part_ids: Sequence[int], vectors: Floats) -> None:
    """Add vectors (n, dim) of parts that have none in this space yet; those of one part follow each other."""
    start, ends = 0, [*_starts(part_ids)[1:], len(part_ids)]
    while start < len(part_ids):
        # A block ends with a part; one that has more vectors than a block holds has one for itself.
        following = bisect_right(ends, start)
        stop = ends[max(following, bisect_right(ends, start + BLOCK_ROWS) - 1)]
        _store_block(connection, space, part_ids[start:stop], vectors[start:stop])
        start = stop


def _starts(part_ids: Sequence[int]) -> list[int]:
    """The rows at which the vectors of another part begin."""
    return [row for row, part_id in enumerate(part_ids) if not row or part_ids[row - 1] != part_id]


def _store_block(connection: Connection, space: Space, part_ids: Sequence[int], vectors: Floats) -> None:
    block_id = take(connection, "block")
    connection.execute(insert(vector_blocks).values(_block(block_id, space.id, part_ids, vectors.astype(STORED))))
    packed = space.hasher.codes(vectors)
    starts = _starts(part_ids)
    rows = [
        _code(part_ids[row], space.id, block_id, row, packed[row:stop].tobytes())
        for row, stop in zip(starts, [*starts[1:], len(part_ids)], strict=True)
    ]
    insert_all(connection, codes, rows)


def _block(block_id: int, space_id: int, part_ids: Sequence[int], vectors: Halves) -> dict[str, Any]:
    return sealed(
        vector_blocks,
        {
            "id": block_id,
            "space_id": space_id,
            "rows": len(part_ids),
            "part_ids": np.asarray(part_ids, "<i8").tobytes(),
            "vectors": vectors.tobytes(),
        },
    )


def _code(part_id: int, space_id: int, block_id: int, row: int, code: bytes) -> dict[str, Any]:
    return sealed(
        codes,
        {"part_id": part_id, "space_id": space_id, "block_id": block_id, "block_row": row, "code": code},
    )


def forget(connection: Connection, part_ids: Sequence[int]) -> None:
    """Remove the codes of parts and bury their vectors."""
    for piece in pieces(part_ids):
        query = select(codes.c.block_id, codes.c.block_row, spaces.c.bits, func.length(codes.c.code)).join(
            spaces, spaces.c.id == codes.c.space_id
        )
        gone = [
            {"block_id": block, "block_row": row + further}
            for block, row, bits, size in connection.execute(query.where(codes.c.part_id.in_(piece)))
            for further in range(held(size, bits))
        ]
        insert_all(connection, tombstones, gone)
        connection.execute(delete(codes).where(codes.c.part_id.in_(piece)))


def held(size: int, bits: int) -> int:
    """How many codes of so many bits so many bytes hold: as many vectors as the part has."""
    return size * 8 // bits


def read_block(connection: Connection, block_id: int, dim: int) -> tuple[NDArray[np.int64], Halves]:
    """Part ids (n,) and vectors (n, dim) of a block, its checksum verified."""
    row = connection.execute(select(vector_blocks).where(vector_blocks.c.id == block_id)).mappings().first()
    if row is None:
        raise Damaged(f"Vector block {block_id} is missing.", "Run `pinakes check --repair`.")
    if checksum(vector_blocks, dict(row)) != row["checksum"]:
        raise Damaged(f"Vector block {block_id} does not match its checksum.", "Run `pinakes check --repair`.")
    part_ids = np.frombuffer(row["part_ids"], "<i8")
    vectors = np.frombuffer(row["vectors"], STORED).reshape(-1, dim)
    return part_ids, vectors


def of_parts(connection: Connection, space: Space, part_ids: Sequence[int]) -> Iterator[tuple[int, bytes, Halves]]:
    """Part id, codes and vectors (n, dim) of those parts that have any in the space, block by block."""
    for piece in pieces(part_ids, 2_000):
        by_block: dict[int, list[tuple[int, int, bytes]]] = defaultdict(list)
        query = select(codes.c.block_id, codes.c.block_row, codes.c.part_id, codes.c.code).where(
            codes.c.space_id == space.id, codes.c.part_id.in_(piece)
        )
        for block, row, part_id, code in connection.execute(query):
            by_block[block].append((row, part_id, code))
        for block, wanted in by_block.items():
            _, vectors = read_block(connection, block, space.dim)
            for row, part_id, code in wanted:
                yield part_id, code, vectors[row : row + held(len(code), space.hasher.bits)]


def wasteful(connection: Connection, space: Space) -> list[int]:
    """The blocks of a space of which most rows are gone."""
    dead = func.count(tombstones.c.block_row)
    query = (
        select(vector_blocks.c.id)
        .join(tombstones, tombstones.c.block_id == vector_blocks.c.id)
        .where(vector_blocks.c.space_id == space.id)
        .group_by(vector_blocks.c.id, vector_blocks.c.rows)
        .having(dead > vector_blocks.c.rows * WASTE)
    )
    return list(connection.scalars(query))


def rewrite(connection: Connection, space: Space, block_id: int) -> None:
    """Put what is left of a block into a new one; a block that is damaged is left for `check` to name."""
    query = select(codes.c.block_row, codes.c.part_id, codes.c.code).where(
        codes.c.space_id == space.id, codes.c.block_id == block_id
    )
    try:
        part_ids, vectors = read_block(connection, block_id, space.dim)
    except Damaged:
        return
    alive = sorted(
        tuple(row) for row in connection.execute(query.where(codes.c.part_id.in_(np.unique(part_ids).tolist())))
    )
    if alive:
        new_id = take(connection, "block")
        several = [held(len(code), space.hasher.bits) for _, _, code in alive]
        kept = [row + further for (row, _, _), count in zip(alive, several, strict=True) for further in range(count)]
        owners = np.repeat([part for _, part, _ in alive], several).tolist()
        connection.execute(insert(vector_blocks).values(_block(new_id, space.id, owners, vectors[kept])))
        starts = np.cumsum([0, *several[:-1]]).tolist()
        for new_row, (_, part_id, code) in zip(starts, alive, strict=True):
            connection.execute(
                update(codes)
                .where(codes.c.part_id == part_id, codes.c.space_id == space.id)
                .values(_code(part_id, space.id, new_id, new_row, code))
            )
    connection.execute(delete(tombstones).where(tombstones.c.block_id == block_id))
    connection.execute(delete(vector_blocks).where(vector_blocks.c.id == block_id))


def recode(connection: Connection, space: Space, hasher: Hasher) -> None:
    """Give all vectors of a space the codes of another hasher, within the caller's transaction."""
    blocks = connection.scalars(select(vector_blocks.c.id).where(vector_blocks.c.space_id == space.id)).all()
    for block in blocks:
        part_ids, vectors = read_block(connection, block, space.dim)
        alive = connection.execute(
            select(codes.c.part_id, codes.c.block_row, func.length(codes.c.code)).where(
                codes.c.space_id == space.id,
                codes.c.block_id == block,
                codes.c.part_id.in_(np.unique(part_ids).tolist()),
            )
        ).all()
        packed: Codes = hasher.codes(singles(vectors))
        rows = [
            _code(part, space.id, block, row, packed[row : row + held(size, space.hasher.bits)].tobytes())
            for part, row, size in alive
        ]
        gone = [part for part, _, _ in alive]
        connection.execute(delete(codes).where(codes.c.space_id == space.id, codes.c.part_id.in_(gone)))
        insert_all(connection, codes, rows)
