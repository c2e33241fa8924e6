"""Queries, pages and vectors that are wrong, too large or chosen to be slow: answered, or refused with a way out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import (
    BadInput,
    BadQuery,
    BadVector,
    DeadlinePassed,
    NotFound,
    PinakesError,
    UnknownName,
    WrongSpace,
)
from pinakes.library import Library
from pinakes.library.asking import query_of
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.request import Holdings, Options
from pinakes.search.results import Answer
from pinakes.search.search import search
from pinakes.settings import Settings
from pinakes.types import METRICS, Metric
from tests.makers import fill, text_part, vectors, work
from tests.search.test_search import WORKS, holdings


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holdings]:
    """The small library of words."""
    catalogue = Catalogue.open(tmp_path_factory.mktemp("words"), Settings(), create=True)
    fill(catalogue, [work(name, text_part(text), fields=fields) for name, text, fields in WORKS])
    yield holdings(catalogue)
    catalogue.close()


def ask(library: Holdings, query: str, **given: object) -> Answer:
    """Search."""
    return search(parse(query, Limits()), replace(Options(), **given), library)  # type: ignore[arg-type]


LONG = {
    "nothing at all": "",
    "a megabyte": "boat " * 200_000,
    "ten thousand terms": " + ".join(["boat"] * 10_000),
    "ten thousand filters": "date>=1900 " * 10_000,
    "ten thousand signs": "+" * 10_000,
    "one endless word": "x" * 20_000,
    "as many words as a query may have characters": "a " * 10_000,
    "control characters": "".join(map(chr, range(32))) + "boat\x7f",
    "pictures of faces": "🚢🌊👩‍👩‍👧‍👦" * 50,
    "little words alone": "the of and to in is that it",
    "quotation marks without end": '"' * 9_999,
    "backslashes": "\\" * 9_999,
}


@pytest.mark.reliability
@pytest.mark.parametrize("name", LONG)
def test_a_query_of_any_size_is_answered_or_refused_with_a_hint(library: Holdings, name: str) -> None:
    """C1."""
    try:
        answer = ask(library, LONG[name])
    except PinakesError as error:
        assert 400 <= error.status < 500
        assert error.hint
    else:
        assert all(0 <= hit.score <= 1 for hit in answer)


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize("name", LONG)
def test_a_query_of_any_size_takes_less_than_a_second(library: Holdings, name: str) -> None:
    """C1."""
    began = time.perf_counter()
    with contextlib.suppress(PinakesError):
        ask(library, LONG[name])
    assert time.perf_counter() - began < 1


@pytest.mark.reliability
@pytest.mark.parametrize(
    "syntax",
    ['" OR 1=1 --', "NEAR(", "*", "boat*", "boat OR sea", "'; DROP TABLE items; --", "%", "_", "boat^2", "{x}", "a:b"],
)
def test_the_syntax_of_databases_is_read_as_words(library: Holdings, syntax: str) -> None:
    """C2: the answer is that of the escaped text."""
    escaped = "".join(f"\\{letter}" if letter in '\\"“”「」:=<>!+-−,' else letter for letter in syntax)
    answer = ask(library, escaped)
    try:
        raw = ask(library, syntax)
    except BadQuery as error:
        assert error.position is not None or error.hint
    else:
        assert [hit.item for hit in raw] == [hit.item for hit in answer]


TERMS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet='boat sea"\\+-:=<>!,*()1234 date title item\n\x00红酒', max_size=60),
)


@pytest.mark.slow
@pytest.mark.reliability
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TERMS)
def test_five_thousand_strings_are_answers_or_errors_of_ours(library: Holdings, text: str) -> None:
    """C2."""
    try:
        answer = ask(library, text)
    except PinakesError as error:
        assert error.status < 500
        return
    again = search(parse(_written(text), Limits()), Options(), library)
    assert [hit.item for hit in again] == [hit.item for hit in answer]


def _written(text: str) -> str:
    from pinakes.search.query.write import written

    return written(parse(text, Limits()))


@pytest.mark.reliability
@pytest.mark.parametrize("limit", [0, -1, 1_001, 10**9])
def test_a_page_of_no_or_too_many_hits_is_refused(library: Holdings, limit: int) -> None:
    """C3."""
    with pytest.raises(BadInput) as caught:
        ask(library, "boat", limit=limit)
    assert 400 <= caught.value.status < 500


@pytest.mark.reliability
def test_a_page_token_that_was_forged_cut_or_made_for_something_else_is_refused(library: Holdings) -> None:
    """C3."""
    good = ask(library, "date>=1800", limit=1).next_page
    assert ask(library, "date>=1800", limit=1, page=good).hits
    wrong = [good[:-1], good[1:], good + "A", "x", "%00", "../../etc", "=" * 40, "A" * 27, good.swapcase()]
    for token in wrong:
        with pytest.raises(BadQuery, match="page token"):
            ask(library, "date>=1800", limit=1, page=token)
    for query, options in (("date>=1801", {"limit": 1}), ("date>=1800", {"limit": 2}), ("boat", {"limit": 1})):
        with pytest.raises(BadQuery, match="page token"):
            ask(library, query, page=good, **options)


@pytest.mark.parametrize("number", [0, -1, 2**63, 2**70])
def test_an_item_of_a_number_that_no_catalogue_holds_is_not_there(number: int) -> None:
    with pytest.raises(NotFound, match="There is no item"):
        query_of("", Limits(), items=[number])


def test_wrong_names_offer_the_nearest(library: Holdings) -> None:
    for options, near in (
        ({"mode": "quik"}, "quick"),
        ({"ranking": "bm26"}, "bm25"),
        ({"fusion": "weigthed"}, "weighted"),
    ):
        with pytest.raises(UnknownName, match=near):
            ask(library, "boat", **options)


NUMBERS = vectors(40, dim=8)
WRONG = {
    "NaN": np.where(np.arange(40)[:, None] == 33, np.nan, NUMBERS),
    "infinity": np.where(np.arange(40)[:, None] == 33, np.inf, NUMBERS),
    "a zero norm": np.where(np.arange(40)[:, None] == 33, 0, NUMBERS),
    "too large for what is stored": NUMBERS * 1e6,
    "whole numbers": np.ones((40, 8), np.int64),
    "text": np.full((40, 8), "x"),
    "objects": np.full((40, 8), None, object),
    "one dimension": np.ones(8, np.float32),
    "three dimensions": np.ones((4, 4, 8), np.float32),
    "no rows": np.zeros((0, 8), np.float32),
    "no columns": np.zeros((8, 0), np.float32),
    "another size": vectors(40, dim=9),
}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((folder / "index").rglob("*")) if path.is_file()}


@pytest.mark.reliability
@pytest.mark.parametrize("metric", METRICS)
def test_vectors_that_can_not_be_compared_are_refused_and_leave_the_index_as_it_was(
    tmp_path: Path, metric: Metric
) -> None:
    """C4."""
    with Library.open(tmp_path / "library", create=True) as library:
        library.add_vectors("mine", NUMBERS, metric=metric)
        before, status = _bytes(library.folder), library.status()
        for name, wrong in WRONG.items():
            with pytest.raises(BadVector) as caught:
                library.add_vectors("mine", wrong, metric=metric)
            assert (caught.value.code, name) == ("bad-vector", name)
            if name != "another size":
                with pytest.raises(BadVector):
                    library.add_vectors("new", wrong, metric=metric)
        for query in (NUMBERS[0] * np.nan, NUMBERS[0, :7], np.zeros(8, np.float32), np.full(8, "x"), [[1.0], [2.0, 3]]):
            with pytest.raises(BadVector):
                library.search(vectors={"mine": query})  # type: ignore[dict-item]
        assert _bytes(library.folder) == before
        assert library.status() == status
        assert [hit.item for hit in library.search(vectors={"mine": NUMBERS[3]}, limit=1)] == [4]


@pytest.mark.reliability
def test_vectors_are_not_put_beside_those_of_another_measure_or_encoder(tmp_path: Path) -> None:
    """C4."""
    with Library.open(tmp_path / "library", create=True) as library:
        library.add_vectors("mine", NUMBERS)
        with pytest.raises(WrongSpace, match="cosine"):
            library.add_vectors("mine", NUMBERS, metric="euclidean")
        assert [space.name for space in library.spaces] == ["mine"]


@pytest.mark.reliability
def test_every_slow_query_ends_at_its_deadline_and_the_next_one_answers(library: Holdings) -> None:
    """C6: no step of a search runs on once the time is over."""
    impatient = replace(library, settings=replace(Settings(), limits=Limits(query_seconds=0.0)))
    for query in ("boat", '"a red boat"', "b*", "boat - night", "a " * 500):
        with pytest.raises(DeadlinePassed) as caught:
            ask(impatient, query)
        assert (caught.value.status, bool(caught.value.hint)) == (503, True)
    assert ask(library, "boat").hits
