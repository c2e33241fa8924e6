"""The six views of the literature, and the joint query that docs/reference/schema.md shows."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from docs.pages.schema import JOINT
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.records import NewPart
from pinakes.types import Place
from tests import makers
from tests.makers import fill, text_part, work


def test_the_joint_query_finds_texts_and_pictures_of_a_work_with_their_codes(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    first, second, third = makers.vectors(3)
    picture = work("boat.jpg", NewPart("image", Place(), vectors={space.id: second}), fields={"title": "Boats"})
    caption = work("boat.txt", text_part("a red boat", vectors={space.id: first}))
    alone = work("sea.txt", text_part("a sea without a picture", vectors={space.id: third}))
    fill(catalogue, [replace(picture, key=b"work"), replace(caption, key=b"work"), alone], space)
    with catalogue.reading() as connection:
        (row,) = connection.execute(text(JOINT)).all()
    assert (row.title, row.content, bytes(row.path)) == ("Boats", "a red boat", b"/books/boat.jpg")
    assert bytes(row.text_code) == space.hasher.codes(first[None]).tobytes()
    assert bytes(row.picture_code) == space.hasher.codes(second[None]).tobytes()


def test_users_and_administrators_are_told_apart_by_their_role(catalogue: Catalogue) -> None:
    with catalogue.writing() as connection:
        for number, (name, role) in enumerate((("reader", 0), ("head", 1), ("editor", 2))):
            connection.execute(
                text("INSERT INTO users (id, name, role, created) VALUES (:id, :name, :role, 0)"),
                {"id": number + 1, "name": name, "role": role},
            )
    with catalogue.reading() as connection:
        users = connection.execute(text('SELECT name, role FROM "User" ORDER BY id')).all()
        administrators = connection.execute(text('SELECT name, role FROM "Administrator"')).all()
    assert [tuple(row) for row in users] == [("reader", 0), ("editor", 2)]
    assert [tuple(row) for row in administrators] == [("head", 1)]
