"""From a file that was read to the work that is stored: its fields, who told them, and its parts."""

from __future__ import annotations

import os

from pinakes.catalogue.records import NewField, NewFile, NewPart, NewWork
from pinakes.catalogue.spaces import Space
from pinakes.ingest.events import Encoded, EncodedPart
from pinakes.sources.base import Candidate
from pinakes.types import Fields


def work_of(encoded: Encoded, collection_id: int, source_id: int, spaces: dict[str, Space]) -> NewWork:
    """The contribution of a file to its work."""
    candidate, record = encoded.file.candidate, encoded.record
    fields = merged_fields(record.metadata, candidate.fields, candidate.origin)
    language = next((field.value for field in fields if field.name == "language"), "")
    file = NewFile(
        path=candidate.key,
        size=candidate.size,
        mtime_ns=candidate.mtime_ns,
        kind=record.kind,
        sha256=record.sha256,
        told=encoded.file.told,
        facts=record.facts,
        notes=record.notes,
    )
    return NewWork(
        key=encoded.file.item_key,
        collection_id=collection_id,
        source_id=source_id,
        file=file,
        fields=fields,
        parts=tuple(_part(part, language, spaces) for part in encoded.parts),
        preview=record.preview,
    )


def work_key(candidate: Candidate) -> bytes:
    """What identifies a work: the file itself, or what its source calls the work of several files."""
    return os.fsencode(candidate.work) if candidate.work else candidate.key


def merged_fields(medium: Fields, told: Fields, origin: str) -> tuple[NewField, ...]:
    """What the medium says of itself, overridden name by name by what a table or sidecar says."""
    fields = [NewField(name, value, origin) for name, values in told.items() for value in values]
    fields += [NewField(name, value) for name, values in medium.items() if name not in told for value in values]
    return tuple(fields)


def _part(encoded: EncodedPart, language: str, spaces: dict[str, Space]) -> NewPart:
    part = encoded.part
    caption = " ".join(value for values in part.fields.values() for value in values)
    return NewPart(
        modality=part.modality,
        place=part.place,
        text=part.text or caption,
        language=language,
        signature=part.signature,
        flags=part.flags,
        cleaning=part.cleaning,
        vectors={spaces[name].id: vector for name, vector in encoded.vectors.items()},
        preview=part.preview,
    )
