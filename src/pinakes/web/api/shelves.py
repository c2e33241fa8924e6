"""The API of personal shelves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts import shelving
from pinakes.catalogue.shelves import Order, Shelf
from pinakes.errors import BadQuery
from pinakes.library.reading import items
from pinakes.web.http.forms import number_of
from pinakes.web.http.personal import reader_of
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Nothing, Typed, asks
from pinakes.web.http.who import person_of, who_of
from pinakes.web.logic.shelf_pages import saved


@dataclass(frozen=True, slots=True)
class ShelfOut:
    """A shelf."""

    number: int = asks("by which it is asked for")
    name: str = asks("what its owner calls it")
    about: str = asks("what it is for")
    items: int = asks("how many items lie on it")
    created: float = asks("seconds since 1970")
    used: float = asks("when something was put there last")


@dataclass(frozen=True, slots=True)
class ShelvesOut:
    """One's own shelves."""

    shelves: list[ShelfOut] = asks("the one that was used last first")


@dataclass(frozen=True, slots=True)
class ShelfIn:
    """A shelf to be made."""

    name: str = asks("what to call it; no other of one's shelves is called so")
    about: str = asks("what it is for", "")


@dataclass(frozen=True, slots=True)
class ShelfChangeIn:
    """Changes to a shelf; what is left out stays as it is."""

    name: str | None = asks("what to call it", None)
    about: str | None = asks("what it is for", None)


@dataclass(frozen=True, slots=True)
class ShelfNumberIn:
    """Which shelf."""

    number: int = asks("the number that the list of shelves told")


@dataclass(frozen=True, slots=True)
class ShelfPageIn:
    """Which stretch of which shelf."""

    number: int = asks("the number that the list of shelves told")
    order: Order = asks("by when it was put there (newest, oldest), by title, or by the work's own date", "newest")
    limit: int = asks("items on a page", 100)
    page: str = asks("the token that the former page told", "")


@dataclass(frozen=True, slots=True)
class OnShelfOut:
    """An item on a shelf."""

    item: int = asks("number of the item")
    title: str = asks("its title")
    note: str = asks("what its owner noted")
    added: float = asks("when it was put there, seconds since 1970")


@dataclass(frozen=True, slots=True)
class ShelfPageOut:
    """A stretch of a shelf."""

    shelf: ShelfOut = asks("the shelf")
    items: list[OnShelfOut] = asks("what lies on it")
    next_page: str = asks("token of the next page; empty on the last")


@dataclass(frozen=True, slots=True)
class PlaceIn:
    """Which item on which shelf."""

    number: int = asks("the number of the shelf")
    item: int = asks("the number of the item")


@dataclass(frozen=True, slots=True)
class NoteIn:
    """What goes with an item on a shelf."""

    note: str | None = asks("a note; null: it stays as it is", None)


@dataclass(frozen=True, slots=True)
class SavedIn:
    """Which shelf, and as what."""

    number: int = asks("the number of the shelf")
    format: Literal["bibtex", "ris", "csv", "json"] = asks("bibtex, ris, csv or json", "bibtex")


def list_shelves(request: Request, _given: Nothing) -> ShelvesOut:
    """One's shelves."""
    user = reader_of(request)
    found = shelving.all_shelves(library_of(request).catalogue, user) if user else []
    return ShelvesOut([_out(one) for one in found])


def _out(shelf: Shelf) -> ShelfOut:
    return ShelfOut(shelf.id, shelf.name, shelf.about, shelf.items, shelf.created, shelf.used)


def make_shelf(request: Request, _given: Nothing, body: ShelfIn) -> ShelfOut:
    """A new shelf."""
    catalogue, user = library_of(request).catalogue, person_of(request)
    number = shelving.make(catalogue, user, body.name, body.about)
    return _out(shelving.filled(catalogue, user, number, most=0).shelf)


def show_shelf(request: Request, given: ShelfPageIn) -> ShelfPageOut:
    """A stretch of a shelf."""
    library, user, most = library_of(request), reader_of(request) or 0, library_of(request).settings.limits
    first = number_of(given.page, -1) if given.page else 0
    if first < 0 or not 1 <= given.limit <= most.max_page_hits:
        raise BadQuery(
            f"The page token is not one of this shelf, or the limit is not from 1 to {most.max_page_hits}.",
            "Start again from the first page.",
        )
    found = shelving.filled(library.catalogue, user, given.number, given.order, first, given.limit + 1)
    shown = found.lying[: given.limit]
    entries = items(library, [one.item for one in shown])
    lying = [OnShelfOut(one.item, entries[one.item].title, one.note, one.added) for one in shown if one.item in entries]
    more = len(found.lying) > given.limit
    return ShelfPageOut(_out(found.shelf), lying, str(first + given.limit) if more else "")


def change_shelf(request: Request, given: ShelfNumberIn, body: ShelfChangeIn) -> ShelfOut:
    """Name or describe a shelf otherwise."""
    catalogue, user = library_of(request).catalogue, person_of(request)
    shelf = shelving.filled(catalogue, user, given.number, most=0).shelf
    name = shelf.name if body.name is None else body.name
    shelving.change(catalogue, user, given.number, name, shelf.about if body.about is None else body.about)
    return _out(shelving.filled(catalogue, user, given.number, most=0).shelf)


def remove_shelf(request: Request, given: ShelfNumberIn) -> None:
    """Remove a shelf."""
    shelving.remove(library_of(request).catalogue, person_of(request), given.number)


def put_on_shelf(request: Request, given: PlaceIn, body: NoteIn) -> None:
    """Put an item on a shelf, once however often it is asked."""
    catalogue, user = library_of(request).catalogue, person_of(request)
    shelving.put(catalogue, user, given.item, given.number)
    if body.note is not None:
        shelving.annotate(catalogue, user, given.number, given.item, body.note)


def take_off_shelf(request: Request, given: PlaceIn) -> None:
    """Take an item off a shelf."""
    shelving.take_off(library_of(request).catalogue, person_of(request), given.number, given.item)


def save_shelf(request: Request, given: SavedIn) -> Response:
    """A shelf as a file."""
    user, who, site = reader_of(request) or 0, who_of(request), str(request.base_url)
    text, kind, _ = saved(library_of(request), who, user, given.number, site, given.format)
    return Response(text, media_type=f"{kind}; charset=utf-8")


_SHELF, _PLACE = "/shelves/{number:whole}", "/shelves/{number:whole}/items/{item:whole}"
TYPED = (
    Typed("/shelves", "One's own shelves.", Nothing, ShelvesOut, list_shelves, need="reader"),
    Typed("/shelves", "Make a shelf.", Nothing, ShelfOut, make_shelf, "POST", ShelfIn, need="reader"),
    Typed(_SHELF, "A shelf and what lies on it, page by page.", ShelfPageIn, ShelfPageOut, show_shelf, need="reader"),
    Typed(
        _SHELF,
        "Name or describe a shelf otherwise.",
        ShelfNumberIn,
        ShelfOut,
        change_shelf,
        "PUT",
        ShelfChangeIn,
        need="reader",
    ),
    Typed(
        _SHELF,
        "Remove a shelf; the items stay in the library.",
        ShelfNumberIn,
        None,
        remove_shelf,
        "DELETE",
        need="reader",
    ),
    Typed(
        _PLACE,
        "Put an item on a shelf, with a note if you like.",
        PlaceIn,
        None,
        put_on_shelf,
        "PUT",
        NoteIn,
        need="reader",
    ),
    Typed(_PLACE, "Take an item off a shelf.", PlaceIn, None, take_off_shelf, "DELETE", need="reader"),
    Typed(f"{_SHELF}/saved", "A shelf as BibTeX, RIS, CSV or JSON.", SavedIn, "text/plain", save_shelf, need="reader"),
)
