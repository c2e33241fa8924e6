"""Versions of the schema: taken up step by step, undone as a whole, and later ones left alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text, update

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.migrations import STEPS, migrate, version_of
from pinakes.catalogue.schema import meta
from pinakes.errors import NewerLibrary
from pinakes.settings import Settings
from tests.makers import fill, text_part, work


def _add_shelf(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE items ADD COLUMN shelf TEXT"))


def _fail(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
    raise RuntimeError("stopped half-way")


def test_a_new_catalogue_has_the_newest_version(catalogue: Catalogue) -> None:
    with catalogue.reading() as connection:
        assert version_of(connection) == len(STEPS)


def test_an_older_catalogue_is_taken_up_step_by_step_and_keeps_what_it_holds(catalogue: Catalogue) -> None:
    fill(catalogue, [work("a", text_part("boat"))])
    with catalogue.writing() as connection:
        assert migrate(connection, (*STEPS, _add_shelf)) == len(STEPS)
    with catalogue.reading() as connection:
        assert version_of(connection) == len(STEPS) + 1
        assert "shelf" in {column["name"] for column in inspect(connection).get_columns("items")}
        assert connection.scalar(text("SELECT COUNT(*) FROM parts")) == 1


def test_a_step_that_fails_leaves_the_catalogue_as_it_was(catalogue: Catalogue) -> None:
    with pytest.raises(RuntimeError), catalogue.writing() as connection:
        migrate(connection, (*STEPS, _add_shelf, _fail))
    with catalogue.reading() as connection:
        assert version_of(connection) == len(STEPS)
        assert "shelf" not in {column["name"] for column in inspect(connection).get_columns("items")}
        assert not inspect(connection).has_table("half_done")


@pytest.mark.reliability
def test_a_library_of_a_later_version_is_refused_with_the_way_out(tmp_path: Path, settings: Settings) -> None:
    """D10."""
    opened = Catalogue.open(tmp_path / "library", settings, create=True)
    with opened.writing() as connection:
        connection.execute(update(meta).where(meta.c.name == "schema").values(value=str(len(STEPS) + 1)))
    opened.close()
    with pytest.raises(NewerLibrary, match=str(len(STEPS) + 1)) as caught:
        Catalogue.open(tmp_path / "library", settings)
    assert "pip install --upgrade" in caught.value.hint


def test_a_catalogue_from_before_people_gets_their_tables_and_keeps_its_users(catalogue: Catalogue) -> None:
    later = ("tokens", "invitations", "tries", "shelved", "shelves", "saved_searches", "tasks")
    with catalogue.writing() as connection:
        for table in later:
            connection.execute(text(f"DROP TABLE {table}"))
        for column in ("shown", "remembers", "seen"):
            connection.execute(text(f"ALTER TABLE users DROP COLUMN {column}"))
        for column in ("at", "collection_id"):
            connection.execute(text(f"ALTER TABLE removed DROP COLUMN {column}"))
        connection.execute(text("INSERT INTO users (id, name, role, created) VALUES (1, 'ilse', 1, 0)"))
        connection.execute(text("INSERT INTO removed (item_id, generation) VALUES (7, 3)"))
        connection.execute(update(meta).where(meta.c.name == "schema").values(value="2"))
    began = time.time()
    with catalogue.writing() as connection:
        assert migrate(connection) == 2
    with catalogue.reading() as connection:
        assert set(later) <= set(inspect(connection).get_table_names())
        row = connection.execute(text("SELECT name, shown, remembers, seen FROM users")).one()
        assert tuple(row) == ("ilse", "", 1, None)
        at, home = connection.execute(text("SELECT at, collection_id FROM removed")).one()
        assert home is None
        assert began <= at <= time.time()
