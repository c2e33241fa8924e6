"""Rows of the catalogue's tables, made from plain data."""

from __future__ import annotations

import json
from typing import Any

from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.naming import name_of, storable
from pinakes.catalogue.records import NewFile, NewPart, NewWork
from pinakes.catalogue.schema import fields, files, items, parts


def item_row(item_id: int, work: NewWork, generation: int, now: float) -> dict[str, Any]:
    """The row of a work that is new."""
    return sealed(
        items,
        {
            "id": item_id,
            "collection_id": work.collection_id,
            "source_id": work.source_id,
            "key": work.key,
            "title": title_of(work),
            "language": first(work, "language"),
            "state": "ready",
            "added": now,
            "changed": now,
            "changed_in": generation,
        },
    )


def file_row(file_id: int, item_id: int, file: NewFile, state: str = "here") -> dict[str, Any]:
    """The row of a file."""
    return sealed(
        files,
        {
            "id": file_id,
            "item_id": item_id,
            "path": file.path,
            "role": "medium",
            "kind": file.kind,
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "sha256": file.sha256,
            "told": file.told,
            "state": state,
            "facts": _json(dict(file.facts), "{}"),
            "notes": _json(file.notes, "[]"),
        },
    )


def field_rows(item_id: int, file_id: int, work: NewWork) -> list[dict[str, Any]]:
    """The rows of a work's metadata."""
    return [
        sealed(
            fields,
            {
                "item_id": item_id,
                "file_id": file_id,
                "position": position,
                "name": field.name,
                "value": storable(field.value),
                "origin": field.origin,
            },
        )
        for position, field in enumerate(work.fields)
    ]


def part_row(part_id: int, item_id: int, file_id: int, position: int, part: NewPart) -> dict[str, Any]:
    """The row of a part."""
    return sealed(
        parts,
        {
            "id": part_id,
            "item_id": item_id,
            "file_id": file_id,
            "position": position,
            "modality": part.modality,
            "place": _json(part.place.as_dict(), "{}"),
            "text": storable(part.text),
            "language": part.language,
            "signature": signed(part.signature),
            "flags": _json(part.flags, "[]"),
            "cleaning": _json(
                [{"step": note.step, "applied": note.applied, "detail": note.detail} for note in part.cleaning], "[]"
            ),
        },
    )


def _json(value: Any, empty: str) -> str:
    return json.dumps(value) if value else empty


def title_of(work: NewWork) -> str:
    """The title told by metadata, else the file's name without its suffix."""
    return first(work, "title") or name_of(work.file.path if work.file else work.key)


def first(work: NewWork, name: str) -> str:
    """The first value of a field, or empty."""
    return storable(next((field.value for field in work.fields if field.name == name), ""))


def signed(signature: int | None) -> int | None:
    """A 64-bit hash as the signed number that databases store."""
    if signature is None:
        return None
    return signature - (1 << 64) if signature >= 1 << 63 else signature


def unsigned(signature: int | None) -> int | None:
    """The inverse of `signed`."""
    return None if signature is None else signature & ((1 << 64) - 1)
