"""Totals, facets and pages of answers that are larger than a page, against counting one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import pinakes.index.documents as documents
from pinakes.catalogue.catalogue import Catalogue
from pinakes.index.local import LocalIndex
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.request import Holdings, Options
from pinakes.search.results import Found
from pinakes.search.search import search
from pinakes.settings import Settings
from tests import makers
from tests.makers import fill, text_part, work

COUNT = 700
COLOURS = ("red", "blue", "green")


def field_values(number: int) -> dict[str, list[str]]:
    """The metadata of a work; the same label is written in two ways."""
    labels = ["Boat"] if number % 3 else ["boat", "BOAT", "sea"]
    return {"creator": [f"Painter {number % 7}"], "labels": labels, "date": [str(1900 + number)]}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holdings]:
    """Seven hundred works of two parts, with vectors, in several segments."""
    catalogue = Catalogue.open(tmp_path_factory.mktemp("pages"), Settings(), create=True)
    space = makers.space(catalogue, bits=256)
    vectors = makers.vectors(COUNT)
    random = np.random.default_rng(1)
    works = [
        work(
            f"w{number:03}",
            text_part(
                " ".join([COLOURS[number % 3], *random.choice(["sea", "hill", "house"], 4).tolist()]),
                language="en",
                vectors={space.id: vectors[number]},
            ),
            text_part("a second page in red" if number % 2 else "another page", language="en"),
            fields=field_values(number),
        )
        for number in range(COUNT)
    ]
    with pytest.MonkeyPatch.context() as patch:
        # Small segments, and no merging of what two runs add.
        patch.setattr(documents.batches, "__defaults__", (256,))
        index = LocalIndex(catalogue)
        with catalogue.writer():
            fill(catalogue, works, space)
            index.publish()
    held = Holdings(catalogue, index, catalogue.settings, _no_encoder, _nothing, _nothing)
    assert len(index.snapshot().segments) > 2
    yield held
    catalogue.close()


def _no_encoder(_: object) -> object:
    class Nowhere:
        """Turns every text into one direction."""

        description = makers.description()

        def encode(self, modality: str, batch: list[str]) -> np.ndarray:
            """The same vector for all."""
            return np.repeat(makers.vectors(1, seed=3), len(batch), axis=0)

    return Nowhere()


def _nothing(_: object) -> object:
    raise AssertionError("not asked for here")


def pages(library: Holdings, query: str, **given: object) -> tuple[list[Found], set[int]]:
    """All hits, page after page, and the totals that the pages told."""
    options = replace(Options(), **given)  # type: ignore[arg-type]
    hits, totals = [], set()
    while True:
        answer = search(parse(query, Limits()), options, library)
        hits += answer.hits
        totals.add(answer.total)
        assert [hit.rank for hit in answer] == list(range(len(hits) - len(answer) + 1, len(hits) + 1))
        if not answer.next_page:
            return hits, totals
        options = replace(options, page=answer.next_page)


@pytest.mark.parametrize("fusion", ["evidence", "reciprocal", "weighted", "voting", "convex", "early"])
def test_pages_show_every_hit_once_in_the_order_of_one_long_page(library: Holdings, fusion: str) -> None:
    whole, _ = pages(library, "red sea", limit=1000, fusion=fusion)
    paged, totals = pages(library, "red sea", limit=97, fusion=fusion)
    assert [hit.item for hit in paged] == [hit.item for hit in whole]
    assert [hit.score for hit in paged] == [hit.score for hit in whole]
    assert len({hit.item for hit in paged}) == len(paged)
    assert totals == {len(whole)}


def test_every_item_that_holds_a_word_is_found_however_many_there_are(library: Holdings) -> None:
    expected = [n for n in range(COUNT) if n % 3 == 0 or n % 2]
    hits, totals = pages(library, "red", limit=100, weights={"toy": 0})
    assert totals == {len(expected)}
    assert len(hits) == len(expected)


def test_what_lies_deeper_than_one_can_page_is_counted(library: Holdings) -> None:
    shallow = replace(library, settings=replace(Settings(), limits=Limits(max_depth=50)))
    expected = sum(n % 3 == 0 or n % 2 == 1 for n in range(COUNT))
    for query, total in (("red", expected), ("labels=boat", COUNT), ("red page", COUNT)):
        hits, totals = pages(shallow, query, limit=20, weights={"toy": 0}, unfold=True)
        assert totals == {total}, query
        assert len(hits) <= 50


def test_facets_count_the_items_found_as_counting_by_hand_does(library: Holdings) -> None:
    for query, found in (
        ("red", [n for n in range(COUNT) if n % 3 == 0 or n % 2]),
        ("labels=sea", [n for n in range(COUNT) if n % 3 == 0]),
        ("date>=2500 date<2600", [n for n in range(COUNT) if 600 <= n < 700]),
    ):
        answer = search(
            parse(query, Limits()),
            Options(weights={"toy": 0}, facets=("creator", "labels", "modality"), limit=1),
            library,
        )
        assert answer.total == len(found)
        creators = Counter(f"Painter {n % 7}" for n in found)
        assert answer.facets["creator"] == dict(sorted(creators.items(), key=lambda pair: (-pair[1], pair[0])))
        seas = sum(n % 3 == 0 for n in found)
        assert {name.casefold(): count for name, count in answer.facets["labels"].items()} == {
            "boat": len(found),
            **({"sea": seas} if seas else {}),
        }
        assert answer.facets["modality"] == {"text": len(found)}


def test_a_value_of_a_facet_leads_to_as_many_items_as_it_counts(library: Holdings) -> None:
    answer = search(parse("red", Limits()), Options(weights={"toy": 0}), library)
    for field in ("creator", "labels"):
        for value, count in answer.facets[field].items():
            narrowed = search(parse(f'red {field}="{value}"', Limits()), Options(weights={"toy": 0}), library)
            assert narrowed.total == count
