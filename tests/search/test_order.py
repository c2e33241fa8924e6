"""The order of an answer, without its pages: what an evaluation looks at is what a search shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.index.filters import Filter
from pinakes.index.snapshot import Deadline
from pinakes.limits import Limits
from pinakes.search.fuse import FUSIONS
from pinakes.search.order import ordered
from pinakes.search.query.parse import parse
from pinakes.search.query.terms import ItemTerm, Query
from pinakes.search.request import Holdings, Options
from pinakes.search.search import look_up, question, search
from tests.makers import fill, text_part, work
from tests.search.test_search import Toy, holdings, space_of


@pytest.fixture
def library(embedded: Catalogue) -> Holdings:
    """Works of words and toy vectors."""
    space = space_of(embedded)
    texts = ("vessel on the ocean", "a red boat", "house and home", "a boat in the dark night", "the red house")
    vectors = Toy().encode("text", texts)
    works = [
        work(
            f"{number}.txt",
            text_part(text, vectors={space.id: vector}),
            fields={"title": f"Work {number}" if number else "Boat"},
        )
        for number, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    fill(embedded, works, space)
    return holdings(embedded)


@pytest.mark.parametrize("fusion", FUSIONS.names())
@pytest.mark.parametrize("mode", ["quick", "precise"])
def test_the_order_is_that_of_the_pages_of_a_search(library: Holdings, fusion: str, mode: str) -> None:
    options = Options(mode=mode, fusion=fusion, limit=2, weights={"words": 2.0})  # type: ignore[arg-type]
    for query in (parse("boat", Limits()), parse("red - house", Limits()), Query((ItemTerm(2),))):
        pages, page = [], options
        while True:
            answer = search(query, page, library)
            pages += [hit.item for hit in answer]
            if not answer.next_page:
                break
            page = replace(page, page=answer.next_page)
        asked = look_up(query, options, library)
        # Ranked twice: a query that was looked up once can be ranked as often as one likes.
        for _ in range(2):
            assert ordered(asked, options, 1_000, Deadline.after(60)).items.tolist() == pages


def test_one_modality_of_an_item_is_compared_without_its_metadata(library: Holdings) -> None:
    options = Options(weights={"toy": 0.0}, min_score=0.0)

    def found(term: ItemTerm) -> set[int]:
        asked = look_up(Query((term,)), options, library)
        return set(ordered(asked, options, 1_000, Deadline.after(60)).items.tolist())

    # The first shares with it a word of titles alone, boat, and so does the third, work; the last shares the word red.
    assert found(ItemTerm(2)) == {1, 3, 4, 5}
    assert found(ItemTerm(2, modality="text")) == {4, 5}
    assert found(ItemTerm(2, modality="text", itself=True)) == {2, 4, 5}
    assert not look_up(Query((ItemTerm(2, modality="image"),)), options, library).encoded.near


def test_an_item_that_may_be_found_itself_is(library: Holdings) -> None:
    options = Options(min_score=0.0, weights={"words": 0.0})
    asked = look_up(Query((ItemTerm(1, modality="text", itself=True),)), options, library)
    assert ordered(asked, options, 1_000, Deadline.after(60)).items[0] == 1
    assert asked.snapshot.alive_rows == 5
    assert np.isin([1, 2], ordered(asked, options, 1_000, Deadline.after(60)).items).all()


def test_queries_that_can_not_be_written_are_told_apart() -> None:
    terms = (ItemTerm(1), ItemTerm(1, modality="text"), ItemTerm(1, itself=True), ItemTerm(1, 1.0, "text", True))
    filters = (Filter("modality", "=", ("image",)),)
    assert len({question(Query((term,), filters), Options()) for term in terms}) == len(terms)
