"""Checking the catalogue: every checksum, and that parts, codes, vectors and tombstones agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Table, delete, func, select, text, update

from pinakes.catalogue import vectors
from pinakes.catalogue.checksums import checksum, sealed
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import METADATA, codes, counters, files, parts, tombstones, vector_blocks
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.errors import Damaged

_AT_A_TIME = 2_000
_STATES = ("active", "building", "retired")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written; `where` names it, `repair` says what is done about it."""

    where: str
    what: str
    repair: str = "restore the last backup"


def problems(connection: Connection) -> Iterator[Problem]:
    """Everything in the catalogue that does not match."""
    yield from _database(connection)
    for table in METADATA.sorted_tables:
        if "checksum" in table.c and table is not vector_blocks:
            yield from _rows(connection, table)
    yield from _counters(connection)
    yield from _belonging(connection)
    try:
        spaces = all_spaces(connection, states=_STATES)
    except Damaged as error:
        yield Problem("spaces", error.message)
        return
    for space in spaces:
        yield from _space(connection, space)


def _database(connection: Connection) -> Iterator[Problem]:
    if connection.dialect.name != "sqlite":
        return
    # Not its quick form, which does not compare the database's own indexes with their tables.
    for (said,) in connection.execute(text("PRAGMA integrity_check(100)")):
        if said != "ok":
            yield Problem("catalogue.sqlite", said)
    for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield Problem(f"{table} {row}", f"names a row of {parent} that is not there")


def _rows(connection: Connection, table: Table) -> Iterator[Problem]:
    keys = [column.name for column in table.primary_key.columns]
    result = connection.execution_options(yield_per=_AT_A_TIME).execute(select(table))
    for row in result.mappings():
        values = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        if checksum(table, values) != values["checksum"]:
            number = " ".join(str(values[key]) for key in keys)
            yield Problem(f"{table.name} {number}", "does not match its checksum")


def _counters(connection: Connection) -> Iterator[Problem]:
    """A number that was given out must not be given out again."""
    following = dict(connection.execute(select(counters.c.name, counters.c.next)).all())
    for name, column in (("item", "items"), ("file", "files"), ("part", "parts"), ("block", "vector_blocks")):
        highest = connection.scalar(select(func.max(METADATA.tables[column].c.id))) or 0
        if highest >= following.get(name, 1):
            yield Problem(f"counter {name}", f"is {following.get(name, 1)}, but number {highest} is in use")


def _belonging(connection: Connection) -> Iterator[Problem]:
    """A part belongs to the item of its file, and to no other."""
    strays = select(parts.c.id, parts.c.item_id, files.c.item_id.label("of_file")).join(
        files, parts.c.file_id == files.c.id
    )
    for row in connection.execute(strays.where(parts.c.item_id != files.c.item_id)):
        yield Problem(f"part {row.id}", f"belongs to item {row.item_id}, but its file to item {row.of_file}")


def _space(connection: Connection, space: Space) -> Iterator[Problem]:
    blocks = connection.scalars(select(vector_blocks.c.id).where(vector_blocks.c.space_id == space.id)).all()
    coded: Counter[int] = Counter()
    for block_id in blocks:
        yield from _block(connection, space, block_id, coded)
    total = connection.scalar(select(func.count()).select_from(codes).where(codes.c.space_id == space.id)) or 0
    if total != coded.total():
        yield Problem(f"space {space.name}", f"has {total} codes but {coded.total()} vectors that are alive", _REENCODE)


_REENCODE = "encode these parts again"


def _block(connection: Connection, space: Space, block_id: int, coded: Counter[int]) -> Iterator[Problem]:
    where = f"vector block {block_id} of {space.name}"
    try:
        part_ids, stored = vectors.read_block(connection, block_id, space.dim)
    except Damaged as error:
        alive = connection.scalar(
            select(func.count()).select_from(codes).where(codes.c.space_id == space.id, codes.c.block_id == block_id)
        )
        coded[block_id] = alive or 0
        yield Problem(where, error.message, _REENCODE)
        return
    if not np.isfinite(stored).all():
        yield Problem(where, "holds NaN or infinity", _REENCODE)
    placed: dict[int, int] = {}
    for piece in pieces(np.unique(part_ids).tolist()):
        query = select(codes.c.block_row, codes.c.part_id, func.length(codes.c.code)).where(
            codes.c.space_id == space.id, codes.c.block_id == block_id, codes.c.part_id.in_(piece)
        )
        for first, part_id, size in connection.execute(query):
            coded[block_id] += 1
            placed.update((first + further, part_id) for further in range(vectors.held(size, space.hasher.bits)))
    dead = set(connection.scalars(select(tombstones.c.block_row).where(tombstones.c.block_id == block_id)))
    for row, part_id in enumerate(part_ids.tolist()):
        if row in placed and placed[row] != part_id:
            yield Problem(where, f"row {row} belongs to part {part_id}, but its code to part {placed[row]}", _REENCODE)
        if (row in placed) == (row in dead):
            yield Problem(where, f"row {row} is neither alive nor gone, or both", _REENCODE)


def repair(connection: Connection) -> int:
    """Give up vectors that are damaged, and mark their files to be read again; returns how many files."""
    lost: set[int] = set()
    for space in all_spaces(connection, states=_STATES):
        blocks = connection.scalars(select(vector_blocks.c.id).where(vector_blocks.c.space_id == space.id)).all()
        for block_id in blocks:
            if any(_block(connection, space, block_id, Counter())):
                where = (codes.c.space_id == space.id, codes.c.block_id == block_id)
                lost.update(connection.scalars(select(codes.c.part_id).where(*where)))
                connection.execute(delete(codes).where(*where))
                connection.execute(delete(tombstones).where(tombstones.c.block_id == block_id))
                connection.execute(delete(vector_blocks).where(vector_blocks.c.id == block_id))
    return read_again(connection, sorted(lost), [])


def read_again(connection: Connection, part_ids: Sequence[int], of_files: Sequence[int]) -> int:
    """Forget the time and hash of files, and of those of some parts, so that the next run reads them; how many."""
    file_ids = set(of_files)
    for piece in pieces(part_ids):
        file_ids.update(connection.scalars(select(parts.c.file_id).where(parts.c.id.in_(piece))))
    for file_id in sorted(file_ids):
        row = connection.execute(select(files).where(files.c.id == file_id)).mappings().first()
        if row is not None:
            forgotten = dict(row) | {"mtime_ns": 0, "sha256": ""}
            connection.execute(update(files).where(files.c.id == file_id).values(sealed(files, forgotten)))
    if file_ids:
        next_generation(connection)
    return len(file_ids)
