"""What is told of works, for programs of those who may change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from pinakes.catalogue.told import Told, mark
from pinakes.library.editing import is_found, told
from pinakes.web.api.routes import NumberIn
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Typed, asks
from pinakes.web.http.who import who_of
from pinakes.web.logic.editing import edit


@dataclass(frozen=True, slots=True)
class FieldOut:
    """One field of a work."""

    values: list[str] = asks("what holds")
    mark: str = asks("what the values are in a few letters: told with a change, it is refused where they changed since")
    person: bool = asks("whether a person has said so, in place of what its files, sidecars and tables say")
    sources: list[str] = asks("what its files, sidecars and tables say")


@dataclass(frozen=True, slots=True)
class ToldOut:
    """What is told of a work."""

    item: int = asks("number of the item")
    fields: dict[str, FieldOut] = asks("by their names, as Dublin Core has them")
    found: bool = asks("whether a search finds all of it now; else it does when the run that adds publishes next")


@dataclass(frozen=True, slots=True)
class ToldIn:
    """What is to be told of a work."""

    fields: dict[str, list[str]] = asks("new values by name; an empty list empties a field; what is left out stays")
    marks: dict[str, str] | None = asks("the marks that fields had when they were read", None)


def show_told(request: Request, given: NumberIn) -> ToldOut:
    """What is told of an item, and by whom."""
    library = library_of(request)
    return _out(given.number, told(library, given.number), found=is_found(library))


def change_told(request: Request, given: NumberIn, body: ToldIn) -> ToldOut:
    """Say it otherwise."""
    library = library_of(request)
    _, found = edit(library, who_of(request), given.number, body.fields, body.marks or {})
    return _out(given.number, told(library, given.number), found=found)


def _out(number: int, known: Told, *, found: bool) -> ToldOut:
    fields = known.fields
    names: Mapping[str, None] = dict.fromkeys([*fields, *known.people, *known.sources])
    return ToldOut(number, {name: _field(name, known, fields.get(name, ())) for name in names}, found)


def _field(name: str, known: Told, values: tuple[str, ...]) -> FieldOut:
    return FieldOut(list(values), mark(values), name in known.people, list(known.sources.get(name, ())))


_PATH = "/items/{number:whole}/fields"
TYPED = (
    Typed(_PATH, "What is told of an item, and by whom.", NumberIn, ToldOut, show_told, need="editor"),
    Typed(
        _PATH,
        "Say otherwise what an item is; refused with 409 where someone else has meanwhile.",
        NumberIn,
        ToldOut,
        change_told,
        "PUT",
        ToldIn,
        need="editor",
    ),
)
