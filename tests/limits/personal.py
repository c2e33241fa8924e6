"""Trials of the bounds of what people keep for themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, insert, select

from pinakes.accounts import kept_searches, shelving
from pinakes.catalogue import clicks, history
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import events, users
from pinakes.limits import Limits
from pinakes.settings import Settings
from tests.limits.trials import taken, trial
from tests.makers import fill, text_part, work

_USER = 1


def _kept(folder: Path, **limits: int) -> Catalogue:
    """A catalogue with a person and four items."""
    catalogue = Catalogue.open(folder, Settings(limits=Limits(**limits)), create=True)
    with catalogue.writing() as connection:
        connection.execute(insert(users).values(id=_USER, name="ann", created=0.0))
    fill(catalogue, [work(name, text_part(name)) for name in ("a", "b", "c", "d")])
    return catalogue


def _each(count: int, make: Callable[[int], object]) -> Callable[[], object]:
    return lambda: [make(number) for number in range(1, count + 1)]


@trial("max_shelves")
def shelves(more: int, folder: Path) -> bool:
    catalogue = _kept(folder, max_shelves=3)
    return taken("max_shelves", _each(3 + more, lambda number: shelving.make(catalogue, _USER, f"{number}")))


@trial("max_shelf_items")
def shelf_items(more: int, folder: Path) -> bool:
    catalogue = _kept(folder, max_shelf_items=3)
    return taken("max_shelf_items", _each(3 + more, lambda item: shelving.put(catalogue, _USER, item, new="Boats")))


@trial("max_kept_searches")
def searches(more: int, folder: Path) -> bool:
    catalogue = _kept(folder, max_kept_searches=3)
    keep = _each(3 + more, lambda number: kept_searches.keep(catalogue, _USER, f"{number}", "q=boat"))
    return taken("max_kept_searches", keep)


@trial("max_note_chars")
def note(more: int, folder: Path) -> bool:
    catalogue = _kept(folder, max_note_chars=9)
    return taken("max_note_chars", lambda: shelving.make(catalogue, _USER, "Boats", "x" * (9 + more)), "bad-input")


def _remembered(folder: Path, user: int | None, count: int, most: int) -> bool:
    """Whether so many searches are all remembered."""
    with _kept(folder).writing() as connection:
        for number in range(count):
            clicks.record_search(connection, f"{number}", user)
        history.keep_newest(connection, user, most)
        return connection.scalar(select(func.count()).select_from(events)) == count


@trial("max_remembered")
def remembered(more: int, folder: Path) -> bool:
    return _remembered(folder, _USER, 3 + more, Limits(max_remembered=3).max_remembered)


@trial("max_noted")
def noted(more: int, folder: Path) -> bool:
    return _remembered(folder, None, 3 + more, Limits(max_noted=3).max_noted)
