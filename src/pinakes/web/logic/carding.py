"""Items as cards, where it was no search that found them: on a shelf, in a history, recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.library import Library
from pinakes.library.reading import items
from pinakes.library.recommending import first_parts
from pinakes.library.viewing import some_parts
from pinakes.search.results import Why
from pinakes.types import Place
from pinakes.web.logic.showing import Piece, Shown, medium_of

_BEGINNING = 160


def cards(library: Library, numbers: Sequence[int]) -> dict[int, Shown]:
    """Those of some items that are there, each at its first part."""
    entries, first = items(library, numbers), first_parts(library, list(dict.fromkeys(numbers)))
    parts: Mapping[int, PartEntry] = {part.item_id: part for part in some_parts(library, list(first.values()))}
    return {number: _card(library, entry, parts.get(number)) for number, entry in entries.items()}


def _card(library: Library, item: ItemEntry, part: PartEntry | None) -> Shown:
    title = item.title or f"{item.id}"
    beginning = " ".join(part.text[: 2 * _BEGINNING].split())[:_BEGINNING] if part else ""
    modality = part.modality if part else "text"
    return Shown(
        rank=0,
        score=0.0,
        item=item.id,
        part=part.id if part else 0,
        title=(Piece(title),),
        plain_title=title,
        modality=modality,
        kind=medium_of(item) or modality,
        place=Place(),
        by=", ".join(item.fields.get("creator", ())[:2]),
        date=next(iter(item.fields.get("date", ())), ""),
        snippet=(Piece(beginning),) if beginning else (),
        lying=(),
        why=Why(),
        pictured=part is not None and modality != "text" and library.preview(part.id) is not None,
        also=0,
        alike=0,
    )
