"""What people say of works beside what files say, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from pinakes.accounts import people
from pinakes.catalogue import check, shelves, told
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entry
from pinakes.catalogue.schema import fields
from pinakes.errors import ChangedMeanwhile, NotFound
from pinakes.evaluate.holding import values_of
from tests.makers import fill, text_part, work


@pytest.fixture
def boat(catalogue: Catalogue) -> int:
    """One of two works."""
    works = [
        work("boat", text_part("a boat"), fields={"title": "Boat", "labels": ["sea", "wood"], "date": "1900"}),
        work("fog", text_part("fog"), fields={"labels": "weather", "date": "1910"}),
    ]
    return fill(catalogue, works)[0].item_id


def change(catalogue: Catalogue, item: int, wanted: dict[str, tuple[str, ...]], **marks: str) -> dict[str, object]:
    with catalogue.writing() as connection:
        return dict(told.change(connection, item, wanted, marks))


def test_what_a_person_says_holds_until_it_is_given_back(catalogue: Catalogue, boat: int) -> None:
    before = catalogue.generation()
    done = change(catalogue, boat, {"title": ("By\0hand",), "labels": ("air",), "rights": ("CC0",), "date": ("1900",)})
    assert set(done) == {"title", "labels", "rights"}
    assert catalogue.generation() > before
    with catalogue.reading() as connection:
        item = item_entry(connection, boat)
        assert (item.title, item.fields["labels"], item.fields["rights"]) == ("By\ufffdhand", ("air",), ("CC0",))
        # Evaluation and training go by what holds.
        assert values_of(connection, "labels") == {boat: ("air",), boat + 1: ("weather",)}
        assert list(check.problems(connection)) == []
    change(catalogue, boat, {"labels": (), "title": ("Boat",)})
    with catalogue.reading() as connection:
        assert "labels" not in item_entry(connection, boat).fields
        assert item_entry(connection, boat).title == "Boat"
        assert values_of(connection, "labels") == {boat + 1: ("weather",)}
        assert told.told_of(connection, boat).people == {"labels": (), "rights": ("CC0",)}
    change(catalogue, boat, {"labels": ("sea", "wood"), "rights": ()})
    with catalogue.reading() as connection:
        assert connection.scalars(select(fields.c.name).where(fields.c.file_id == told.PERSON)).all() == []
        assert list(check.problems(connection)) == []


def test_a_shelf_in_order_of_dates_goes_by_what_a_person_says(catalogue: Catalogue, boat: int) -> None:
    with catalogue.writing() as connection:
        user = people.add(connection, "edith", "administrator")
        shelf = shelves.make(connection, user, "Boats")
        for item in (boat, boat + 1):
            shelves.put(connection, shelf, item)
    with catalogue.reading() as connection:
        assert [one.item for one in shelves.lying(connection, shelf, order="date")] == [boat, boat + 1]
    change(catalogue, boat, {"date": ("1950",)})
    with catalogue.reading() as connection:
        assert [one.item for one in shelves.lying(connection, shelf, order="date")] == [boat + 1, boat]


def test_of_many_who_change_the_same_as_they_saw_it_one_does(catalogue: Catalogue, boat: int) -> None:
    seen = told.mark(("Boat",))
    done: list[str] = []

    def tried(name: str) -> None:
        try:
            change(catalogue, boat, {"title": (name,)}, title=seen)
        except ChangedMeanwhile as error:
            assert error.names == ("title",)
        else:
            done.append(name)

    threads = [threading.Thread(target=tried, args=(f"title {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    with catalogue.reading() as connection:
        assert item_entry(connection, boat).title == done[0]


def test_an_item_that_is_not_there_is_told_of(catalogue: Catalogue, boat: int) -> None:
    with pytest.raises(NotFound):
        change(catalogue, boat + 9, {"title": ("x",)})
