"""Storing works: new ones, changed ones, and those that get one more file."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, delete, select

from pinakes.catalogue import vectors
from pinakes.catalogue.counters import next_generation, take
from pinakes.catalogue.inserting import insert_all
from pinakes.catalogue.items import leave, refresh_titles, touch
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.records import NewWork, Stored
from pinakes.catalogue.rows import field_rows, file_row, item_row, part_row
from pinakes.catalogue.schema import failures, fields, files, items, parts
from pinakes.catalogue.spaces import Space
from pinakes.types import Floats


def store(connection: Connection, works: Sequence[NewWork], spaces: Mapping[int, Space]) -> list[Stored]:
    """Store works in one transaction; the commit of the caller acknowledges all of them."""
    generation = next_generation(connection)
    known_items = _ids_by(connection, items, "key", [work.key for work in works])
    paths = [work.file.path for work in works if work.file]
    known_files = _ids_by(connection, files, "path", paths)
    item_ids = _numbers(connection, "item", {work.key: known_items.get(work.key) for work in works})
    file_ids = _numbers(connection, "file", {path: known_files.get(path) for path in paths})
    owners = _owners(connection, list(known_files.values()))
    gone = _clear(connection, [(item_ids[w.key], _file_id(w, file_ids)) for w in works if w.key in known_items], owners)
    connection.execute(delete(failures).where(failures.c.path.in_(paths)))
    _write_items(connection, works, item_ids, known_items, generation)
    _write_files(connection, works, item_ids, file_ids, known_files)
    stored = _write_parts(connection, works, item_ids, file_ids, gone)
    _write_vectors(connection, works, stored, spaces)
    leave(connection, set(owners.values()) - set(item_ids.values()), generation)
    refresh_titles(connection, [item_ids[work.key] for work in works if work.key in known_items])
    return stored


def _ids_by(connection: Connection, table: Table, column: str, values: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for piece in pieces(list(dict.fromkeys(values))):
        rows = connection.execute(select(table.c[column], table.c.id).where(table.c[column].in_(piece)))
        found.update((bytes(value), number) for value, number in rows)
    return found


def _numbers(connection: Connection, name: str, known: Mapping[bytes, int | None]) -> dict[bytes, int]:
    """The number of each key: the one it has, or a new one."""
    new = sum(number is None for number in known.values())
    fresh = itertools.count(take(connection, name, new) if new else 0)
    return {key: next(fresh) if number is None else number for key, number in known.items()}


def _file_id(work: NewWork, file_ids: Mapping[bytes, int]) -> int:
    return file_ids[work.file.path] if work.file else 0


def _owners(connection: Connection, file_ids: Sequence[int]) -> dict[int, int]:
    """The item of each file so far; a table or a pairing may give the file to another one."""
    found: dict[int, int] = {}
    for piece in pieces(file_ids):
        found.update(connection.execute(select(files.c.id, files.c.item_id).where(files.c.id.in_(piece))).all())
    return found


def _clear(
    connection: Connection, pairs: Iterable[tuple[int, int]], owners: Mapping[int, int]
) -> dict[int, tuple[int, ...]]:
    """Remove what files contributed before, to whichever item; returns the numbers of their parts."""
    gone: dict[int, tuple[int, ...]] = {}
    for item_id, file_id in dict.fromkeys([*pairs, *((item_id, file_id) for file_id, item_id in owners.items())]):
        old = connection.scalars(select(parts.c.id).where(parts.c.item_id == item_id, parts.c.file_id == file_id)).all()
        vectors.forget(connection, old)
        connection.execute(delete(parts).where(parts.c.item_id == item_id, parts.c.file_id == file_id))
        connection.execute(delete(fields).where(fields.c.item_id == item_id, fields.c.file_id == file_id))
        gone[file_id] = (*gone.get(file_id, ()), *old)
    return gone


def _write_items(
    connection: Connection,
    works: Sequence[NewWork],
    item_ids: Mapping[bytes, int],
    known: Mapping[bytes, int],
    generation: int,
) -> None:
    now = time.time()
    new: dict[bytes, dict[str, Any]] = {}
    for work in works:
        if work.key not in known and work.key not in new:
            new[work.key] = item_row(item_ids[work.key], work, generation, now)
    insert_all(connection, items, list(new.values()))
    for key in dict.fromkeys(work.key for work in works if work.key in known):
        touch(connection, item_ids[key], generation, {"state": "ready", "changed": now})


def _write_files(
    connection: Connection,
    works: Sequence[NewWork],
    item_ids: Mapping[bytes, int],
    file_ids: Mapping[bytes, int],
    known: Mapping[bytes, int],
) -> None:
    rows = {
        work.file.path: file_row(file_ids[work.file.path], item_ids[work.key], work.file) for work in works if work.file
    }
    for piece in pieces([file_ids[path] for path in rows if path in known]):
        connection.execute(delete(files).where(files.c.id.in_(piece)))
    insert_all(connection, files, list(rows.values()))
    told = [field_rows(item_ids[work.key], _file_id(work, file_ids), work) for work in works]
    insert_all(connection, fields, [row for rows in told for row in rows])


def _write_parts(
    connection: Connection,
    works: Sequence[NewWork],
    item_ids: Mapping[bytes, int],
    file_ids: Mapping[bytes, int],
    gone: Mapping[int, tuple[int, ...]],
) -> list[Stored]:
    total = sum(len(work.parts) for work in works)
    next_id = take(connection, "part", total) if total else 0
    stored, rows = [], []
    for work in works:
        item_id, file_id = item_ids[work.key], _file_id(work, file_ids)
        numbers = tuple(range(next_id, next_id + len(work.parts)))
        next_id += len(work.parts)
        rows += [
            part_row(number, item_id, file_id, position, part)
            for position, (number, part) in enumerate(zip(numbers, work.parts, strict=True))
        ]
        stored.append(Stored(item_id, file_id, numbers, gone.get(file_id, ())))
    insert_all(connection, parts, rows)
    return stored


def _write_vectors(
    connection: Connection, works: Sequence[NewWork], stored: Sequence[Stored], spaces: Mapping[int, Space]
) -> None:
    by_space: dict[int, list[tuple[int, Floats]]] = defaultdict(list)
    for work, numbers in zip(works, stored, strict=True):
        for part, part_id in zip(work.parts, numbers.part_ids, strict=True):
            for space_id, vector in part.vectors.items():
                by_space[space_id].append((part_id, np.atleast_2d(vector)))
    for space_id, pairs in by_space.items():
        part_ids = [part_id for part_id, several in pairs for _ in several]
        vectors.store(connection, spaces[space_id], part_ids, np.concatenate([several for _, several in pairs]))
