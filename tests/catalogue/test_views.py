"""The six tables of the literature as views, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, text

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import users
from pinakes.catalogue.views import VIEWS
from tests import makers
from tests.makers import fill, text_part, work

# What the papers ask for: the titles of the works of both kinds whose hash code is the one that was asked with.
JOINT = """
SELECT 'text' AS kind, "Text".title, "Text".content FROM "Text"
JOIN "Text_feature" ON "Text_feature".text_id = "Text".id WHERE "Text_feature".code = :code
UNION ALL
SELECT 'picture', "Picture".title, CAST("Picture".id AS TEXT) FROM "Picture"
JOIN "Pic_feature" ON "Pic_feature".pic_id = "Picture".id WHERE "Pic_feature".code = :code
ORDER BY kind
"""


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """A text and a picture with the same code, one of each without, and users of all roles."""
    space = makers.space(catalogue)
    one, other = makers.vectors(2)
    picture = replace(text_part(""), modality="image")
    fill(
        catalogue,
        [
            work("a", text_part("a red boat", vectors={space.id: one}), fields={"title": "Boat"}),
            work("b", replace(picture, vectors={space.id: one}), fields={"title": "Plate"}),
            work("c", replace(picture, vectors={space.id: other}), fields={"title": "Other"}),
            work("d", text_part("no vector"), fields={"title": "Bare"}),
        ],
        space,
    )
    people = (("Ann", 0), ("Bo", 1), ("Cy", 0), ("Di", 2))
    with catalogue.writing() as connection:
        connection.execute(
            insert(users),
            [
                {"id": number, "name": name, "email": f"{name}@x.org", "role": role, "created": 0.0}
                for number, (name, role) in enumerate(people, 1)
            ],
        )
    return catalogue


def test_readers_have_role_0_and_administrators_role_1(filled: Catalogue) -> None:
    with filled.reading() as connection:
        assert connection.execute(text('SELECT name, role FROM "User" WHERE role = 0 ORDER BY id')).all() == [
            ("Ann", 0),
            ("Cy", 0),
        ]
        assert connection.execute(text('SELECT name, email, role FROM "Administrator"')).all() == [
            ("Bo", "Bo@x.org", 1)
        ]


def test_no_view_shows_a_password(filled: Catalogue) -> None:
    with filled.reading() as connection:
        for view in VIEWS:
            columns = connection.execute(text(f'SELECT * FROM "{view}"')).keys()
            assert not {"password", "token_hash"} & set(columns)


def test_texts_and_pictures_of_one_code_are_found_by_one_query(filled: Catalogue) -> None:
    with filled.reading() as connection:
        code = connection.scalar(text('SELECT code FROM "Text_feature"'))
        found = connection.execute(text(JOINT), {"code": code}).all()
        assert [(row.kind, row.title) for row in found] == [("picture", "Plate"), ("text", "Boat")]
        assert connection.scalar(text('SELECT COUNT(*) FROM "Pic_feature"')) == 2
        assert connection.scalar(text('SELECT COUNT(*) FROM "Picture"')) == 2
        assert connection.scalar(text('SELECT COUNT(*) FROM "Text"')) == 2
        features = 'SELECT space, bits FROM "Pic_feature" UNION SELECT space, bits FROM "Text_feature"'
        assert connection.execute(text(features)).all() == [("toy", 64)]
