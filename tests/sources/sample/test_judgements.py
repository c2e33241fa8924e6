"""Queries and judgements: they name works that exist, and the grades are those that a reader would give."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from pinakes.sources.sample.judgements import Query, as_lines, grade, judged
from pinakes.sources.sample.library import SampleLibrary
from pinakes.sources.sample.scene import Scene, Thing
from pinakes.sources.sample.work import Work

BOAT = Thing("boat", "red", 0.5, 0.7, 0.5)
HARBOUR = Scene((BOAT,), "harbour", "night", "snow")


def work(scene: Scene, **fields: object) -> Work:
    """A plate of a scene."""
    plain = Work("plates/a.jpg", "A", "image", scene.labels, {"en": "", "zh": ""}, (scene,))
    return replace(plain, **fields)  # type: ignore[arg-type]


def asked(**wanted: object) -> Query:
    """A query for these things."""
    return Query("?", "en", "word", **wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (asked(things=(("boat", "red"),)), 2),
        (asked(things=(("boat", None),)), 2),
        (asked(things=(("boat", "blue"),)), 1),
        (asked(things=(("boat", None),), place="sea"), 1),
        (asked(things=(("boat", None),), place="harbour"), 2),
        (asked(things=(("boat", None),), time="night", weather="snow"), 2),
        (asked(things=(("boat", None),), time="day"), 1),
        (asked(things=(("cat", None),)), 0),
        (asked(things=(("boat", None), ("cat", None))), 1),
        (asked(things=(("house", None),)), 1),
        (asked(things=(("house", "red"),)), 0),
        (asked(time="night", weather="snow"), 2),
        (asked(time="day", weather="snow"), 1),
        (asked(modality="audio", things=(("boat", None),)), 0),
        (asked(modality="image", things=(("boat", None),)), 2),
        (asked(sound="bell"), 0),
    ],
)
def test_a_plate_gets_the_grade_that_a_reader_would_give(query: Query, expected: int) -> None:
    assert grade(query, work(HARBOUR)) == expected


def test_a_sound_answers_for_its_thing_but_not_for_its_colour() -> None:
    bell = Work("sounds/a.wav", "A", "audio", ("bell", "town"), {"en": "", "zh": ""}, sounds=("bell",))
    assert grade(asked(things=(("bell", None),)), bell) == 2
    assert grade(asked(things=(("bell", "red"),)), bell) == 1
    assert grade(asked(sound="bell", modality="audio"), bell) == 2
    assert grade(asked(sound="drum", modality="audio"), bell) == 0


def test_a_film_and_a_book_answer_in_all_their_modalities() -> None:
    film = work(HARBOUR, path="films/a.mp4", modality="film", sounds=("waves",))
    book = work(HARBOUR, path="books/a.pdf", modality="text")
    boat = (("boat", None),)
    assert grade(asked(things=boat, modality="image"), film) == grade(asked(things=boat, modality="image"), book) == 2
    assert grade(asked(sound="waves", modality="audio"), film) == 2
    assert grade(asked(things=boat, modality="audio"), book) == 0


def test_an_empty_file_answers_nothing() -> None:
    assert grade(asked(things=(("boat", None),)), work(HARBOUR, difficulty="empty")) == 0


def test_judgements_name_works_that_exist(sample: SampleLibrary) -> None:
    paths = {work.path for work in sample.works}
    rows = [line.split("\t") for line in (sample.judgements / "qrels.tsv").read_text(encoding="utf-8").splitlines()]
    assert rows
    queries = [
        json.loads(line) for line in (sample.judgements / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    names = {query["id"] for query in queries}
    for name, zero, path, value in rows:
        assert name in names
        assert zero == "0"
        assert path in paths
        assert value in ("1", "2")
    assert {name for name, _, _, value in rows if value == "2"} == names


def test_queries_are_of_many_kinds_and_none_is_asked_twice(sample: SampleLibrary) -> None:
    chosen = judged(sample.works, 1)
    assert 30 <= len(chosen) <= 95
    kinds = Counter(query.kind for query, _ in chosen)
    assert {"word", "attribute", "place", "cross-modal", "chinese", "picture"} <= set(kinds)
    assert len({(query.text, query.modality, query.kind) for query, _ in chosen}) == len(chosen)
    assert {query.language for query, _ in chosen} == {"en", "zh"}


def test_a_query_by_example_does_not_count_the_example(sample: SampleLibrary) -> None:
    for query, found in judged(sample.works, 1):
        if query.kind.startswith("picture"):
            assert query.text.split(" + ")[0] not in found


def test_the_lines_are_sorted_by_grade_and_parse(sample: SampleLibrary) -> None:
    queries, qrels = as_lines(judged(sample.works, 1))
    assert json.loads(queries.splitlines()[0])["id"] == "q001"
    grades: dict[str, list[int]] = {}
    for line in qrels.splitlines():
        name, _, _, value = line.split("\t")
        grades.setdefault(name, []).append(int(value))
    assert all(values == sorted(values, reverse=True) for values in grades.values())


def test_the_same_works_and_seed_give_the_same_judgements(sample: SampleLibrary) -> None:
    assert as_lines(judged(sample.works, 1)) == as_lines(judged(sample.works, 1))
