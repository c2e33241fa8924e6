"""The judge's desk: pools that betray nothing, judgements that can be taken back, and the qrels that they make."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.migrations import STEPS, version_of
from pinakes.errors import BadInput, NoContent, NotFound, UsageError
from pinakes.evaluate.pooling import kappa, pooled
from pinakes.library import Library
from pinakes.settings import Settings

TEXTS = ("a red boat", "a boat at night", "a house", "the red house", "bells and boats and bells")


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Iterator[Library]:
    """Five texts, on each of the two databases."""
    media = tmp_path / "media"
    media.mkdir()
    for number, words in enumerate(TEXTS):
        (media / f"{number}.txt").write_text(words)
    with Library.open(tmp_path / "library", create=True, settings={"catalogue": settings.catalogue}) as opened:
        opened.add(media)
        yield opened


def test_a_pool_holds_what_every_way_finds_first_and_its_order_does_not_tell_which(library: Library) -> None:
    ways = [{"mode": "quick"}, {"ranking": "tfidf"}]
    found = {hit.item for way in ways for hit in library.search("red boat", limit=2, **way)}  # type: ignore[arg-type]
    pool = library.desk.pool("red boat", ways, depth=2)
    assert set(pool) == found and len(pool) == len(found)
    # Neither the order of the ways nor which of them found what leaves a trace.
    assert library.desk.pool("red boat", ways[::-1], depth=2) == pool
    assert set(library.desk.pool("red boat")) == {hit.item for hit in library.search("red boat")}


@given(st.lists(st.lists(st.integers(1, 30), unique=True, max_size=8), min_size=1, max_size=4), st.integers(0, 99))
def test_a_pool_depends_on_what_was_found_and_not_on_where_it_stood(answers: list[list[int]], seed: int) -> None:
    pool = pooled(answers, "boat", seed)
    assert sorted(pool) == sorted({item for answer in answers for item in answer})
    assert pooled([sorted(answer) for answer in reversed(answers)], "boat", seed) == pool


def test_orders_of_pools_differ_from_query_to_query() -> None:
    answers = [list(range(1, 11))]
    orders = {pooled(answers, f"query {number}", 1) for number in range(20)}
    assert len(orders) == 20
    # Over many queries no place in the answer stands before another.
    first = sum(pooled(answers, f"query {number}", 1).index(1) < 5 for number in range(400))
    assert 140 < first < 260


def test_judgements_are_kept_changed_withdrawn_and_exported(library: Library, tmp_path: Path) -> None:
    desk = library.desk
    red, house = (library.search(words)[0].item for words in ("red boat", "a house"))
    with pytest.raises(NoContent, match="Nothing has been judged"):
        desk.export(tmp_path / "judged")
    desk.judge("ann", "red boat", red, 1)
    desk.judge("ann", "red boat", red, 3)
    desk.judge("ben", "red boat", red, 2)
    desk.judge("cem", "red boat", red, 2)
    desk.judge("ann", "red boat", house, 0)
    desk.judge("ann", "a mistake", house, 1)
    assert [(one.judge, one.grade) for one in desk.judgements() if one.item == red] == [
        ("ann", 3),
        ("ben", 2),
        ("cem", 2),
    ]
    assert desk.withdraw("ann", "a mistake", house)
    assert not desk.withdraw("ann", "a mistake", house)
    desk.export(tmp_path / "judged")
    assert set((tmp_path / "judged" / "qrels.tsv").read_text().splitlines()) == {f"q001 0 {red} 2", f"q001 0 {house} 0"}
    told = library.evaluate(queries=tmp_path / "judged", metrics="mrr", modes=["precise"])
    assert told.scopes[0].figure("mrr").value == 1
    assert told.notes[0] == "Documents are named by number."


def test_a_removed_work_takes_its_judgements_with_it(library: Library) -> None:
    item = library.search("a house")[0].item
    library.desk.judge("ann", "house", item, 1)
    library.remove(item)
    assert library.desk.judgements() == []


def test_what_is_no_judgement_is_refused(library: Library) -> None:
    desk, item = library.desk, library.search("a house")[0].item
    for grade in (-1, 4, True, 1.5):
        with pytest.raises(BadInput, match="whole number" if grade == 1.5 else "from 0 to 3"):
            desk.judge("ann", "house", item, grade)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="name of a judge"):
        desk.judge(" ", "house", item, 1)
    with pytest.raises(NotFound, match="no item 999"):
        desk.judge("ann", "house", 999, 1)
    for ways, depth in (([], 10), ([{}], 0)):
        with pytest.raises(UsageError, match="A pool takes"):
            desk.pool("house", ways, depth=depth)


def test_agreement_is_beyond_chance_and_of_what_both_judged(library: Library) -> None:
    items = [hit.item for hit in library.search(where={"modality": "text"}, limit=5)]
    for item, grades in zip(items, ((1, 1), (1, 0), (0, 0), (0, 0), (1, None)), strict=True):
        for judge, grade in zip(("ann", "ben"), grades, strict=True):
            if grade is not None:
                library.desk.judge(judge, "boat", item, grade)
    # Three of four alike; chance makes half of them so: 2/4 * 1/4 + 2/4 * 3/4.
    assert library.desk.agreement() == {("ann", "ben"): (pytest.approx(0.5), 4)}


def test_judgements_of_a_query_that_no_database_takes_are_kept_and_taken_back(library: Library) -> None:
    library.desk.judge("ann", "a\0boat", 1, 2)
    library.desk.judge("ann", "a\0boat", 1, 3)
    assert [one.grade for one in library.desk.judgements()] == [3]
    assert library.desk.withdraw("ann", "a\0boat", 1)


def test_kappa_is_1_for_the_same_0_for_chance_and_unknown_where_nothing_varies() -> None:
    assert kappa([(0, 0), (1, 1), (2, 2)]) == 1
    assert kappa([(0, 0), (0, 1), (1, 0), (1, 1)]) == 0
    assert kappa([(0, 1), (1, 0)]) == -1
    assert math.isnan(kappa([(1, 1), (1, 1)]))


def test_a_library_from_before_there_were_judgements_gets_a_place_for_them(tmp_path: Path) -> None:
    before = Catalogue.open(tmp_path / "library", Settings(), create=True)
    with before.writing() as connection:
        connection.execute(text("DROP TABLE judgements"))
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'schema'"))
    before.close()
    with Library.open(tmp_path / "library") as opened:
        with opened._catalogue.reading() as connection:
            assert version_of(connection) == len(STEPS) >= 2
        assert opened.desk.judgements() == []
