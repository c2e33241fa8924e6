"""Spelling by the library's own words: what may be meant by a word, weighed by a model of the library's language.

The noisy channel of Kernighan, Church and Gale (COLING 1990): the chance of a candidate is that of the word between its
neighbours in the library's own texts, times that of the misspelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.index.keys import Keys
from pinakes.index.snapshot import Snapshot
from pinakes.index.words import Clause
from pinakes.index.words_build import SEPARATOR, shape
from pinakes.words.analyse import Analyser, query_words
from pinakes.words.distance import edits
from pinakes.words.frequencies import frequencies
from pinakes.words.segment import normal

MAX_EDITS = 2
# A typist errs in about one word in a hundred, hardly ever twice in one.
_LOG_EDIT = log(0.01)
_SHORTEST = 4
# Words of the library at large count little beside its own: one of the dictionary's million as one of the library.
_DICTIONARY_WEIGHT = 1e-6
_LOOKED_AT = 2_000
_MEANT = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word of the library that may be meant: how far it is, and how often the library has it."""

    form: str
    edits: int
    count: int


def near_words(snapshot: Snapshot, word: str) -> list[Candidate]:
    """The library's words at most two edits away, the word itself among them if the library has it."""
    form = normal(word)
    most = MAX_EDITS if len(form) > _SHORTEST else 1
    totals: dict[str, int] = {}
    for _, found in snapshot.each(lambda segment: _near_in(segment.packs["words"], form, most)):
        for other, count in found:
            totals[other] = totals.get(other, 0) + count
    others = list(totals)
    distances = edits(form, others).tolist()
    return [
        Candidate(other, distance, totals[other])
        for other, distance in zip(others, distances, strict=True)
        if distance <= most
    ]


def _near_in(pack: Any, form: str, most: int) -> list[tuple[str, int]]:
    """Forms of one segment that can be near by length and letters alone."""
    size, letters = shape(form)
    sizes: NDArray[np.int64] = pack.array("forms.size").astype(np.int64)
    differing = np.bitwise_count(pack.array("forms.letters") ^ np.uint32(letters))
    # An edit changes at most two letters of the set.
    places = np.flatnonzero((np.abs(sizes - size) <= most) & (differing <= 2 * most))
    counts = pack.array("forms.count")[places]
    if len(places) > _LOOKED_AT:
        places = places[np.argsort(-counts.astype(np.int64), kind="stable")[:_LOOKED_AT]]
        counts = pack.array("forms.count")[places]
    keys = Keys(pack, "forms").at(places)
    return [(key.partition(SEPARATOR)[0].decode(), count) for key, count in zip(keys, counts.tolist(), strict=True)]


class LibrarySpeller:
    """Proposes words of the library for a word between its neighbours.

    A text that the library holds itself is no witness of its own spelling: what `within` says does not count.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        analyser: Analyser,
        within: str = "",
        near: dict[str, list[Candidate]] | None = None,
    ) -> None:
        own = analyser.forms(within)
        # Shared by the spellers of many texts: to look through all words takes long.
        self._near = {} if near is None else near
        self._own, self._own_pairs = Counter(own), Counter(pairwise(own))
        self._snapshot = snapshot
        self._analyser = analyser
        self._languages = snapshot.languages()[:3] or [analyser.language]
        self._pairs: dict[tuple[str, str], int] = {}

    def candidates(self, word: str, before: Sequence[str], after: str) -> Sequence[tuple[str, float]]:
        """Words that may be meant, best first, with their probabilities, which sum to 1."""
        if self._own and self._in_dictionary(word):
            # Of a whole text only those words are asked for that no dictionary has.
            return ()
        if normal(word) not in self._near:
            self._near[normal(word)] = near_words(self._snapshot, word)
        found = [self._elsewhere(candidate) for candidate in self._near[normal(word)]]
        found = [candidate for candidate in found if candidate.count or not candidate.edits]
        if normal(word) not in {candidate.form for candidate in found} and self._in_dictionary(word):
            found.append(Candidate(normal(word), 0, 0))
        likely = sorted(found, key=lambda c: -self._unigram(c))[:_MEANT]
        scores = [(c.form, self._unigram(c) + self._context(c.form, before, after)) for c in likely]
        if not scores:
            return ()
        highest = max(score for _, score in scores)
        chances = [(form, exp(score - highest)) for form, score in scores]
        total = sum(chance for _, chance in chances)
        return sorted(((form, chance / total) for form, chance in chances), key=lambda pair: (-pair[1], pair[0]))

    def _elsewhere(self, candidate: Candidate) -> Candidate:
        return replace(candidate, count=max(0, candidate.count - self._own[candidate.form]))

    def _in_dictionary(self, word: str) -> bool:
        return any(frequencies(language).get(normal(word), 0) for language in self._languages)

    def _unigram(self, candidate: Candidate) -> float:
        common = sum(frequencies(language).get(candidate.form, 0) for language in self._languages)
        return log(candidate.count + common * _DICTIONARY_WEIGHT + 0.1) + candidate.edits * _LOG_EDIT

    def _context(self, form: str, before: Sequence[str], after: str) -> float:
        """How much more often the library has the word beside these neighbours than elsewhere."""
        pairs = 0
        if before:
            pairs += self._pair(before[-1], form)
        if after:
            pairs += self._pair(form, after)
        return log(1 + 4 * pairs)

    def _pair(self, first: str, second: str) -> int:
        key = (normal(first), normal(second))
        if key not in self._pairs:
            words = query_words(f"{first} {second}", self._analyser, self._languages)
            clause = Clause(tuple(words))
            found = self._snapshot.each(lambda segment: int(segment.words().find(clause).counts.sum()))
            everywhere = sum(count for _, count in found) if len(words) > 1 else 0
            self._pairs[key] = max(0, everywhere - self._own_pairs[key])
        return self._pairs[key]
