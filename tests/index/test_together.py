"""Where all words of a query stand together: against the plain definition, through segments and fields."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import pinakes.index.documents as documents
from pinakes.catalogue.catalogue import Catalogue
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


def test_the_end_of_one_text_is_not_near_the_beginning_of_the_next(catalogue: Catalogue) -> None:
    index = LocalIndex(catalogue)
    with catalogue.writer():
        fill(catalogue, [work("one", text_part("lamp yellow yellow")), work("two", text_part("boat lamp"))])
        index.publish()
    assert not whole(index.snapshot(), "yellow boat")
    assert len(whole(index.snapshot(), "lamp boat")) == 1
