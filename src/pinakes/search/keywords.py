"""The words that tell a long text from others: what is looked up where a text itself is the example."""

from __future__ import annotations

from collections import Counter

from pinakes.index.snapshot import Snapshot
from pinakes.index.words import Clause
from pinakes.media.clean.keywords import keywords
from pinakes.words.analyse import Analyser, QueryWord

_LOOKED_AT, _TAKEN = 256, 20


def telling_words(text: str, language: str, weight: float, snapshot: Snapshot, analyser: Analyser) -> list[Clause]:
    """A clause for each of the text's keywords, weighed by how much it tells."""
    forms = analyser.forms(text)
    terms = analyser.terms(text, analyser.language_of(text, language))
    spelling = dict(zip(reversed(terms), reversed(forms), strict=True))
    frequent = {term for term, _ in Counter(terms).most_common(_LOOKED_AT)}
    words = {term: Clause((QueryWord(spelling[term], (term,)),)) for term in frequent}

    def having(term: str) -> int:
        return sum(count for _, count in snapshot.each(lambda segment: segment.words().frequency(term)))

    found = keywords([term for term in terms if term in frequent], having, snapshot.alive_rows, _TAKEN)
    best = max((score for _, score in found), default=1.0)
    return [Clause(words[term].words, "", abs(weight) * score / best) for term, score in found]
