"""Measuring the search of a library: by labels, captions, judgements and clicks, against plain definitions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from pinakes.catalogue import clicks
from pinakes.encoders.base import unit_rows
from pinakes.errors import BadInput, NoContent, NotFound, PinakesError, UnknownName, UsageError
from pinakes.evaluate import figures, holding, protocols
from pinakes.evaluate.result import Evaluation, Figure
from pinakes.evaluate.ways import Answers, Way
from pinakes.library import Library
from pinakes.library.holding import holdings
from pinakes.metrics.names import parse_all
from pinakes.search.request import Options
from pinakes.types import Floats
from tests.evaluate.shelves import KINDS, captioned, clustered, pictures
from tests.makers import DIM, vectors

MANY = 96


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Pictures of four kinds, of which one in twelve has no label."""
    labels = [() if number % 12 == 11 else (KINDS[number % len(KINDS)],) for number in range(MANY)]
    with pictures(tmp_path_factory.mktemp("shelf") / "library", clustered(MANY), labels) as library:
        yield library


def average_precisions(given: Floats) -> list[float]:
    """The definition, written out: each work asks for those of its own kind among those that have one."""
    there = [number for number in range(MANY) if number % 12 != 11]
    values = []
    for query in there:
        order = sorted((n for n in there if n != query), key=lambda n: -float(given[query] @ given[n]))
        right = [n % len(KINDS) == query % len(KINDS) for n in order]
        values.append(
            sum(sum(right[:rank]) / rank for rank in range(1, len(right) + 1) if right[rank - 1]) / sum(right)
        )
    return values


def test_average_precision_by_labels_is_that_of_the_definition(shelf: Library) -> None:
    told = shelf.evaluate(metrics="map", modes=["precise"], sample=0)
    (scope,) = told.scopes
    assert dict(scope.names) == {"from": "image", "to": "image", "space": "toy", "mode": "precise"}
    assert scope.figures[0].queries == MANY - MANY // 12
    # Stored vectors are half as long as those that the definition was given.
    assert scope.scores["map"] == pytest.approx(average_precisions(clustered(MANY)), abs=0.02)
    assert scope.figures[0].low < scope.figures[0].value < scope.figures[0].high


def test_codes_alone_are_measured_beside_full_vectors(shelf: Library) -> None:
    quick, precise = shelf.evaluate(metrics="map", sample=0).scopes
    assert (quick.names["mode"], precise.names["mode"]) == ("quick", "precise")
    assert precise.figure("map").chance < quick.figure("map").value < precise.figure("map").value


def test_the_same_seed_gives_the_same_figures_and_another_sample_others(shelf: Library) -> None:
    def measured(seed: int) -> Evaluation:
        return shelf.evaluate(metrics="map", modes=["precise"], sample=30, seed=seed)

    first, again, other = measured(1), measured(1), measured(2)
    assert first.as_dict()["scopes"] == again.as_dict()["scopes"]
    assert first.scopes[0].queries != other.scopes[0].queries
    assert Evaluation.from_dict(json.loads(json.dumps(first.as_dict()))).as_dict() == first.as_dict()


@pytest.mark.reliability
def test_shuffled_labels_reach_no_more_than_chance(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """H7."""
    held = holdings(shelf._catalogue, shelf._index, shelf._encoders)
    with shelf._catalogue.reading() as connection:
        true = holding.values_of(connection, "labels")
        (task,) = protocols.by_labels(connection, "labels", 0, 1).tasks
    answers = Answers(task, held, Options(min_score=0.0), 1_000).of(Way("precise", "reciprocal"))

    def measured(labels: Mapping[int, Sequence[str]]) -> Figure:
        monkeypatch.setattr(holding, "values_of", lambda connection, name: labels)
        with shelf._catalogue.reading() as connection:
            (asked,) = protocols.by_labels(connection, "labels", 0, 1).tasks
        # The order does not depend on labels, so that one pass of searching is enough.
        assert [case.query for case in asked.cases] == [case.query for case in task.cases]
        return figures.scope({}, asked.cases, answers, parse_all("map"), 1_000, 1).figures[0]

    beyond = []
    for seed in range(40):
        order = np.random.default_rng(seed).permutation(len(true))
        figure = measured(dict(zip(true, [list(true.values())[number] for number in order], strict=True)))
        beyond.append(figure.value - figure.chance)
    sigma = float(np.std(beyond[1:], ddof=1))
    assert abs(beyond[0]) < 3 * sigma
    assert abs(float(np.mean(beyond))) < 3 * sigma / np.sqrt(len(beyond))
    figure = measured(true)
    assert figure.value - figure.chance > 10 * sigma


def test_a_work_that_stands_in_the_library_twice_is_named(tmp_path: Path) -> None:
    from sqlalchemy import update

    from pinakes.catalogue.schema import files

    with pictures(tmp_path / "library", clustered(8), [(KINDS[n % 4],) for n in range(8)]) as library:
        assert not any("byte for byte" in note for note in library.evaluate().notes)
        with library._catalogue.writing() as connection:
            connection.execute(update(files).where(files.c.item_id.in_([1, 5])).values(sha256="the same"))
        assert "2 of 8 works" in next(note for note in library.evaluate().notes if "byte for byte" in note)


@pytest.fixture
def paired(tmp_path: Path) -> Iterator[Library]:
    """Works whose pictures and texts lie near each other, but for the last two, which are swapped."""
    images = vectors(20, seed=5)
    near = unit_rows(images + 0.02 * np.random.default_rng(1).standard_normal((20, DIM)).astype(np.float32))
    texts = np.concatenate([near[:18], near[[19, 18]]])
    captions = [f"a {KINDS[n % 4]} of number {n}" for n in range(20)]
    with captioned(tmp_path / "library", images, texts, captions) as library:
        yield library


def test_a_picture_asks_for_its_caption(paired: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Known:
        description = __import__("tests.makers", fromlist=["description"]).description()

        def encode(self, modality: str, batch: list[str]) -> Floats:
            images = vectors(20, seed=5)
            numbers = [int(text.split()[-1]) for text in batch]
            return images[[{18: 19, 19: 18}.get(number, number) for number in numbers]]

    monkeypatch.setattr(paired._encoders, "of_space", lambda space: Known())
    told = paired.evaluate(by="captions", modes=["precise"])
    by_ends = {(scope.names["from"], scope.names["to"]): scope for scope in told.scopes}
    for ends in (("image", "text"), ("text", "image")):
        scope = by_ends[ends]
        assert scope.figure("hit@1").value == pytest.approx(0.9)
        assert scope.figure("hit@1").chance == pytest.approx(1 / 20)
        # The captions of the two that are swapped differ in two of five words.
        assert scope.figure("rouge-1").value == pytest.approx((18 + 2 * 3 / 5) / 20)
        assert scope.figure("rouge-1").chance < scope.figure("rouge-1").value
        assert "words" not in scope.names.values()


def test_a_library_without_what_is_asked_for_says_what_to_do(shelf: Library, tmp_path: Path) -> None:
    wrong: list[tuple[dict[str, object], type[PinakesError], str]] = [
        ({"label": "subjects"}, NoContent, "subjects"),
        ({"by": "captions"}, NoContent, "both a text and a picture"),
        ({"by": "clicks"}, NoContent, "opened anything"),
        ({"by": "guesses"}, UnknownName, "guesses"),
        ({"spaces": ["colour"]}, UnknownName, "colour"),
        ({"fusions": ["mixing"]}, UnknownName, "mixing"),
        ({"modes": ["slow"]}, UnknownName, "slow"),
        ({"modes": []}, UsageError, "one mode"),
        ({"metrics": "p@radius=2"}, UsageError, "codes alone"),
        ({"metrics": "goodness"}, UnknownName, "goodness"),
        ({"queries": tmp_path / "nowhere"}, NotFound, "nowhere"),
    ]
    for how, kind, told in wrong:
        with pytest.raises(kind, match=told) as caught:
            shelf.evaluate(**how)
        assert caught.value.hint


Folder = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of questions and judgements."""

    def made(queries: str, qrels: str) -> Path:
        place = tmp_path / "judged"
        place.mkdir(exist_ok=True)
        (place / "queries.jsonl").write_text(queries, encoding="utf-8")
        (place / "qrels.tsv").write_text(qrels, encoding="utf-8")
        return place

    return made


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Four texts, two of them about boats."""
    place = tmp_path_factory.mktemp("texts")
    media = place / "media"
    media.mkdir()
    for name, text in (("a", "a red boat"), ("b", "a boat and a boat"), ("c", "a house"), ("d", "bells: ring")):
        (media / f"{name}.txt").write_text(text)
        (media / f"{name}.txt.json").write_text(json.dumps({"identifier": f"id-{name}"}))
    with Library.open(place / "library", create=True) as library:
        library.add(media)
        yield library


@pytest.mark.parametrize("way", ["{}.txt", "media/{}.txt", "id-{}"])
def test_judged_documents_are_found_by_path_and_by_identifier(texts: Library, folder: Folder, way: str) -> None:
    lines = [("q1", "a", 2), ("q1", "b", 1), ("q2", "c", 1)]
    qrels = "".join(f"{query} 0 {way.format(name)} {grade}\n" for query, name, grade in lines)
    place = folder('{"id": "q1", "text": "red boat"}\n{"id": "q2", "text": "house"}\n', qrels)
    told = texts.evaluate(queries=place, metrics="ndcg,map", modes=["precise"])
    assert told.kind == "judgements"
    assert told.scopes[0].figure("ndcg").value == pytest.approx(1)
    assert told.scopes[0].figure("map").value == pytest.approx(1)
    assert told.scopes[0].queries == ("q1", "q2")


def test_documents_that_are_not_here_count_as_not_found(texts: Library, folder: Folder) -> None:
    place = folder('{"id": "q1", "text": "boat"}\n', "q1 0 a.txt 1\nq1 0 b.txt 1\nq1 0 lost.txt 1\n")
    told = texts.evaluate(queries=place, metrics="r@10", modes=["precise"])
    assert told.scopes[0].figure("r@10").value == pytest.approx(2 / 3)
    assert any("1 of 3 judged documents" in note and "lost.txt" in note for note in told.notes)


def test_questions_of_beir_are_plain_text(texts: Library, tmp_path: Path) -> None:
    place = tmp_path / "beir"
    (place / "qrels").mkdir(parents=True)
    (place / "queries.jsonl").write_text('{"_id": "1", "text": "bells: - \\"ring"}\n{"_id": "2", "text": "boat?"}\n')
    (place / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tid-d\t1\n2\tid-a\t1\n")
    told = texts.evaluate(queries=place, metrics="hit@2", modes=["precise"])
    assert told.scopes[0].figure("hit@2").value == 1


def test_media_that_questions_name_are_left_out_of_their_own_answer(texts: Library, folder: Folder) -> None:
    place = folder('{"id": "q", "text": "a.txt"}\n', "q 0 b.txt 1\nq 0 a.txt 1\n")
    (scope,) = texts.evaluate(queries=place, metrics="mrr,r@5", modes=["precise"], spaces=["words"]).scopes
    assert scope.names["from"] == "text"
    assert [scope.figure(name).value for name in ("mrr", "r@5")] == [1, 1]


@pytest.mark.parametrize(
    ("queries", "qrels", "told"),
    [
        ('{"id": "q1", "text": "boat"}\n', "", "holds no judgement"),
        ('{"id": "q1", "text": "boat"}\n', "q1 0 a.txt 0\n", "No question has a relevant document"),
        ('{"id": "q1", "text": "boat"}\n', "q2 0 a.txt 1\n", "No question has a relevant document"),
        ('{"id": "q1", "text": "boat"}\n', "q1 0 elsewhere.txt 1\n", "None of the 1 judged documents"),
        ('{"id": "q1", "text": "boat"}\n', "q1 0 a.txt 1\nq1 0 a.txt 1\n", "second time"),
        ('{"id": "q1", "text": "boat"}\n', "q1 0 a.txt nan\n", "nan where a whole number"),
        ("", "q1 0 a.txt 1\n", "holds no question"),
        ("boat\n", "q1 0 a.txt 1\n", "line 1 is no JSON"),
        ('["q1"]\n', "q1 0 a.txt 1\n", "line 1 holds no object"),
        ('{"id": "q1"}\n', "q1 0 a.txt 1\n", "line 1 has no id or no text"),
        ('{"id": "q1", "text": "a"}\n{"id": "q1", "text": "b"}\n', "q1 0 a.txt 1\n", "line 2 has the id q1"),
        ('{"id": "q1", "text": "boat", "modality": "smell"}\n', "q1 0 a.txt 1\n", "modality smell"),
        ('{"id": "q1", "text": "\\"boat"}\n', "q1 0 a.txt 1\n", "Question q1 can not be read"),
    ],
)
def test_questions_and_judgements_that_can_not_be_used_are_refused(
    texts: Library, folder: Folder, queries: str, qrels: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told) as caught:
        texts.evaluate(queries=folder(queries, qrels))
    assert caught.value.hint


def test_questions_without_judgements_do_not_count(texts: Library, folder: Folder) -> None:
    place = folder('{"id": "q1", "text": "boat"}\n{"id": "q2", "text": "house"}\n', "q1 0 a.txt 1\n")
    told = texts.evaluate(queries=place, metrics="map")
    assert told.scopes[0].queries == ("q1",)
    assert "1 questions have no relevant document and do not count." in told.notes


def test_what_was_opened_after_a_search_counts_as_relevant(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for name, text in (("a", "a red boat"), ("b", "a blue boat"), ("c", "a house")):
        (media / f"{name}.txt").write_text(text)
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(media)
        house = library.search("house")[0].item
        red = library.search("red")[0].item
        with library._catalogue.writing() as connection:
            for query, item in (("house", house), ("boat - red", red), ('"unclosed', red)):
                search = clicks.record_search(connection, query)
                clicks.record_click(connection, search, item)
            clicks.record_search(connection, "nothing was opened")
        told = library.evaluate(by="clicks", metrics="mrr", modes=["precise"])
        # The second search leaves out the very work that was opened after it.
        assert told.scopes[0].figure("mrr").value == pytest.approx(0.5)
        assert sorted(told.scopes[0].queries) == ["boat - red", "house"]
        assert any("1 searches can not be made again" in note for note in told.notes)
