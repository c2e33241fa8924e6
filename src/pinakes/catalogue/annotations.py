"""What the library as a whole says of its works after they were stored: notes of parts, a field of their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.inserting import insert_all
from pinakes.catalogue.items import touch
from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import fields, parts


def set_cleaning(connection: Connection, notes: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """Write the cleaning notes of parts anew."""
    for part_id, said in notes.items():
        row = dict(connection.execute(select(parts).where(parts.c.id == part_id)).mappings().one())
        row["cleaning"] = json.dumps([dict(note) for note in said], ensure_ascii=False)
        connection.execute(update(parts).where(parts.c.id == part_id).values(sealed(parts, row)))


def set_field(connection: Connection, name: str, values: Mapping[tuple[int, int], Sequence[str]]) -> None:
    """Write one field of the files (item, file) anew."""
    for (item_id, file_id), said in values.items():
        own = (fields.c.item_id == item_id, fields.c.file_id == file_id)
        connection.execute(delete(fields).where(*own, fields.c.name == name))
        last = connection.scalar(select(func.max(fields.c.position)).where(*own))
        first = 0 if last is None else last + 1
        rows = [
            sealed(
                fields,
                {
                    "item_id": item_id,
                    "file_id": file_id,
                    "position": first + place,
                    "name": name,
                    "value": storable(value),
                    "origin": "medium",
                },
            )
            for place, value in enumerate(said)
        ]
        insert_all(connection, fields, rows)


def field_of(connection: Connection, item_ids: Sequence[int], name: str) -> dict[tuple[int, int], tuple[str, ...]]:
    """The values of one field by item and file."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    query = select(fields.c.item_id, fields.c.file_id, fields.c.value).where(
        fields.c.item_id.in_(item_ids), fields.c.name == name, fields.c.origin == "medium"
    )
    for item_id, file_id, value in connection.execute(query.order_by(fields.c.position)):
        found[item_id, file_id] = (*found.get((item_id, file_id), ()), value)
    return found


def touch_all(connection: Connection, item_ids: Iterable[int]) -> None:
    """Let every index look at these items again."""
    generation = next_generation(connection)
    for item_id in sorted(item_ids):
        touch(connection, item_id, generation, {})
