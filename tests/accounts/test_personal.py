"""Shelves, kept searches and the past, as people use them: names, limits, wishes, and nothing of anyone else's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from pinakes.accounts import kept_searches, past, shelving
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.clicks import clicked
from pinakes.catalogue.schema import events, users
from pinakes.errors import BadInput, Conflict, NotFound, PinakesError, TooLarge
from tests.makers import fill, text_part, work

ANN, BO = 1, 2


@pytest.fixture(autouse=True)
def _people(catalogue: Catalogue) -> None:
    fill(catalogue, [work(name, text_part(name)) for name in ("one", "two", "three")])
    with catalogue.writing() as connection:
        for number, name in ((ANN, "ann"), (BO, "bo")):
            connection.execute(insert(users).values(id=number, name=name, created=0.0))


def limited(catalogue: Catalogue, **limits: int) -> None:
    """Put other limits in force."""
    catalogue.settings = replace(catalogue.settings, limits=replace(catalogue.settings.limits, **limits))


def test_an_item_is_put_on_a_shelf_by_number_or_by_a_name_that_makes_it(catalogue: Catalogue) -> None:
    number = shelving.put(catalogue, ANN, 1, new="  My   boats ")
    assert shelving.put(catalogue, ANN, 2, new="My boats") == number
    assert shelving.put(catalogue, ANN, 3, number) == number
    filled = shelving.filled(catalogue, ANN, number)
    assert filled.shelf.name == "My boats"
    assert [one.item for one in filled.lying] == [3, 2, 1]
    shelving.annotate(catalogue, ANN, number, 2, " two\r\nlines\x07 ")
    assert shelving.filled(catalogue, ANN, number).lying[1].note == "two\nlines"


@pytest.mark.reliability
def test_another_persons_things_are_not_there(catalogue: Catalogue) -> None:
    """G1: not found, rather than not allowed."""
    number = shelving.put(catalogue, ANN, 1, new="Boats")
    kept = kept_searches.keep(catalogue, ANN, "Boats", "q=boat")
    past.note(catalogue, ANN, "boat", "q=boat", None)
    (search,) = past.remembered(catalogue, ANN, 9, float("inf"))
    for attempt in (
        lambda: shelving.filled(catalogue, BO, number),
        lambda: shelving.change(catalogue, BO, number, "Mine", ""),
        lambda: shelving.remove(catalogue, BO, number),
        lambda: shelving.put(catalogue, BO, 2, number),
        lambda: shelving.take_off(catalogue, BO, number, 1),
        lambda: shelving.annotate(catalogue, BO, number, 1, "mine"),
        lambda: kept_searches.one_kept(catalogue, BO, kept),
        lambda: kept_searches.rename(catalogue, BO, kept, "Mine"),
        lambda: kept_searches.look_at(catalogue, BO, kept),
        lambda: kept_searches.forget(catalogue, BO, kept),
        lambda: past.forget(catalogue, BO, search.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [one.item for one in shelving.filled(catalogue, ANN, number).lying] == [1]
    assert past.clear(catalogue, BO) == 0
    assert len(past.remembered(catalogue, ANN, 9, float("inf"))) == 1


def test_names_are_needed_and_used_once_by_each_person(catalogue: Catalogue) -> None:
    number = shelving.make(catalogue, ANN, "Boats")
    other = shelving.make(catalogue, ANN, "Hills")
    shelving.make(catalogue, BO, "Boats")
    shelving.change(catalogue, ANN, number, "Boats", "the same name")
    kept = kept_searches.keep(catalogue, ANN, "Boats", "q=boat")
    kept_searches.rename(catalogue, ANN, kept, "Boats")
    wrong: list[tuple[type[PinakesError], object]] = [
        (BadInput, lambda: shelving.make(catalogue, ANN, " \n ")),
        (BadInput, lambda: shelving.make(catalogue, ANN, "x" * 81)),
        (Conflict, lambda: shelving.make(catalogue, ANN, "Boats")),
        (Conflict, lambda: shelving.change(catalogue, ANN, other, "Boats", "")),
        (Conflict, lambda: kept_searches.keep(catalogue, ANN, "Boats", "q=ship")),
        (NotFound, lambda: shelving.put(catalogue, ANN, 99, number)),
        (NotFound, lambda: shelving.annotate(catalogue, ANN, number, 3, "not there")),
    ]
    for kind, attempt in wrong:
        with pytest.raises(kind):
            attempt()  # type: ignore[operator]


def test_each_limit_is_reached_and_not_passed(catalogue: Catalogue) -> None:
    limited(catalogue, max_shelves=1, max_shelf_items=2, max_kept_searches=1, max_note_chars=5)
    number = shelving.make(catalogue, ANN, "Boats", "12345")
    shelving.put(catalogue, ANN, 1, number)
    shelving.put(catalogue, ANN, 2, number)
    kept_searches.keep(catalogue, ANN, "Boats", "q=boat")
    for attempt in (
        lambda: shelving.make(catalogue, ANN, "Hills"),
        lambda: shelving.put(catalogue, ANN, 3, number),
        lambda: kept_searches.keep(catalogue, ANN, "Hills", "q=hill"),
    ):
        with pytest.raises(TooLarge):
            attempt()
    with pytest.raises(BadInput, match="limit is 5"):
        shelving.annotate(catalogue, ANN, number, 1, "123456")
    shelving.make(catalogue, BO, "Hills")


def test_a_kept_search_tells_when_it_was_looked_at_before(catalogue: Catalogue) -> None:
    number = kept_searches.keep(catalogue, ANN, "Boats", "q=boat")
    first = kept_searches.look_at(catalogue, ANN, number)
    assert first.opened == first.created
    assert kept_searches.look_at(catalogue, ANN, number).opened > first.opened


@pytest.mark.reliability
def test_who_does_not_want_to_be_remembered_leaves_nothing(catalogue: Catalogue) -> None:
    """G20: not even without a name; and what was remembered before is cleared when asked."""
    assert past.note(catalogue, ANN, "boat", "q=boat", 1)
    past.let_remember(catalogue, ANN, remembers=False)
    assert not past.note(catalogue, ANN, "fog", "q=fog", 2)
    assert not past.note(catalogue, ANN, "", "", 3)
    assert [one.query for one in past.remembered(catalogue, ANN, 9, float("inf"))] == ["boat"]
    assert past.clear(catalogue, ANN) == 2
    assert _events(catalogue) == 0


@pytest.mark.reliability
def test_of_guests_only_what_was_opened_after_a_search_is_noted_and_no_person(catalogue: Catalogue) -> None:
    """G20: nothing tells two searches of one guest from those of two."""
    assert not past.note(catalogue, None, "boat", "q=boat", None)
    assert not past.note(catalogue, None, "", "", 1)
    assert past.note(catalogue, None, "boat", "q=boat&view=list", 1)
    with catalogue.reading() as connection:
        assert connection.scalars(select(events.c.user_id).distinct()).all() == [None]
        assert not any("view" in told for told in connection.scalars(select(events.c.details)))
        assert [(one.query, one.items) for one in clicked(connection)] == [("boat", (1,))]
    catalogue.settings = replace(catalogue.settings, clicks="no")
    assert not past.note(catalogue, None, "boat", "q=boat", 1)
    assert _events(catalogue) == 2


def _events(catalogue: Catalogue) -> int:
    with catalogue.reading() as connection:
        return connection.scalar(select(func.count()).select_from(events)) or 0
