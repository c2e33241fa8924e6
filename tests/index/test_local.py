"""The local index against the slow truth, through additions, changes, removals, merges and reopening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import unit_rows
from pinakes.errors import DeadlinePassed
from pinakes.index import calibrate, find_vectors, find_words
from pinakes.index.filters import Filter
from pinakes.index.local import LocalIndex
from pinakes.index.segment import Segment
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.words import Clause
from pinakes.limits import Limits
from pinakes.settings import Settings
from pinakes.words.analyse import analyser, query_words
from tests import makers
from tests.index import naive
from tests.makers import fill, text_part, work

SOON = Deadline.after(1e6)
CUT = analyser(Settings())


def clauses(query: str, *, phrase: bool = False, field: str = "") -> list[Clause]:
    """Clauses of a query."""
    words = query_words(query, CUT, ["en", "zh"])
    return [Clause(tuple(words), field)] if phrase else [Clause((word,), field) for word in words]


def found_words(
    snapshot: Snapshot, query: str, *conditions: Filter, phrase: bool = False, field: str = ""
) -> dict[int, float]:
    """Parts and scores that a search for words finds."""
    hits = find_words.find(
        snapshot, clauses(query, phrase=phrase, field=field), 1000, snapshot.select(conditions), SOON
    )
    return dict(zip(snapshot.parts(hits.rows).tolist(), hits.scores.tolist(), strict=True))


def published(catalogue: Catalogue) -> Snapshot:
    """A snapshot of the index brought up to the catalogue."""
    index = LocalIndex(catalogue)
    with catalogue.writer():
        return index.publish(finish=True)


TEXTS = [
    "a red boat in the harbour",
    "the blue boat and the red house",
    "red red red",
    "一瓶红酒在桌上",
    "the harbour at night without boats",
    "",
]


@pytest.fixture
def filled(catalogue: Catalogue) -> dict[int, list[str]]:
    """Part numbers and terms of some texts without metadata of their own."""
    stored = fill(catalogue, [work(f"{i}", text_part(text, language="en")) for i, text in enumerate(TEXTS)])
    return {
        one.part_ids[0]: CUT.terms(f"{text} {i}", "en") for i, (one, text) in enumerate(zip(stored, TEXTS, strict=True))
    }


def test_bm25_equals_the_slow_truth(catalogue: Catalogue, filled: dict[int, list[str]]) -> None:
    snapshot = published(catalogue)
    for query in ("red", "red boat", "the harbour", "红酒", "nothing", "boats boat"):
        truth = naive.bm25(filled, [term for clause in clauses(query) for term in clause.words[0].terms[:1]])
        assert found_words(snapshot, query) == pytest.approx(truth, abs=1e-5)


def test_the_vector_space_of_words_equals_the_slow_truth(catalogue: Catalogue, filled: dict[int, list[str]]) -> None:
    first = published(catalogue)
    (later,) = fill(catalogue, [work("later", text_part("a red kite over the red harbour", language="en"))])
    documents = {**filled, later.part_ids[0]: CUT.terms("a red kite over the red harbour later", "en")}
    for snapshot, truth in ((first, filled), (published(catalogue), documents)):
        for query in ("red", "red boat", "the harbour", "红酒", "nothing", "red house boat"):
            asked = clauses(query)
            hits = find_words.find(snapshot, asked, 1000, snapshot.select(()), SOON, "tfidf")
            found = dict(zip(snapshot.parts(hits.rows).tolist(), hits.scores.tolist(), strict=True))
            cosines = naive.vsm(truth, [clause.words[0].terms[0] for clause in asked])
            # The length of the query's own vector is the same for all and left out.
            scale = max(found.values(), default=1) / max(cosines.values(), default=1)
            assert found == pytest.approx({number: scale * cosine for number, cosine in cosines.items()}, abs=1e-5)


def test_a_phrase_is_found_only_where_its_words_stand_side_by_side(
    catalogue: Catalogue, filled: dict[int, list[str]]
) -> None:
    first, second, *_ = filled
    snapshot = published(catalogue)
    assert set(found_words(snapshot, "red boat", phrase=True)) == {first}
    assert set(found_words(snapshot, "blue boat and", phrase=True)) == {second}
    assert found_words(snapshot, "boat red", phrase=True) == {}


def test_a_prefix_finds_all_words_that_begin_so(catalogue: Catalogue, filled: dict[int, list[str]]) -> None:
    numbers = list(filled)
    assert set(found_words(published(catalogue), "harb*")) == {numbers[0], numbers[4]}
    assert set(found_words(published(catalogue), "红")) == {numbers[3]}


def test_a_prefix_finds_words_with_and_without_their_accents(catalogue: Catalogue) -> None:
    stored = fill(
        catalogue,
        [work("a", text_part("un éléphant", language="fr")), work("b", text_part("an elephant", language="en"))],
    )
    snapshot = published(catalogue)
    both = {one.part_ids[0] for one in stored}
    assert set(found_words(snapshot, "élép*")) == both
    assert set(found_words(snapshot, "elep*")) == both
    assert found_words(snapshot, "elepo*") == {}


def test_a_prefix_stands_for_the_most_frequent_words_up_to_the_limit(tmp_path: Path) -> None:
    for limit, expected in ((2, 2), (3, 3), (4, 3)):
        settings = replace(Settings(), limits=Limits(max_prefix_words=limit))
        opened = Catalogue.open(tmp_path / str(limit), settings, create=True)
        texts = ("seaa", "seab seac", "seac seab")
        stored = fill(opened, [work(f"n{i}", text_part(text, language="xx")) for i, text in enumerate(texts)])
        found = set(found_words(published(opened), "sea*"))
        assert found == {one.part_ids[0] for one in stored[3 - expected :]}
        opened.close()


def test_words_are_found_in_the_named_field_alone(catalogue: Catalogue) -> None:
    stored = fill(
        catalogue,
        [
            work("a", text_part("sea"), text_part("boat"), fields={"title": "The boat", "creator": ["Ann Sea", "Bob"]}),
            work("b", text_part("a boat at sea"), fields={"title": "Hill"}),
        ],
    )
    snapshot = published(catalogue)
    lead, second = stored[0].part_ids
    (other,) = stored[1].part_ids
    assert set(found_words(snapshot, "boat")) == {lead, second, other}
    assert set(found_words(snapshot, "boat", field="title")) == {lead}
    assert set(found_words(snapshot, "sea", field="creator")) == {lead}
    assert set(found_words(snapshot, "sea", field="text")) == {lead, other}
    assert found_words(snapshot, "sea bob", field="creator", phrase=True) == {}
    assert found_words(snapshot, "boat", field="nowhere") == {}


def test_filters_choose_items_by_value_date_number_and_modality(catalogue: Catalogue) -> None:
    stored = fill(
        catalogue,
        [
            work("a", text_part("boat"), fields={"date": "1899-12", "creator": "Le Corbusier", "pages": "12"}),
            work(
                "b",
                replace(text_part("boat"), modality="image"),
                fields={"date": "1900", "creator": "KLEE", "pages": "9"},
            ),
            work("c", text_part("boat"), fields={"creator": ["Klee", "Le Corbusier"]}),
        ],
    )
    a, b, c = (one.part_ids[0] for one in stored)
    snapshot = published(catalogue)

    def kept(field: str, operator: str, *values: str) -> set[int]:
        return set(found_words(snapshot, "boat", Filter(field, operator, values)))  # type: ignore[arg-type]

    assert kept("creator", "=", "klee") == {b, c}
    assert kept("creator", "=", "Le Corbusier", "nobody") == {a, c}
    assert kept("creator", "!=", "klee") == {a}
    assert kept("date", ">=", "1900") == {b}
    assert kept("date", "<", "1900") == {a}
    assert kept("date", "<=", "1899-12") == {a}
    assert kept("date", "<=", "1899") == {a}
    assert kept("date", ">", "1899-11") == {a, b}
    assert kept("date", "=", "1899") == kept("date", "!=", "1900") - {c} == {a}
    assert kept("date", "=", "1899-12", "1900") == {a, b}
    assert kept("date", "=", "1900-01") == kept("date", "=", "189") == set()
    assert kept("pages", ">", "9") == {a}
    assert kept("pages", "<=", "9.5") == {b}
    assert kept("modality", "=", "image", "audio") == {b}
    assert kept("modality", "!=", "image") == {a, c}
    assert kept("collection", "=", "main") == {a, b, c}
    assert kept("type", "=", "text") == {a, b, c}


def test_a_date_is_found_to_the_precision_in_which_it_is_asked(catalogue: Catalogue) -> None:
    dates = ("1902-05", "1902-05-03T10:00:00", "about 1902", "1902", "1903", "19020")
    works = [work(date, text_part("boat"), fields={"date": date, "title": f"{date}: a boat"}) for date in dates]
    numbers = [one.part_ids[0] for one in fill(catalogue, works)]
    snapshot = published(catalogue)

    def kept(*filters: Filter) -> list[str]:
        found = set(found_words(snapshot, "boat", *filters))
        return [date for date, number in zip(dates, numbers, strict=True) if number in found]

    for precise in ("1902", "1902-05", "1902-05-03", "1903"):
        both = kept(Filter("date", ">=", (precise,)), Filter("date", "<=", (precise,)))
        assert kept(Filter("date", "=", (precise,))) == both
        assert kept(Filter("date", "!=", (precise,))) == [date for date in dates if date not in both]
    assert kept(Filter("date", "=", ("1902",))) == ["1902-05", "1902-05-03T10:00:00", "about 1902", "1902"]
    assert kept(Filter("date", "=", ("1902-05",))) == ["1902-05", "1902-05-03T10:00:00"]
    assert kept(Filter("date", "=", ("about 1902",))) == ["about 1902"]
    assert kept(Filter("title", "=", ("1902",))) == []


def test_a_row_without_words_does_not_count_in_the_mean_length(catalogue: Catalogue) -> None:
    fill(catalogue, [work("a", text_part("boat"), text_part(""))])
    assert len(found_words(published(catalogue), "boat")) == 1


@pytest.fixture
def vector_library(embedded: Catalogue) -> Iterator[tuple[Catalogue, Space, dict[int, np.ndarray]]]:
    """Three hundred vectors in a space."""
    space = makers.space(embedded, bits=256)
    given = makers.vectors(300)
    works = [
        work(str(i), text_part("x", vectors={space.id: v}), fields={"labels": "even" if i % 2 == 0 else "odd"})
        for i, v in enumerate(given)
    ]
    stored = fill(embedded, works, space)
    yield embedded, space, {one.part_ids[0]: vector for one, vector in zip(stored, given, strict=True)}


def near(snapshot: Snapshot, space: Space, query: np.ndarray, *conditions: Filter, precise: bool = True) -> list[int]:
    """The ten parts nearest to a vector."""
    found = find_vectors.find(snapshot, space, query, 10, snapshot.select(conditions), SOON, precise=precise)
    return snapshot.parts(found.rows).tolist()


def test_precise_search_finds_the_true_neighbours(
    vector_library: tuple[Catalogue, Space, dict[int, np.ndarray]],
) -> None:
    catalogue, space, truth = vector_library
    snapshot = published(catalogue)
    for query in makers.vectors(20, seed=5):
        assert near(snapshot, space, query) == naive.nearest(query, truth, 10)


def test_filters_choose_within_the_scan_so_that_none_is_lost(
    vector_library: tuple[Catalogue, Space, dict[int, np.ndarray]],
) -> None:
    catalogue, space, truth = vector_library
    snapshot = published(catalogue)
    odd = {part: vector for i, (part, vector) in enumerate(truth.items()) if i % 2}
    for query in makers.vectors(20, seed=6):
        assert near(snapshot, space, query, Filter("labels", "=", ("odd",))) == naive.nearest(query, odd, 10)


def test_quick_search_ranks_by_codes_alone(vector_library: tuple[Catalogue, Space, dict[int, np.ndarray]]) -> None:
    catalogue, space, truth = vector_library
    snapshot = published(catalogue)
    part, vector = next(iter(truth.items()))
    assert near(snapshot, space, vector, precise=False)[0] == part


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_scanning_few_or_many_chosen_rows_finds_the_same(
    vector_library: tuple[Catalogue, Space, dict[int, np.ndarray]], share: float
) -> None:
    catalogue, space, truth = vector_library
    snapshot = published(catalogue)
    chosen = np.random.default_rng(1).random(300) < share
    selection = snapshot.select(())
    selection = replace(selection, masks=(chosen,), among={})
    kept = {part: vector for (part, vector), there in zip(truth.items(), chosen, strict=True) if there}
    for query in makers.vectors(5, seed=7):
        found = find_vectors.find(snapshot, space, query, 10, selection, SOON, precise=True)
        assert snapshot.parts(found.rows).tolist() == naive.nearest(query, kept, 10)


@pytest.mark.parametrize("precise", [True, False])
def test_of_several_vectors_of_a_row_the_nearest_counts(embedded: Catalogue, precise: bool) -> None:
    space = makers.space(embedded, bits=256)
    counts = np.random.default_rng(3).integers(1, 6, 200).tolist()
    given = np.split(makers.vectors(sum(counts)), np.cumsum(counts)[:-1])
    stored = fill(
        embedded, [work(str(i), text_part("x", vectors={space.id: each})) for i, each in enumerate(given)], space
    )
    parts = [one.part_ids[0] for one in stored]
    with embedded.writing() as connection:
        items.remove(connection, [one.item_id for one in stored[::4]])
    left = {part: each for place, (part, each) in enumerate(zip(parts, given, strict=True)) if place % 4}
    # What is left goes through a merge, too.
    more = fill(embedded, [work("more", text_part("x", vectors={space.id: makers.vectors(3, seed=4)}))], space)
    left[more[0].part_ids[0]] = makers.vectors(3, seed=4)
    snapshot = published(embedded)
    for query in makers.vectors(10, seed=8):
        truth = {part: float((each @ query).max()) for part, each in left.items()}
        best = sorted(truth, key=lambda part: -truth[part])
        found = find_vectors.find(snapshot, space, query, 10, snapshot.select(()), SOON, precise=precise)
        numbers = snapshot.parts(found.rows).tolist()
        assert len(set(numbers)) == len(numbers) == len(found.similarities)
        if precise:
            assert numbers == best[:10]
            assert np.allclose(found.similarities, [truth[part] for part in numbers], atol=1e-3)
        else:
            assert len(numbers) >= 5
            assert len(set(numbers) & set(best[:40])) >= 5
        every = find_vectors.rescore(snapshot, space, query, found.rows, 10)
        assert np.allclose(every.similarities, sorted((truth[part] for part in numbers), reverse=True), atol=1e-3)
    # What stands for the whole of a row is its first vector.
    rows = np.array([0, 5, 7])
    ((chosen, firsts),) = find_vectors.vectors_of(snapshot, space, rows)
    assert chosen.tolist() == rows.tolist()
    assert np.allclose(firsts, [left[part][0] for part in snapshot.parts(rows).tolist()], atol=1e-3)


@pytest.mark.parametrize("precise", [True, False])
def test_what_has_very_many_vectors_crowds_nothing_out(embedded: Catalogue, precise: bool) -> None:
    space = makers.space(embedded, bits=64)
    query = makers.vectors(1, seed=1)[0]
    # A book of 60 pages whose 1,200 sentences are all nearer than anything else, and 300 other works.
    near = [unit_rows(query + 0.2 * makers.vectors(20, seed=page)) for page in range(60)]
    book = work("book", *(text_part("x", vectors={space.id: each}) for each in near))
    others = [work(str(i), text_part("x", vectors={space.id: v})) for i, v in enumerate(makers.vectors(300, seed=2))]
    (stored, *_) = fill(embedded, [book, *others], space)
    snapshot = published(embedded)
    everything = snapshot.select(())
    found = find_vectors.find(snapshot, space, query, 200, everything, SOON, precise=precise)
    assert len(set(found.rows.tolist())) == 200
    assert set(snapshot.parts(found.rows[:60]).tolist()) == set(stored.part_ids)
    # Even where the book is an example, and not its own answer.
    without = replace(everything, without=snapshot.rows_of(stored.item_id))
    found = find_vectors.find(snapshot, space, query, 200, without, SOON, precise=precise)
    assert len(found.rows) == 200
    assert not set(snapshot.parts(found.rows).tolist()) & set(stored.part_ids)


def test_rows_without_a_vector_beside_one_with_several_are_left_out(embedded: Catalogue) -> None:
    space = makers.space(embedded, bits=64)
    given = makers.vectors(4)
    parts = [text_part("x"), text_part("x", vectors={space.id: given[:3]}), text_part("x"), text_part("x")]
    fill(embedded, [work("a", *parts, text_part("x", vectors={space.id: given[3:]}))], space)
    snapshot = published(embedded)
    found = find_vectors.rescore(snapshot, space, given[1], np.arange(5), 5)
    assert found.rows.tolist() == [1, 4]
    assert found.similarities[0] > 0.99


def test_where_a_row_has_many_vectors_the_nearest_tells_what_is_usual(embedded: Catalogue) -> None:
    space = makers.space(embedded, bits=64)
    works = [work(str(i), text_part("x", vectors={space.id: makers.vectors(15, seed=i)})) for i in range(300)]
    fill(embedded, works, space)
    snapshot = published(embedded)
    low = calibrate.measure(snapshot, space)["text-text"][0]
    queries = makers.vectors(40, seed=1_000)
    likeness = [find_vectors.rescore(snapshot, space, query, np.arange(300), 300).similarities for query in queries]
    assert 0.02 < float((np.concatenate(likeness) > low).mean()) < 0.1


def test_of_a_space_whose_encoder_tells_its_scales_nothing_is_measured(
    embedded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = makers.space(embedded, bits=64)
    fill(embedded, [work(str(i), text_part("x", vectors={space.id: makers.vectors(1)})) for i in range(20)], space)
    snapshot = published(embedded)
    monkeypatch.setattr(calibrate, "samples", lambda *_: pytest.fail("was measured"))
    scales = calibrate.measure(snapshot, space, told={"image>text": (0.5, 0.1)})
    assert scales["image-text"] == (0.5, 0.1)
    assert scales["text-text"] == scales["words-text"] == calibrate.NEVER


def test_a_passed_deadline_ends_the_query(catalogue: Catalogue, filled: dict[int, list[str]]) -> None:
    snapshot = published(catalogue)
    with pytest.raises(DeadlinePassed):
        find_words.find(snapshot, clauses("red"), 10, snapshot.select(()), Deadline.after(-1))


def _alive(segment: Segment) -> list[bool]:
    return [True] * segment.rows if segment.alive_rows is None else segment.alive_rows.tolist()


WORD = st.sampled_from(["red", "boat", "sea", "hill", "night", "红酒"])
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "remove", "publish"]), st.integers(0, 9), st.lists(WORD, max_size=5)
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(actions=ACTIONS, rows=st.sampled_from([1, 3, 8192]))
def test_the_index_agrees_with_a_dictionary_after_any_history(
    actions: list[tuple[str, int, list[str]]], rows: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import pinakes.index.documents as documents

    folder = tmp_path_factory.mktemp("history")
    truth: dict[int, list[str]] = {}
    numbers: dict[int, tuple[int, int]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents.batches, "__defaults__", (rows,))
        catalogue = Catalogue.open(folder, Settings(), create=True)
        index = LocalIndex(catalogue)
        for what, which, words in actions:
            if what == "put":
                (stored,) = fill(catalogue, [work(f"n{which}", text_part(" ".join(words), language="en"))])
                if which in numbers:
                    truth.pop(numbers[which][1], None)
                numbers[which] = (stored.item_id, stored.part_ids[0])
                truth[stored.part_ids[0]] = CUT.terms(" ".join(words) + f" n{which}", "en")
            elif what == "remove" and which in numbers:
                with catalogue.writing() as connection:
                    items.remove(connection, [numbers[which][0]])
                truth.pop(numbers.pop(which)[1])
            elif what == "publish":
                with catalogue.writer():
                    index.publish(finish=which % 2 == 0)
        snapshot = LocalIndex(catalogue).snapshot()
        alive = {
            int(part)
            for segment in snapshot.segments
            for part, there in zip(segment.parts, _alive(segment), strict=True)
            if there
        }
        assert alive == set(truth)
        where = {item: snapshot.parts(snapshot.rows_of(item)).tolist() for item, _ in numbers.values()}
        assert where == {item: [part] for item, part in numbers.values()}
        assert not len(snapshot.rows_of(max(where, default=0) + 1))
        for query in ("red", "boat sea", "红酒"):
            terms = [term for clause in clauses(query) for term in clause.words[0].terms[:1]]
            assert found_words(snapshot, query) == pytest.approx(naive.bm25(truth, terms), abs=1e-5)
        assert not LocalIndex(catalogue).check()
        catalogue.close()
