"""What persons keep for themselves: shelves, searches, what they searched for and opened; on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, delete, insert, select

from pinakes.catalogue import clicks, history, kept_searches, shelves
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import METADATA, users
from tests.makers import fill, text_part, work

ANN, BO = 1, 2
# Words that are in no other row.
CANARY = "zanzibar-canary"


@pytest.fixture
def connection(catalogue: Catalogue) -> Iterator[Connection]:
    """A transaction in a catalogue of two persons and three items."""
    fill(catalogue, [work(name, text_part(name)) for name in ("one", "two", "three")])
    with catalogue.writing() as connection:
        for number, name in ((ANN, "ann"), (BO, "bo")):
            connection.execute(insert(users).values(id=number, name=name, created=0.0))
        yield connection


def test_a_shelf_holds_what_was_put_there_the_newest_first(connection: Connection) -> None:
    number = shelves.make(connection, ANN, "Boats", "What floats")
    assert shelves.put(connection, number, 1)
    assert shelves.put(connection, number, 2, "the red one")
    assert not shelves.put(connection, number, 2, "another note")
    assert [(lying.item, lying.note) for lying in shelves.lying(connection, number)] == [(2, "the red one"), (1, "")]
    assert [lying.item for lying in shelves.lying(connection, number, 1)] == [2]
    assert shelves.annotate(connection, number, 1, "the blue one")
    assert not shelves.annotate(connection, number, 3, "not there")
    assert shelves.take_off(connection, number, 2)
    assert not shelves.take_off(connection, number, 2)
    assert [(lying.item, lying.note) for lying in shelves.lying(connection, number)] == [(1, "the blue one")]


def test_a_shelf_is_shown_in_each_order_a_stretch_at_a_time(catalogue: Catalogue) -> None:
    told = {"a": {"title": "Zebra", "date": "1900"}, "b": {"title": "ant"}, "c": {"title": "Bee", "date": "1850"}}
    fill(catalogue, [work(name, text_part(name), fields=fields) for name, fields in told.items()])
    with catalogue.writing() as connection:
        connection.execute(insert(users).values(id=ANN, name="ann", created=0.0))
        number = shelves.make(connection, ANN, "Animals")
        for item in (1, 2, 3):
            shelves.put(connection, number, item)
        expected = {"newest": [3, 2, 1], "oldest": [1, 2, 3], "title": [2, 3, 1], "date": [3, 1, 2]}
        for order in shelves.ORDERS:
            found = [one.item for one in shelves.lying(connection, number, order=order)]
            assert found == expected[order]
            assert [one.item for one in shelves.lying(connection, number, 1, order, 1)] == found[1:2]


def test_an_uncertain_date_stands_on_a_shelf_where_its_year_does(catalogue: Catalogue) -> None:
    dates = (
        "1930",
        "about 1921",
        "[between 1850 and 1860]",
        "undated",
        "1905-06",
        "ca. 1905-1910",
        ["1950", "c. 1840"],
    )
    works = [work(str(number), text_part("x"), fields={"date": date}) for number, date in enumerate(dates)]
    fill(catalogue, works)
    with catalogue.writing() as connection:
        connection.execute(insert(users).values(id=ANN, name="ann", created=0.0))
        number = shelves.make(connection, ANN, "Old")
        for item in range(1, len(dates) + 1):
            shelves.put(connection, number, item)
        found = [one.item for one in shelves.lying(connection, number, order="date")]
        assert found == [7, 3, 6, 5, 2, 1, 4]
        assert [one.item for one in shelves.lying(connection, number, 2, "date", 3)] == found[3:5]


def test_the_shelf_that_was_used_last_comes_first_and_another_persons_is_not_there(connection: Connection) -> None:
    first, second = (shelves.make(connection, ANN, name) for name in ("First", "Second"))
    theirs = shelves.make(connection, BO, "First")
    shelves.put(connection, second, 3)
    shelves.put(connection, first, 3)
    shelves.put(connection, theirs, 2)
    assert [(shelf.name, shelf.items) for shelf in shelves.shelves_of(connection, ANN)] == [("First", 1), ("Second", 1)]
    assert shelves.shelf(connection, ANN, theirs) is None
    assert shelves.named(connection, BO, "First") == theirs
    assert shelves.where_shelved(connection, ANN, [1, 2, 3]) == {3: {first, second}}
    assert shelves.shelved_by(connection, BO) == {2}
    shelves.change(connection, first, "Third", "told")
    changed = shelves.shelf(connection, ANN, first)
    assert changed is not None
    assert (changed.name, changed.about) == ("Third", "told")
    shelves.remove(connection, first)
    assert shelves.where_shelved(connection, ANN, [3]) == {3: {second}}


def test_a_search_is_kept_under_its_name_until_it_is_forgotten(connection: Connection) -> None:
    number = kept_searches.keep(connection, ANN, "Boats", "q=boat")
    (found,) = kept_searches.kept_by(connection, ANN)
    assert (found.name, found.address, found.opened) == ("Boats", "q=boat", found.created)
    assert kept_searches.kept(connection, BO, number) is None
    kept_searches.rename(connection, number, "Ships")
    kept_searches.looked_at(connection, number)
    again = kept_searches.kept(connection, ANN, number)
    assert again is not None
    assert again.name == "Ships"
    assert again.opened > again.created
    assert kept_searches.named(connection, ANN, "Ships") == number
    kept_searches.forget(connection, number)
    assert kept_searches.kept_by(connection, ANN) == []


def test_the_same_search_made_again_is_one_and_what_was_opened_stands_under_it(connection: Connection) -> None:
    boats = history.note_search(connection, ANN, "boat", "q=boat")
    fog = history.note_search(connection, ANN, "fog", "q=fog")
    assert history.note_search(connection, ANN, "boat", "q=boat") == boats
    clicks.record_click(connection, boats, 2, ANN)
    clicks.record_click(connection, boats, 1, ANN)
    history.note_opened(connection, ANN, 3)
    told = [(one.query, one.address, one.items) for one in history.remembered(connection, ANN, 10)]
    assert told == [("boat", "q=boat", (2, 1)), ("fog", "q=fog", ())]
    assert history.opened(connection, ANN, 2) == [3, 1]
    assert history.remembered(connection, BO, 10) == []
    assert not history.forget_search(connection, BO, boats)
    assert history.forget_search(connection, ANN, boats)
    assert [one.id for one in history.remembered(connection, ANN, 10)] == [fog]
    assert history.opened(connection, ANN, 9) == [3]
    assert history.clear(connection, ANN) == 2
    assert history.remembered(connection, ANN, 10) == []


def test_history_is_paged_by_its_moments(connection: Connection) -> None:
    for word in ("a", "b", "c"):
        history.note_search(connection, ANN, word, f"q={word}")
    first = history.remembered(connection, ANN, 2)
    assert [one.query for one in first] == ["c", "b"]
    assert [one.query for one in history.remembered(connection, ANN, 2, first[-1].at)] == ["a"]


def test_no_more_is_remembered_than_is_said(connection: Connection) -> None:
    for word in ("a", "b", "c"):
        history.note_search(connection, ANN, word, f"q={word}")
        clicks.record_search(connection, word)
    history.keep_newest(connection, ANN, 2)
    assert [one.query for one in history.remembered(connection, ANN, 10)] == ["c", "b"]
    history.keep_newest(connection, None, 1)
    rows = connection.execute(select(METADATA.tables["events"].c.user_id).order_by("id")).scalars().all()
    assert rows == [ANN, ANN, None]


def test_what_is_declined_stays_so_until_it_is_taken_back(connection: Connection) -> None:
    assert history.decline(connection, ANN, 2)
    assert not history.decline(connection, ANN, 2)
    assert history.declined(connection, ANN) == [2]
    assert history.clear(connection, ANN) == 0
    assert history.want_again(connection, ANN) == 1
    assert history.declined(connection, ANN) == []


def test_a_persons_wish_to_be_forgotten_is_kept(connection: Connection) -> None:
    assert history.remembers(connection, ANN)
    history.let_remember(connection, ANN, remembers=False)
    assert not history.remembers(connection, ANN)
    assert history.remembers(connection, BO)


@pytest.mark.reliability
def test_with_the_person_everything_personal_is_gone(connection: Connection) -> None:
    """G20: no row of any table holds a word of it."""
    shelf = shelves.make(connection, ANN, CANARY, CANARY)
    shelves.put(connection, shelf, 1, CANARY)
    kept_searches.keep(connection, ANN, CANARY, f"q={CANARY}")
    search = history.note_search(connection, ANN, CANARY, f"q={CANARY}")
    clicks.record_click(connection, search, 1, ANN)
    history.decline(connection, ANN, 2)
    assert len(_rows_with(connection, CANARY)) == 4
    connection.execute(delete(users).where(users.c.id == ANN))
    assert _rows_with(connection, CANARY) == []
    assert connection.execute(select(METADATA.tables["events"])).all() == []


def _rows_with(connection: Connection, word: str) -> list[str]:
    """The tables of all rows that hold a word."""
    found = []
    for table in METADATA.sorted_tables:
        found += [table.name for row in connection.execute(select(table)) if any(word in str(one) for one in row)]
    return found
