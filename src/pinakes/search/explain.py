"""Explaining hits: which spaces found them, their shares, and the words that matched with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from functools import lru_cache
from itertools import compress
from math import isnan

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.encoders.sentences import spans
from pinakes.index.find_vectors import nearest_within
from pinakes.index.snapshot import Snapshot
from pinakes.index.words import TEXT, Clause
from pinakes.search.candidates import Candidates
from pinakes.search.encode import Asked
from pinakes.search.fuse import Fused
from pinakes.search.request import Options
from pinakes.search.rerank import Ranking
from pinakes.search.results import MatchedWord, SpaceReason
from pinakes.words.analyse import Analyser
from pinakes.words.segment import places
from pinakes.words.stems import fold, stem_all

_WORDS_SHOWN = 32
_SNIPPET = 200
# A word that is cut off by no more than this is left out of a snippet instead.
_LONG_WORD = 24
# Texts that are cut into words once for many queries, and how long they are at most.
_REMEMBERED, _SHORT = 16_384, 120
_GAP = re.compile(r"\s+")


def reasons(found: Candidates, fused: Fused, at: NDArray[np.int64]) -> Iterator[tuple[SpaceReason, ...]]:
    """Which lists found the candidates at some places, and the share of each in it."""
    totals = fused.shares[:, at].sum(axis=0).tolist()
    told = [
        zip(
            one.rank[at].tolist(),
            one.raw[at].tolist(),
            np.nan_to_num(one.score[at]).tolist(),
            fused.shares[number, at].tolist(),
            strict=True,
        )
        for number, one in enumerate(found.lists)
    ]
    names = [one.space for one in found.lists]
    for total, *of_lists in zip(totals, *told, strict=True):
        given = [
            SpaceReason(space, rank, raw, score, share / total if total else 0.0)
            for space, (rank, raw, score, share) in zip(names, of_lists, strict=True)
            if rank or not isnan(raw)
        ]
        # Equal shares by name: the order of spaces depends on which file was decoded first.
        given.sort(key=lambda reason: (-reason.share, reason.space))
        yield tuple(given)


def unlikely(found: Candidates, ranking: Ranking, options: Options) -> Iterator[str]:
    """Where nothing is shown, what was near but too unlikely to be right."""
    if len(ranking) or not options.min_score:
        return
    near = [one for one in found.lists if one.vectors and one.rank.any()]
    if near:
        best = max(float(np.nan_to_num(one.score).max()) for one in near)
        names = ", ".join(one.space for one in near)
        yield (
            f"What lies nearest in {names} is too unlikely to be right: its score is {best:.2f}, and min_score "
            f"{options.min_score:g}."
        )


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words of a query in the text of a hit."""

    analyser: Analyser
    clauses: tuple[Clause, ...]
    _asked: dict[str, tuple[frozenset[str], tuple[str, ...]]] = made_by(default_factory=dict, compare=False)

    def matched(self, item: ItemEntry, part: PartEntry, *, leading: bool) -> tuple[MatchedWord, ...]:
        """The matched words of a part, and of its item's metadata if it leads it."""
        found: list[MatchedWord] = []
        told = part.language or item.language
        for field, text in _texts(item, part, leading=leading):
            terms, prefixes = self._asked_of(field)
            if not text or not (terms or prefixes):
                continue
            # What a field says of one hit it says of many, and of those of the next query.
            spelled, stems = (_short if len(text) <= _SHORT else _cut)(self.analyser, text, told)
            # Most texts of a hit have none of the words: that is found out first.
            if prefixes or not terms.isdisjoint(stems):
                matched = [
                    term in terms or bool(prefixes and (form.startswith(prefixes) or fold(form).startswith(prefixes)))
                    for term, form in zip(stems, spelled, strict=True)
                ]
                found += self._marked(field, text, matched)
                if len(found) >= _WORDS_SHOWN:
                    break
        return tuple(found[:_WORDS_SHOWN])

    def _marked(self, field: str, text: str, matched: Sequence[bool]) -> Iterator[MatchedWord]:
        """Those words of a text that match, with their places: where they stand costs more to find out."""
        if any(matched):
            for start, end in compress(places(text, self.analyser.segmenter), matched):
                yield MatchedWord(text[start:end], field, start, end)

    def _asked_of(self, field: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """The terms, and the beginnings of words, that are asked of a field; found out once for all hits."""
        if field not in self._asked:
            asked = [word for one in self.clauses if not one.field or one.field == field for word in one.words]
            self._asked[field] = (
                frozenset(term for word in asked if not word.prefix for term in word.terms),
                tuple(term for word in asked if word.prefix for term in word.terms),
            )
        return self._asked[field]


def _cut(analyser: Analyser, text: str, told: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a text, and their stems."""
    spelled = analyser.forms(text)
    return tuple(spelled), tuple(stem_all(spelled, analyser.language_of(text, told)))


# That of short texts, the last of which are remembered.
_short = lru_cache(_REMEMBERED)(_cut)


def _texts(item: ItemEntry, part: PartEntry, *, leading: bool) -> Iterator[tuple[str, str]]:
    yield TEXT, part.text
    if leading:
        if "title" not in item.fields:
            yield "title", item.title
        for name, values in item.fields.items():
            for value in values:
                yield name, value


def nearest_sentences(snapshot: Snapshot, near: Sequence[Asked], rows: NDArray[np.int64]) -> dict[int, int]:
    """For rows of several vectors which of them is nearest to what was asked, as the first space with such says."""
    found: dict[int, int] = {}
    for asked in near:
        found = nearest_within(snapshot, asked.space, asked.vector, rows) | found
    return found


def snippet(item: ItemEntry, part: PartEntry, matched: Sequence[MatchedWord], nearest: int = 0) -> str:
    """A stretch of the part's text around the first matched word, or what else says what it is.

    Where no word matched it begins with the sentence whose vector, counted after that of the whole, is `nearest`.
    """
    first = next((word.start for word in matched if word.field == TEXT), -1)
    if first < 0:
        first = _start_of(part.text, nearest) if nearest else 0
    described = next((value for value in item.fields.get("description", ())), "")
    return _stretch(part.text, first) if part.text else _stretch(described, 0)


def _start_of(text: str, number: int) -> int:
    """Where a sentence begins, counted from 1; 0 where the text has not so many."""
    found = spans(text)
    return found[number - 1][0] if number <= len(found) else 0


def _stretch(text: str, first: int) -> str:
    """Some of a text around a place in it, from the beginning of a word to the end of one where words have spaces."""
    start, end = max(0, first - _SNIPPET // 4), len(text)
    if start and (gap := _GAP.search(text, start, min(first, start + _LONG_WORD))):
        start = gap.end()
    if start + _SNIPPET < len(text):
        end = start + _SNIPPET
        gaps = list(_GAP.finditer(text, end - _LONG_WORD, end))
        end = gaps[-1].start() if gaps else end
    before, after = "\u2026" if start else "", "\u2026" if end < len(text) else ""
    return before + " ".join(text[start:end].split()) + after
