"""A library as a training set: its works with their captions as texts, and their subjects and labels as labels."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, select

from pinakes.catalogue import previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entries, parts_of
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.catalogue.schema import items
from pinakes.learn.data.files import Lying
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.data.works import LABELS, TEXTS, Work, check_fields, set_of
from pinakes.sources.base import archive_of, table_of
from pinakes.types import Modality

_PIECE = 500


def from_library(
    catalogue: Catalogue,
    modalities: Sequence[Modality] = (),
    *,
    labels: Sequence[str] = LABELS,
    texts: Sequence[str] = TEXTS,
    passages: int = 3,
    least: int = 2,
) -> Loaded:
    """Each work as a row: its first picture, its first sound, and its texts.

    Texts are the fields that are named and, after them, so many passages. A title that is only the file's name is
    none. Pictures are the catalogue's previews, whose longer side is 384 pixels unless the settings say otherwise, so
    that pages of PDFs and members of archives are learned from like files; sounds are read from the originals.
    """
    with catalogue.reading() as connection:
        works = list(_works(catalogue, connection, labels, texts, passages))
    lost = sum("audio" in work.media and not work.media["audio"].path.is_file() for work in works)
    notes = [f"The originals of {lost:,} sounds are not where they were."] if lost else []
    check_fields(catalogue.folder.name, works, labels, texts, least)
    return set_of(catalogue.folder.name, works, modalities, least=least, limits=catalogue.settings.limits, notes=notes)


def _works(
    catalogue: Catalogue, connection: Connection, labels: Sequence[str], texts: Sequence[str], passages: int
) -> Iterator[Work]:
    ids = list(connection.execute(select(items.c.id).where(items.c.state == "ready").order_by(items.c.id)).scalars())
    for start in range(0, len(ids), _PIECE):
        piece = ids[start : start + _PIECE]
        found = item_entries(connection, piece)
        for item_id, parts in groupby(parts_of(connection, piece), lambda part: part.item_id):
            if item_id in found:
                yield _work(catalogue.folder, found[item_id], list(parts), labels, texts, passages)


def _work(
    folder: Path, item: ItemEntry, parts: list[PartEntry], labels: Sequence[str], texts: Sequence[str], passages: int
) -> Work:
    media: dict[Modality, Lying] = {}
    for part in parts:
        if part.modality not in media and part.modality != "text":
            lying = _picture(folder, item, part) if part.modality == "image" else _original(item, part)
            if lying is not None:
                media[part.modality] = lying
    told = [value for name in texts for value in item.fields.get(name, ())]
    told += [part.text for part in parts if part.modality == "text" and part.text][:passages]
    named = [value for name in labels for value in item.fields.get(name, ())]
    return Work(str(item.id), tuple(dict.fromkeys(told)), tuple(dict.fromkeys(named)), media, frozenset(item.fields))


def _picture(folder: Path, item: ItemEntry, part: PartEntry) -> Lying | None:
    """The preview of a part, by the content of its file and its place there; the original where there is none."""
    path = previews.part_preview(folder, part.id)
    if not path.is_file():
        return _original(item, part)
    sha256 = next((file.sha256 for file in item.files if file.id == part.file_id), "")
    return Lying(path, f"{sha256} {part.place}".strip() if sha256 else "")


def _original(item: ItemEntry, part: PartEntry) -> Lying | None:
    """The file of a part, if it is one of its own."""
    file = next((file for file in item.files if file.id == part.file_id), None)
    if file is None or archive_of(file.path) or table_of(file.path):
        return None
    path = Path(os.fsdecode(file.path))
    return Lying(path, file.sha256) if path.is_file() else None
