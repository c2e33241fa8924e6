"""BM25 against an independent implementation, on both catalogues, through updates, removals and many segments."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest

import pinakes.index.documents as documents
from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.index import find_words
from pinakes.index.local import LocalIndex
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.words import Clause
from pinakes.settings import Settings
from pinakes.words.analyse import analyser, query_words
from tests.makers import fill, text_part, work

SOON = Deadline.after(1e6)
CUT = analyser(Settings())
LANGUAGES = ("en", "zh")
CHINESE = ["一瓶红酒在桌上", "红色的小船", "港湾里停着一艘红色的小船"]


def some_texts(count: int, seed: int) -> list[str]:
    """English of few and many words, whose words are as unequal as a language's, and some Chinese."""
    random = np.random.default_rng(seed)
    stems = [a + b for a in ("har", "boa", "sea", "hil", "mar") for b in ("bour", "ting", "ted", "ly", "ness", "s")]
    odds = 1 / np.arange(1, len(stems) + 1)
    lengths = random.integers(1, 60, count)
    texts = [" ".join(random.choice(stems, length, p=odds / odds.sum()).tolist()) for length in lengths]
    return [f"{text} {CHINESE[place % 3]}" if place % 10 == 0 else text for place, text in enumerate(texts)]


def ours(snapshot: Snapshot, query: str) -> dict[int, float]:
    """Parts and their scores."""
    clauses = [Clause((word,)) for word in query_words(query, CUT, LANGUAGES)]
    hits = find_words.find(snapshot, clauses, 10_000, snapshot.select(()), SOON)
    return dict(zip(snapshot.parts(hits.rows).tolist(), hits.scores.tolist(), strict=True))


def theirs(truth: dict[int, list[str]], query: str) -> dict[int, float]:
    """The same by bm25s, from the terms of every part."""
    parts = list(truth)
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index([truth[part] for part in parts], show_progress=False)
    # A word of the query that no text has is none that bm25s can be asked for.
    known = {term for terms in truth.values() for term in terms}
    terms = [word.terms[0] for word in query_words(query, CUT, LANGUAGES) if word.terms[0] in known]
    scores = model.get_scores(terms) if terms else np.zeros(len(parts))
    return {part: float(score) for part, score in zip(parts, scores, strict=True) if score > 0}


QUERIES = ["boating", "seas harbour", "hilly hilly boats", "marness boated seating harbour", "红色 boats", "nowhere"]


def test_scores_equal_an_independent_implementation_to_the_second_decimal(catalogue: Catalogue) -> None:
    truth: dict[int, list[str]] = {}
    numbers: dict[int, int] = {}

    def put(which: range, seed: int) -> None:
        texts = some_texts(len(which), seed)
        stored = fill(
            catalogue,
            [work(f"n{n}", text_part(text, language="en")) for n, text in zip(which, texts, strict=True)],
        )
        for n, one, text in zip(which, stored, texts, strict=True):
            truth.pop(numbers.get(n, -1), None)
            numbers[n] = one.part_ids[0]
            truth[one.part_ids[0]] = CUT.terms(f"{text} n{n}", "en")
            found[n] = one.item_id

    found: dict[int, int] = {}
    index = LocalIndex(catalogue)
    with pytest.MonkeyPatch.context() as patch, catalogue.writer():
        patch.setattr(documents.batches, "__defaults__", (50,))
        put(range(200), 1)
        index.publish()
        assert len(index.snapshot().segments) >= 3
        agree(index.snapshot(), truth)
        # Some are replaced, some removed, some come anew: without merging, and with it.
        put(range(150, 260), 2)
        with catalogue.writing() as connection:
            items.remove(connection, [found[n] for n in range(0, 100, 3)])
        for n in range(0, 100, 3):
            truth.pop(numbers[n])
        index.publish()
        agree(index.snapshot(), truth)
        index.publish(finish=True)
        agree(index.snapshot(), truth)
        agree(index.rebuild(), truth)


def agree(snapshot: Snapshot, truth: dict[int, list[str]]) -> None:
    """Both find the same parts with the same scores."""
    for query in QUERIES:
        assert ours(snapshot, query) == pytest.approx(theirs(truth, query), abs=0.005), query
