"""Items as a whole: mark them as changed, give them their title, remove them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from pinakes.catalogue import vectors
from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.inserting import insert_all
from pinakes.catalogue.naming import name_of
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.schema import fields, files, items, parts, removed
from pinakes.errors import NotFound


def touch(connection: Connection, item_id: int, generation: int, values: Mapping[str, Any]) -> None:
    """Change an item's row so that every index looks at it again."""
    row = dict(connection.execute(select(items).where(items.c.id == item_id)).mappings().one())
    row.update(values, changed_in=generation)
    connection.execute(update(items).where(items.c.id == item_id).values(sealed(items, row)))


def refresh_titles(connection: Connection, item_ids: Sequence[int]) -> None:
    """Set title and language of items again from the fields that they have now."""
    for item_id in dict.fromkeys(item_ids):
        told = dict(
            reversed(
                connection.execute(
                    select(fields.c.name, fields.c.value)
                    .where(fields.c.item_id == item_id, fields.c.name.in_(("title", "language")))
                    .order_by(fields.c.file_id, fields.c.position)
                ).all()
            )
        )
        row = dict(connection.execute(select(items).where(items.c.id == item_id)).mappings().one())
        row["language"] = told.get("language", row["language"])
        row["title"] = told.get("title") or name_of(bytes(row["key"]))
        connection.execute(update(items).where(items.c.id == item_id).values(sealed(items, row)))


def leave(connection: Connection, item_ids: Iterable[int], generation: int) -> None:
    """What becomes of items some of whose files now belong to others: one without files and words of its own goes."""
    left, empty = [], []
    for item_id in sorted(item_ids):
        states = connection.scalars(select(files.c.state).where(files.c.item_id == item_id)).all()
        own = connection.scalar(select(fields.c.file_id).where(fields.c.item_id == item_id, fields.c.file_id == 0))
        if not states and own is None:
            empty.append(item_id)
        else:
            state = "ready" if "here" in states else "missing"
            touch(connection, item_id, generation, {"state": state, "changed": time.time()})
            left.append(item_id)
    refresh_titles(connection, left)
    if empty:
        remove(connection, empty)


def remove(connection: Connection, item_ids: Sequence[int]) -> int:
    """Remove items with all that belongs to them; returns how many there were."""
    generation = next_generation(connection)
    count = 0
    for piece in pieces(item_ids):
        homes = dict(connection.execute(select(items.c.id, items.c.collection_id).where(items.c.id.in_(piece))).all())
        there = list(homes)
        old = connection.scalars(select(parts.c.id).where(parts.c.item_id.in_(there))).all()
        vectors.forget(connection, old)
        connection.execute(delete(items).where(items.c.id.in_(there)))
        gone = {"generation": generation, "at": time.time()}
        insert_all(
            connection, removed, [{"item_id": item, "collection_id": home, **gone} for item, home in homes.items()]
        )
        count += len(there)
    return count


def no_item(item_id: int) -> NotFound:
    """That a library has no item of that number."""
    return NotFound(f"There is no item {item_id} in this library.", "Item numbers stand in every search result.")
