"""What a search found as a file: a table, JSON, or citations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from pinakes.accounts.who import Who
from pinakes.catalogue.records import ItemEntry
from pinakes.errors import UnknownName, nearest
from pinakes.library import Hit, Library
from pinakes.library.reading import items
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.citing import FORMATS
from pinakes.web.logic.errands import note
from pinakes.web.logic.meaning import meant_query
from pinakes.web.logic.searching import found_by
from pinakes.web.logic.showing import medium_of
from pinakes.web.logic.tables import table

# Citations of which a file may hold many, one after the other.
_CITATIONS = ("bibtex", "ris")
_COLUMNS = ("rank", "score", "item", "part", "title", "creator", "date", "kind", "modality", "place", "address")


def note_export(library: Library, who: Who, what: str, subject: str = "", **details: object) -> None:
    """Write into the log that much at once was taken away, where there is one to be written."""
    if not library.catalogue.read_only:
        note(library, who, f"export.{what}", subject, **details)


def exported(library: Library, who: Who, asked: Asked, site: str, name: str) -> tuple[str, str, str]:
    """All that was found, as far as one answer goes: the text, its type and the suffix of its file."""
    known = (*_WRITERS, *_CITATIONS)
    if name not in known:
        raise UnknownName(f"Results can not be saved as {name}.", nearest(name, known))
    most = library.settings.limits.max_results
    found = found_by(library, asked.changed(), meant_query(library, asked), most, (), most=most)
    entries = items(library, [hit.item for hit in found])
    hits = [(hit, entries[hit.item]) for hit in found if hit.item in entries]
    note_export(library, who, "results", format=name, works=len({hit.item for hit, _ in hits}))
    if name in _CITATIONS:
        write, kind, suffix = FORMATS[name]
        return "".join(write(item, _address(site, item.id)) for _, item in hits), kind, suffix
    return _WRITERS[name]([_row(hit, item, site) for hit, item in hits]), *_KINDS[name]


def _address(site: str, item: int, part: int = 0) -> str:
    return f"{site}items/{item}" + (f"?part={part}" if part else "")


def _row(hit: Hit, item: ItemEntry, site: str) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "item": hit.item,
        "part": hit.part,
        "title": item.title,
        "creator": list(item.fields.get("creator", ())),
        "date": next(iter(item.fields.get("date", ())), ""),
        "kind": medium_of(item),
        "modality": hit.modality,
        "place": hit.place.as_dict(),
        "address": _address(site, hit.item, hit.part),
    }


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"hits": list(rows)}, ensure_ascii=False, indent=1) + "\n"


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    return table(_COLUMNS, rows)


_WRITERS: dict[str, Callable[[Sequence[dict[str, Any]]], str]] = {"csv": _csv, "json": _json}
_KINDS = {"csv": ("text/csv", "csv"), "json": ("application/json", "json")}
