"""Where all words of a query stand together: against the plain definition, through segments, and beside metadata."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import pinakes.index.documents as documents
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import DeadlinePassed
from pinakes.index import find_words
from pinakes.index.local import LocalIndex
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.words import NEAR, Clause
from pinakes.settings import Settings
from pinakes.words.analyse import analyser, query_words
from tests.makers import fill, text_part, work

SOON = Deadline.after(1e6)
CUT = analyser(Settings())
WORDS = ("boat", "harbour", "lamp", "yellow")
LANGUAGES = ("en",)


def whole(snapshot: Snapshot, *terms: str) -> set[int]:
    """The parts in which all words of some terms stand together, by number."""
    clauses = [
        Clause((word,), term=number) for number, term in enumerate(terms) for word in query_words(term, CUT, LANGUAGES)
    ]
    hits = find_words.find(snapshot, clauses, 10_000, snapshot.select(()), SOON)
    return set(snapshot.parts(hits.rows[hits.whole]).tolist())


def stand_together(text: list[str], words: list[str]) -> bool:
    """Whether some choice of places, one of each word, lies within as many words as are near."""
    places = [[at for at, there in enumerate(text) if there == word] for word in words]
    return any(max(chosen) - min(chosen) < NEAR * len(words) for chosen in product(*places)) if all(places) else False


def test_words_of_a_term_stand_together_as_the_plain_definition_has_it(catalogue: Catalogue) -> None:
    random = np.random.default_rng(5)
    texts = []
    for _ in range(150):
        text = [f"w{n}" for n in range(int(random.integers(20, 90)))]
        for word in random.choice(WORDS, int(random.integers(2, 7))).tolist():
            text[int(random.integers(len(text)))] = word
        texts.append(text)
    index = LocalIndex(catalogue)
    with pytest.MonkeyPatch.context() as patch, catalogue.writer():
        patch.setattr(documents.batches, "__defaults__", (40,))
        stored = fill(catalogue, [work(f"n{n}", text_part(" ".join(text))) for n, text in enumerate(texts)])
        index.publish()
    parts = [one.part_ids[0] for one in stored]
    snapshot = index.snapshot()
    assert len(snapshot.segments) >= 3
    found = set()
    for words in (["yellow", "lamp"], ["harbour", "boat", "lamp"], list(WORDS)):
        expected = {part for part, text in zip(parts, texts, strict=True) if stand_together(text, words)}
        assert whole(snapshot, " ".join(words)) == expected
        found |= expected
        # Of terms of their own each may stand anywhere.
        anywhere = {part for part, text in zip(parts, texts, strict=True) if set(words) <= set(text)}
        assert whole(snapshot, *words) == anywhere > expected
    assert found
    pairs = {
        part
        for part, text in zip(parts, texts, strict=True)
        if stand_together(text, ["yellow", "lamp"]) and stand_together(text, ["boat", "harbour"])
    }
    assert whole(snapshot, "yellow lamp", "harbour boat") == pairs


FAR = " ".join(f"w{n}" for n in range(60))
# A text of which the lamp stands at the end, far from the harbour at the beginning.
NOTE = f"harbour {FAR} lamp"
TOLD = {"title": "A yellow boat", "creator": "Noor Castellane", "description": f"Snow {FAR}", "subjects": ["winter"]}


@pytest.mark.parametrize(
    ("query", "together"),
    [
        ("harbour lamp", False),
        # What an item is about is one place, and its text another.
        ("yellow boat", True),
        ("yellow winter snow", True),
        ("yellow lamp", False),
        # Whose it is holds of all of it.
        ("castellane boat winter", True),
        ("castellane lamp", True),
        ("noor castellane", True),
        ("castellane harbour lamp", False),
    ],
)
def test_what_is_told_of_an_item_stands_together_and_names_beside_everything(
    catalogue: Catalogue, query: str, together: bool
) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(
            catalogue, [work("note", text_part(NOTE, language="en"), fields=TOLD), work("other", text_part("w1 lamp"))]
        )
        index.publish()
    assert bool(whole(index.snapshot(), query)) == together


def test_a_field_that_no_item_has_any_longer_is_no_place(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        told = {"title": "Boat", "labels": ["harbour"], "creator": "Klee"}
        fill(catalogue, [work("one", text_part("red lamp", language="en"), fields=told)])
        fill(catalogue, [work("two", text_part("lamp", language="en"))])
        index.publish()
        fill(catalogue, [work("one", text_part("red lamp", language="en"), fields={"creator": "Klee"})])
        index.publish(finish=True)
    assert len(whole(index.snapshot(), "klee lamp")) == 1


def test_prefixes_and_phrases_stand_near_other_words(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work("one", text_part(f"a yellow lamp {FAR} red boats and harbours", language="en"))])
        index.publish()
    assert whole(index.snapshot(), "harb* boat")
    assert not whole(index.snapshot(), "harb* yell*")
    # A prefix that stands for many words, as all from w0 to w59 and as many more, is near to everything.
    with catalogue.writer():
        fill(catalogue, [work("two", text_part(" ".join(f"w{n}" for n in range(60, 120)), language="en"))])
        index.publish(finish=True)
    snapshot = index.snapshot()
    assert whole(snapshot, "w59* lamp") == set()
    assert whole(snapshot, "w* lamp") == whole(snapshot, "w59* boats") == whole(snapshot, "lamp") != set()
    assert not whole(snapshot, "w* lamp boats")


def test_a_word_that_is_written_often_costs_no_more_and_a_query_that_takes_too_long_is_given_up(
    catalogue: Catalogue,
) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work(f"n{n}", text_part("boat lamp " * 50, language="en")) for n in range(40)])
        index.publish()
    snapshot = index.snapshot()
    assert len(whole(snapshot, "boat " * 200 + "lamp")) == 40
    words = query_words("boat lamp", CUT, LANGUAGES)
    rows = np.arange(40)
    looked = []
    snapshot.segments[0].words().near([Clause((word,), term=0) for word in words], rows, lambda: looked.append(1))
    assert len(looked) == 4
    with pytest.raises(DeadlinePassed):
        find_words._together(
            snapshot, rows, np.ones(40, np.bool_), [Clause((word,), term=0) for word in words], Deadline.after(-1)
        )


def test_titles_are_looked_through_once_for_each_word_and_given_up_when_it_takes_too_long(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        works = [work(f"n{n}", text_part("boat lamp", language="en"), fields={"title": "Boat lamp"}) for n in range(3)]
        fill(catalogue, [*works, work("n3", text_part("boat lamp"), fields={"title": "A boat"})])
        index.publish()
    snapshot, rows = index.snapshot(), np.arange(4)
    looked: list[int] = []
    clauses = [Clause((word,), term=0) for word in query_words("boat lamp " * 100, CUT, LANGUAGES)]
    told = snapshot.segments[0].words().titled(clauses, clauses, rows, lambda: looked.append(1))
    assert told.tolist() == [True, True, True, False]
    assert len(looked) == 2
    with pytest.raises(DeadlinePassed):
        find_words._titled(snapshot, rows, np.ones(4, np.bool_), clauses, clauses, Deadline.after(-1))


@pytest.mark.parametrize(("phrase", "times", "rows"), [("boat lamp " * 50, 99, 3), ("lamp lamp boat " * 30, 1, 0)])
def test_a_long_phrase_can_be_given_up_and_one_that_stands_nowhere_ends_early(
    catalogue: Catalogue, phrase: str, times: int, rows: int
) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work(f"n{n}", text_part("boat lamp " * 60, language="en")) for n in range(3)])
        index.publish()
    looked: list[int] = []
    clause = Clause(tuple(query_words(phrase, CUT, LANGUAGES)))
    found = index.snapshot().segments[0].words().find(clause, lambda: looked.append(1))
    assert (len(found.rows), len(looked)) == (rows, times)


def test_the_end_of_one_text_is_not_near_the_beginning_of_the_next(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work("one", text_part("lamp yellow yellow")), work("two", text_part("boat lamp"))])
        index.publish()
    assert not whole(index.snapshot(), "yellow boat")
    assert len(whole(index.snapshot(), "lamp boat")) == 1


def test_a_short_text_stands_by_its_title_and_a_long_one_does_not(catalogue: Catalogue) -> None:
    short = "we took a boat by the sea"
    long = " ".join(["we took a boat by the sea", *(f"w{n}" for n in range(60))])
    stored = fill(
        catalogue,
        [work(f"{n}", text_part(text), fields={"title": "To Norway"}) for n, text in enumerate((short, long))],
    )
    assert whole(LocalIndex(catalogue).snapshot(), "boat sea norway") == {stored[0].part_ids[0]}
