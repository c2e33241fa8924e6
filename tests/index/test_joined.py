"""Words in pieces and in one: where each stands in the index, against the plain definition, and what is found."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.index import find_words
from pinakes.index.inverted import Inverted
from pinakes.index.local import LocalIndex
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.words import Clause
from pinakes.index.words_build import LAST_POSITION
from pinakes.settings import Settings
from pinakes.words.analyse import analyser, query_words
from pinakes.words.stems import stem_all
from tests.index.naive import bm25
from tests.makers import fill, text_part, work

SOON = Deadline.after(1e6)
CUT = analyser(Settings())
PIECES = ["e-mail", "email", "co-operate", "a-a-a", "run-ning", "U.S.A.", "O'Brien", "C++", "x-ray-like", "boat", "sea"]


def indexed(catalogue: Catalogue, *texts: str) -> Snapshot:
    """An index of English texts, a work each."""
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work(f"n{n}", text_part(text, language="en")) for n, text in enumerate(texts)])
        index.publish()
    return index.snapshot()


def rows(snapshot: Snapshot, query: str, *, phrase: bool = False, field: str = "") -> set[int]:
    """The texts in which all words of a query stand, by their numbers."""
    words = query_words(query, CUT, ["en"])
    clauses = [Clause(tuple(words), field)] if phrase else [Clause((word,), field) for word in words]
    return set(snapshot.segments[0].words().find_all(clauses).tolist())


def test_every_term_stands_where_the_plain_definition_has_it(catalogue: Catalogue) -> None:
    random = np.random.default_rng(3)
    texts = [" ".join(random.choice(PIECES, int(random.integers(1, 30))).tolist()) for _ in range(40)]
    snapshot = indexed(catalogue, *texts)
    expected: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for row, text in enumerate(texts):
        words, joined = CUT.cut(text)
        for place, term in enumerate(stem_all(words, "en")):
            expected[term].add((row, place))
        for one in joined:
            expected[stem_all([one.form], "en")[0]] |= {(row, one.first), (row, one.last)}
    terms = Inverted(snapshot.segments[0].packs["words"], "terms")
    for term, places in expected.items():
        of_row, at = terms.positions(terms.keys.find(term.encode()))
        assert list(zip(of_row.tolist(), at.tolist(), strict=True)) == sorted(places), term
    assert snapshot.segments[0].words().lengths.tolist() == [len(CUT.forms(text)) + 1 for text in texts]


def test_a_word_weighs_by_where_it_stands_and_a_text_by_its_words_as_they_are_written(catalogue: Catalogue) -> None:
    texts = ["email for the boat", "an e-mail and a second e-mail on the sea", "a sea of mail"]
    snapshot = indexed(catalogue, *texts)
    hits = find_words.find(snapshot, [Clause((query_words("email", CUT, ["en"])[0],))], 9, snapshot.select(()), SOON)
    # Both of its parts say it, and no text is longer for that.
    said = {row: [*CUT.terms(f"{text} n{row}", "en")] for row, text in enumerate(texts)}
    twice = [term if term not in ("e", "mail") else "email" for term in said[1]]
    naive = bm25({**said, 1: twice}, ["email"])
    assert dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True)) == pytest.approx(naive, rel=1e-5)


TEXTS = [
    "send an e-mail address to Conor O'Brien",
    "send an email address to Conor OBrien",
    "the co-operative movement of the U.S.A.",
    "the cooperative movement of the USA",
    "written in C++ or C#",
    "written in C by him",
    "the Qur\u02bc\u0101n and Rossii\ufe20a\ufe21",
    "the Quran and Rossiia",
    "soft\u00adware",
    "software",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email", {0, 1}),
        ("e-mail", {0, 1}),
        ("E\u2011Mails", {0, 1}),
        ("mail", {0}),
        ("emai*", {0, 1}),
        ("OBrien", {0, 1}),
        ("o\u2019brien", {0, 1}),
        ("brien", {0}),
        ("cooperative", {2, 3}),
        ("co-operative", {2, 3}),
        ("usa", {2, 3}),
        ("U.S.A.", {2, 3}),
        ("C++", {4}),
        ("c#", {4}),
        ("C", {4, 5}),
        ("Quran", {6, 7}),
        ("qur'an", {6, 7}),
        ("rossii\u0361a", {6, 7}),
        ("software", {8, 9}),
        ("soft\u00adware", {8, 9}),
    ],
)
def test_pieces_and_the_whole_find_each_other(catalogue: Catalogue, query: str, found: set[int]) -> None:
    assert rows(indexed(catalogue, *TEXTS), query) == found


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("email address", {0, 1}),
        ("an email", {0, 1}),
        ("an e-mail address", {0}),
        ("conor obrien", {0, 1}),
        ("cooperative movement", {2, 3}),
        ("the co-operative movement", {2}),
        ("the usa", {2, 3}),
    ],
)
def test_a_phrase_goes_on_before_and_behind_what_is_in_pieces(
    catalogue: Catalogue, phrase: str, found: set[int]
) -> None:
    assert rows(indexed(catalogue, *TEXTS), phrase, phrase=True) == found


def test_the_end_of_a_very_long_text_joins_nothing_that_is_cut_off(catalogue: Catalogue) -> None:
    snapshot = indexed(catalogue, "sea " * (LAST_POSITION - 1) + "e-mail")
    assert rows(snapshot, "email") == set()
    assert rows(snapshot, "e") == {0}


def test_the_names_of_files_are_written_in_pieces_too(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work("an e-mail.txt", text_part("boat")), work("a mail.txt", text_part("boat"))])
        index.publish()
    assert rows(index.snapshot(), "email", field="path") == {0}
