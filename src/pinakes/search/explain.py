"""Explaining hits: which spaces found them, their shares, and the words that matched with their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from dataclasses import field as made_by
from functools import lru_cache
from math import isnan

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.encoders.sentences import spans
from pinakes.index.documents import PATH
from pinakes.index.filters import Filter, in_words
from pinakes.index.find_vectors import nearest_within
from pinakes.index.snapshot import Snapshot
from pinakes.index.words import TEXT, Clause
from pinakes.search.candidates import Candidates
from pinakes.search.encode import Asked
from pinakes.search.fuse import Fused
from pinakes.search.request import Options
from pinakes.search.rerank import Ranking, least_without_words
from pinakes.search.results import MatchedWord, SpaceReason
from pinakes.words.analyse import Analyser, QueryWord
from pinakes.words.joined import Joined
from pinakes.words.segment import places, shortened
from pinakes.words.stems import fold, stem_all

_WORDS_SHOWN = 32
_SNIPPET = 200
# A word that is cut off by no more than this is left out of a snippet instead.
_LONG_WORD = 24
# So many characters of a snippet are sure to be shown behind the word that it is around.
_TOGETHER = _SNIPPET - _SNIPPET // 4 - _LONG_WORD
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


def unmet(snapshot: Snapshot, conditions: Sequence[Filter], ranking: Ranking) -> Iterator[str]:
    """Where nothing is shown though there is something, the filters that nothing meets."""
    for condition in () if len(ranking) or not snapshot.alive_rows else conditions:
        if not any(mask is None or mask.any() for mask in snapshot.select((condition,)).masks):
            yield f"No item of this library meets {in_words((condition,))}."


def unlikely(found: Candidates, ranking: Ranking, options: Options) -> Iterator[str]:
    """Where nothing is shown, what was near but too unlikely to be right."""
    if len(ranking) or not options.min_score:
        return
    near = [one for one in found.lists if one.vectors and one.rank.any()]
    if near:
        best = max(float(np.nan_to_num(one.score).max()) for one in near)
        names = ", ".join(one.space for one in near)
        wordless = least_without_words(options.min_score)
        said = f", of a text without a word of the query {wordless:.2g}" if best >= options.min_score else ""
        yield (
            f"What lies nearest in {names} is too unlikely to be right: its score is {best:.2f}, and min_score "
            f"{options.min_score:g}{said}."
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a field: words and phrases with their numbers, and the terms and beginnings of all of them."""

    clauses: tuple[tuple[int, Clause], ...]
    terms: frozenset[str]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a text and their stems, those that are one word together, and the stems of these."""

    spelled: tuple[str, ...]
    stems: tuple[str, ...]
    joined: tuple[Joined, ...]
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words and phrases of a query in the text of a hit; little words only where no others are meant."""

    analyser: Analyser
    clauses: tuple[Clause, ...]
    # The languages whose little words are such; None: all.
    spoken: Set[str] | None = None
    _asked: dict[str, _Asked] = made_by(default_factory=dict, compare=False)

    @classmethod
    def of(cls, snapshot: Snapshot, analyser: Analyser, clauses: Sequence[Clause]) -> Marker:
        """What marks clauses that were looked up in a library."""
        return cls(analyser, tuple(clauses), snapshot.spoken(" ".join(clause.text for clause in clauses)))

    def matched(self, item: ItemEntry, part: PartEntry, *, leading: bool) -> tuple[MatchedWord, ...]:
        """The matched words of a part, and of its item's metadata if it leads it."""
        found: list[MatchedWord] = []
        told = part.language or item.language
        for field, text in _texts(item, part, leading=leading):
            found += self._matching(field, text, told)
        # Of a path that is told which stands nowhere else, and most hits have all of it there.
        elsewhere = {word.asked for word in found if word.field != PATH}
        if leading and any(number not in elsewhere for number, _ in self._asked_of(PATH).clauses):
            for path in item.paths:
                found += self._matching(PATH, path, told)
        return _most_telling([word for word in found if word.field != PATH or word.asked not in elsewhere])

    def _matching(self, field: str, text: str, told: str) -> Iterator[MatchedWord]:
        """What matches in the text of a field."""
        asked = self._asked_of(field)
        if not text or not asked.clauses:
            return
        # What a field says of one hit it says of many, and of those of the next query.
        said = (_short if len(text) <= _SHORT else _cut)(self.analyser, text, told)
        # Most texts of a hit have none of the words: that is found out first.
        if asked.prefixes or not asked.terms.isdisjoint(said.stems) or not asked.terms.isdisjoint(said.together):
            yield from self._marked(field, text, _spans(asked, said))

    def _marked(self, field: str, text: str, found: Sequence[tuple[int, int, int]]) -> Iterator[MatchedWord]:
        """What matches in a text, with its places: where words stand costs more to find out."""
        if found:
            where = places(text, self.analyser.segmenter)
            for first, last, number in found:
                start, end = where[first][0], where[last][1]
                yield MatchedWord(" ".join(text[start:end].split()), field, start, end, number)

    def _asked_of(self, field: str) -> _Asked:
        """What is asked of a field; found out once for all hits."""
        if field not in self._asked:
            numbered = list(enumerate(self.clauses))
            telling = [(number, one) for number, one in numbered if not one.is_little(self.spoken)] or numbered
            here = tuple((number, one) for number, one in telling if not one.field or one.field == field)
            words = [word for _, one in here for word in one.words]
            self._asked[field] = _Asked(
                here,
                frozenset(term for word in words if not word.prefix for term in word.terms),
                tuple(term for word in words if word.prefix for term in word.terms),
            )
        return self._asked[field]


def _spans(asked: _Asked, said: _Said) -> list[tuple[int, int, int]]:
    """The first and the last word of each place where a word or phrase stands, and its number; none within another."""
    standing: dict[str, set[int]] = {}
    for place, stem in enumerate(said.stems):
        if stem in asked.terms:
            standing.setdefault(stem, set()).add(place)
    # Words that are one as it is asked for are marked as a whole.
    first_of, last_of = {}, {}
    for stem, one in zip(said.together, said.joined, strict=True):
        if stem in asked.terms or one.form.startswith(asked.prefixes) or stem.startswith(asked.prefixes):
            standing.setdefault(stem, set()).update((one.first, one.last))
            first_of[one.last], last_of[one.first] = one.first, one.last
    found = []
    for number, clause in asked.clauses:
        starts = _places_of(clause.words[0], standing, said)
        for step, word in zip(clause.steps[1:], clause.words[1:], strict=True):
            starts &= {place - step for place in _places_of(word, standing, said)}
        ends = ((start, start + clause.steps[-1]) for start in starts)
        found += [(first_of.get(start, start), last_of.get(end, end), number) for start, end in ends]
    apart: list[tuple[int, int, int]] = []
    for span in sorted(found, key=lambda one: (one[0], -one[1], one[2])):
        if not apart or span[0] > apart[-1][1]:
            apart.append(span)
    return apart


def _places_of(word: QueryWord, standing: Mapping[str, Set[int]], said: _Said) -> set[int]:
    """Which words of a text a word of a query is, by the places of the terms in it and by how its words are spelled."""
    if not word.prefix:
        return {place for term in word.terms for place in standing.get(term, ())}
    alone = {n for n, form in enumerate(said.spelled) if _begins(form, word)}
    return alone.union(*((one.first, one.last) for one in said.joined if _begins(one.form, word)))


def _begins(form: str, word: QueryWord) -> bool:
    return form.startswith(word.terms) or fold(form).startswith(word.terms)


def _most_telling(found: Sequence[MatchedWord]) -> tuple[MatchedWord, ...]:
    """As many of them as are shown: those of the snippet, and of each word its first ones in each field."""
    if len(found) <= _WORDS_SHOWN:
        return tuple(found)
    first = _densest(found)
    seen: Counter[tuple[str, int]] = Counter()
    ranks = []
    for word in found:
        seen[word.field, word.asked] += 1
        is_near = word.field == TEXT and first <= word.start and word.end <= first + _TOGETHER
        ranks.append(0 if is_near else seen[word.field, word.asked])
    kept = sorted(range(len(found)), key=lambda number: (ranks[number], number))[:_WORDS_SHOWN]
    return tuple(found[number] for number in sorted(kept))


def _densest(matched: Sequence[MatchedWord]) -> int:
    """Where in the running text the first stretch begins that has most different words; -1: it has none."""
    marks = [word for word in matched if word.field == TEXT]
    first, most, end = -1, 0, 0
    within: Counter[int] = Counter()
    for number, mark in enumerate(marks):
        while end < len(marks) and (end <= number or marks[end].end <= mark.start + _TOGETHER):
            within[marks[end].asked] += 1
            end += 1
        if (different := sum(map(bool, within.values()))) > most:
            first, most = mark.start, different
        within[mark.asked] -= 1
    return first


def _cut(analyser: Analyser, text: str, told: str) -> _Said:
    """What a text says."""
    words, joined = analyser.cut(text)
    spelled = shortened(words)
    language = analyser.language_of(text, told)
    together = stem_all([one.form for one in joined], language)
    return _Said(tuple(spelled), tuple(stem_all(spelled, language)), tuple(joined), tuple(together))


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
    """A stretch of the part's text around most of the matched words, or what else says what it is.

    Where no word matched it begins with the sentence whose vector, counted after that of the whole, is `nearest`.
    """
    first = _densest(matched)
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
