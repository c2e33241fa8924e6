"""Reading items, files and parts as plain data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from pinakes.catalogue.items import no_item
from pinakes.catalogue.pieces import pieces
from pinakes.catalogue.records import FileEntry, ItemEntry, Outline, PartEntry
from pinakes.catalogue.rows import unsigned
from pinakes.catalogue.schema import collections, fields, files, items, parts, sources
from pinakes.catalogue.told import PERSON
from pinakes.types import Modality, Place

# Built once: each search asks these, and building a statement costs more than answering it.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ITEMS = (
    select(items, collections.c.name.label("collection"), sources.c.address)
    .select_from(items)
    .join(collections, items.c.collection_id == collections.c.id)
    .outerjoin(sources, items.c.source_id == sources.c.id)
    .where(items.c.id.in_(_IDS))
)
_HEADING = select(items.c.title, items.c.language).where(items.c.id == bindparam("item"))
_FIELDS = (
    select(fields.c.item_id, fields.c.file_id, fields.c.name, fields.c.value)
    .where(fields.c.item_id.in_(_IDS))
    .order_by(fields.c.file_id, fields.c.position)
)
_FILES = select(files).where(files.c.item_id.in_(_IDS)).order_by(files.c.id)
_PARTS = select(parts).where(parts.c.id.in_(_IDS))
_OUTLINE = (
    select(parts.c.id, parts.c.file_id, parts.c.modality, parts.c.place)
    .where(parts.c.item_id == bindparam("item"))
    .order_by(parts.c.file_id, parts.c.position)
)
_TEXTS = (
    select(parts.c.text)
    .where(parts.c.item_id == bindparam("item"), parts.c.text != "")
    .order_by(parts.c.file_id, parts.c.position)
    .limit(bindparam("most"))
)
_TEXTS_IN = _TEXTS.where(parts.c.modality == bindparam("modality"))
_PARTS_OF = select(parts).where(parts.c.item_id.in_(_IDS)).order_by(parts.c.item_id, parts.c.file_id, parts.c.position)


def item_entries(connection: Connection, item_ids: Sequence[int]) -> dict[int, ItemEntry]:
    """The items among some numbers that there are, with their fields and files."""
    found: dict[int, ItemEntry] = {}
    for piece in pieces(item_ids):
        told = fields_of(connection, piece)
        lying = _files_of(connection, piece)
        for row in connection.execute(_ITEMS, {"ids": piece}):
            found[row.id] = ItemEntry(
                id=row.id,
                title=row.title,
                language=row.language,
                state=row.state,
                collection=row.collection,
                fields=told[row.id],
                files=tuple(lying[row.id]),
                added=row.added,
                changed=row.changed,
                source=row.address,
            )
    return found


def item_entry(connection: Connection, item_id: int) -> ItemEntry:
    """One item, or an error that names it."""
    found = item_entries(connection, [item_id])
    if item_id not in found:
        raise no_item(item_id)
    return found[item_id]


def heading(connection: Connection, item_id: int) -> tuple[str, str]:
    """Title and language of one item, or an error that names it."""
    row = connection.execute(_HEADING, {"item": item_id}).first()
    if row is None:
        raise no_item(item_id)
    return row.title, row.language


def fields_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """The fields of those items that have any."""
    told: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    # Names of which a person has spoken: they come first, and what files say of the same is not heard.
    settled: set[tuple[int, str]] = set()
    for item_id, file_id, name, value in connection.execute(_FIELDS, {"ids": item_ids}):
        if file_id == PERSON:
            settled.add((item_id, name))
        elif settled and (item_id, name) in settled:
            continue
        values = told[item_id].get(name, ())
        if value not in values and (value or file_id != PERSON):
            told[item_id][name] = (*values, value)
    return told


def _files_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[FileEntry]]:
    lying: dict[int, list[FileEntry]] = defaultdict(list)
    for row in connection.execute(_FILES, {"ids": item_ids}):
        lying[row.item_id].append(
            FileEntry(
                id=row.id,
                path=bytes(row.path),
                role=row.role,
                kind=row.kind,
                size=row.size,
                sha256=row.sha256,
                state=row.state,
                facts=json.loads(row.facts),
                notes=tuple(json.loads(row.notes)),
            )
        )
    return lying


def part_entries(connection: Connection, part_ids: Sequence[int]) -> dict[int, PartEntry]:
    """The parts among some numbers that there are."""
    found: dict[int, PartEntry] = {}
    for piece in pieces(part_ids):
        for row in connection.execute(_PARTS, {"ids": piece}):
            found[row.id] = _part(row)
    return found


def parts_of(connection: Connection, item_ids: Sequence[int]) -> Iterator[PartEntry]:
    """The parts of items, item by item, the leading part of each first."""
    for piece in pieces(item_ids):
        for row in connection.execute(_PARTS_OF, {"ids": piece}):
            yield _part(row)


def texts_of(connection: Connection, item_id: int, most: int, modality: Modality | None = None) -> list[str]:
    """The first texts of an item, of parts of one modality or of all; quick even where there are thousands."""
    told = {"item": item_id, "most": most} | ({} if modality is None else {"modality": modality})
    return list(connection.scalars(_TEXTS if modality is None else _TEXTS_IN, told))


def outline_of(connection: Connection, item_id: int) -> list[Outline]:
    """Where the parts of an item lie, the leading one first; quick even where there are thousands."""
    rows = connection.execute(_OUTLINE, {"item": item_id})
    return [Outline(row.id, row.file_id, cast("Modality", row.modality), _placed(row.place)) for row in rows]


# Most parts have nothing of the kind: what need not be parsed is not.
_NOWHERE = Place()


def _part(row: Row[Any]) -> PartEntry:
    return PartEntry(
        id=row.id,
        item_id=row.item_id,
        file_id=row.file_id,
        position=row.position,
        modality=cast("Modality", row.modality),
        place=_placed(row.place),
        text=row.text,
        language=row.language,
        signature=unsigned(row.signature),
        flags=() if row.flags == "[]" else tuple(json.loads(row.flags)),
        cleaning=() if row.cleaning == "[]" else tuple(json.loads(row.cleaning)),
    )


def _placed(text: str) -> Place:
    return _NOWHERE if text == "{}" else Place.from_dict(json.loads(text))


def totals(connection: Connection) -> dict[str, int]:
    """How many items, missing items, files and parts of each modality there are."""
    by_modality: dict[str, int] = dict(
        connection.execute(select(parts.c.modality, func.count()).group_by(parts.c.modality)).all()
    )
    return {
        "items": connection.scalar(select(func.count()).select_from(items)) or 0,
        "missing": connection.scalar(select(func.count()).where(items.c.state == "missing")) or 0,
        "files": connection.scalar(select(func.count()).select_from(files)) or 0,
        "parts": sum(by_modality.values()),
        **{f"{modality}_parts": count for modality, count in sorted(by_modality.items())},
    }
