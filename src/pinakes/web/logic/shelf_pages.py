"""A person's shelves as pages show them, and as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pinakes.accounts import shelving
from pinakes.accounts.shelving import Filled
from pinakes.accounts.who import Who
from pinakes.catalogue.records import ItemEntry
from pinakes.catalogue.shelves import Lying, Order, Shelf
from pinakes.errors import UnknownName, nearest
from pinakes.library import Library
from pinakes.library.reading import items
from pinakes.web.logic.carding import cards
from pinakes.web.logic.citing import FORMATS
from pinakes.web.logic.exporting import note_export
from pinakes.web.logic.showing import Shown, medium_of
from pinakes.web.logic.tables import table

# As what a shelf is saved.
SAVED_AS = ("bibtex", "ris", "csv", "json")
_COLUMNS = ("item", "title", "creator", "date", "kind", "note", "put there", "address")


@dataclass(frozen=True, slots=True)
class Shelving:
    """A person's shelves, the one that was used last first, and on which of them some items lie."""

    shelves: Sequence[Shelf]
    lying: dict[int, set[int]]

    def on(self, item: int) -> bool:
        """Whether an item lies on the shelf that was used last, which a single button means."""
        return bool(self.shelves) and self.shelves[0].id in self.lying.get(item, ())


@dataclass(frozen=True, slots=True)
class OnShelf:
    """An item on a shelf."""

    card: Shown
    note: str
    added: float


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """A stretch of a shelf."""

    shelf: Shelf
    order: Order
    items: Sequence[OnShelf]
    first: int
    # Where the next stretch begins; 0: there is none.
    following: int


def shelving_of(library: Library, user: int | None, numbers: Sequence[int]) -> Shelving:
    """Where a person can put some items, and where they lie already; there are no shelves before there is a person."""
    if user is None:
        return Shelving((), {})
    catalogue = library.catalogue
    return Shelving(shelving.all_shelves(catalogue, user), shelving.where_shelved(catalogue, user, numbers))


def shelf_page(library: Library, user: int, number: int, order: Order, first: int, limit: int) -> ShelfPage:
    """One stretch of a shelf, in an order."""
    found = shelving.filled(library.catalogue, user, number, order, first, limit + 1)
    shown = found.lying[:limit]
    drawn = cards(library, [one.item for one in shown])
    lying = [OnShelf(drawn[one.item], one.note, one.added) for one in shown if one.item in drawn]
    return ShelfPage(found.shelf, order, lying, first, first + limit if len(found.lying) > limit else 0)


def saved(library: Library, who: Who, user: int, number: int, site: str, name: str) -> tuple[str, str, str]:
    """A user's shelf as a file for whoever asks: the text, its type and the suffix of its name."""
    if name not in SAVED_AS:
        raise UnknownName(f"Shelves can not be saved as {name}.", nearest(name, SAVED_AS))
    filled = shelving.filled(library.catalogue, user, number)
    entries = items(library, [one.item for one in filled.lying])
    there = [(one, entries[one.item]) for one in filled.lying if one.item in entries]
    note_export(library, who, "shelf", f"shelf {number}", format=name, works=len(there))
    if name in FORMATS:
        write, kind, suffix = FORMATS[name]
        return "".join(write(item, f"{site}items/{item.id}") for _, item in there), kind, suffix
    make, kind = _WRITERS[name]
    return make(filled, [_row(one, item, site) for one, item in there]), kind, name


def _row(one: Lying, item: ItemEntry, site: str) -> dict[str, Any]:
    return {
        "item": item.id,
        "title": item.title,
        "creator": list(item.fields.get("creator", ())),
        "date": next(iter(item.fields.get("date", ())), ""),
        "kind": medium_of(item),
        "note": one.note,
        "put there": datetime.fromtimestamp(one.added, UTC).isoformat(timespec="seconds"),
        "address": f"{site}items/{item.id}",
    }


def _json(filled: Filled, rows: Sequence[dict[str, Any]]) -> str:
    told = {"shelf": filled.shelf.name, "about": filled.shelf.about, "items": list(rows)}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _csv(_filled: Filled, rows: Sequence[dict[str, Any]]) -> str:
    return table(_COLUMNS, rows)


_WRITERS: dict[str, tuple[Callable[[Filled, Sequence[dict[str, Any]]], str], str]] = {
    "csv": (_csv, "text/csv"),
    "json": (_json, "application/json"),
}
