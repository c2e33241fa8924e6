"""Did you mean: for words that the library does not know, the nearest that it does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.index.spelling import MAX_EDITS, LibrarySpeller
from pinakes.index.words import Clause
from pinakes.search.query.terms import Query, TextTerm
from pinakes.search.results import Correction
from pinakes.words.analyse import Analyser, QueryWord, query_words
from pinakes.words.distance import edits
from pinakes.words.scripts import spaceless_run
from pinakes.words.segment import normal

_MOST = 8
# Words of fewer letters have no suggestion, and from so many on they may be two edits away.
_SHORT, _LONG = 4, 6
# How much less likely a word is meant that begins with another letter.
_OTHER_BEGINNING = 0.1
_WORD = re.compile(r"[^\W\d_]+")


def corrections(snapshot: Snapshot, analyser: Analyser, query: Query, unknown: Sequence[str]) -> tuple[Correction, ...]:
    """A suggestion for each unknown word of the query that has one, chosen to fit its neighbours."""
    unknown_forms = {normal(word) for word in unknown if word.isascii() or not spaceless_run().search(word)}
    if not unknown_forms:
        return ()
    speller = LibrarySpeller(snapshot, analyser)
    languages, main = snapshot.languages(), snapshot.main_languages()
    found = []
    for term in query.terms:
        if not isinstance(term, TextTerm):
            continue
        words = _WORD.findall(term.text)
        for place, word in enumerate(words[:_MOST]):
            asked = query_words(word, analyser, languages, main)
            if normal(word) not in unknown_forms or _stand(snapshot, asked, term.field):
                continue
            after = words[place + 1] if place + 1 < len(words) else ""
            for form in _likely(normal(word), speller.candidates(word, words[:place], after)):
                meant = query_words(form, analyser, languages, main)
                if _stand(snapshot, meant, term.field):
                    found.append(Correction(word, form))
                    break
    return tuple(dict.fromkeys(found))


def _stand(snapshot: Snapshot, words: Sequence[QueryWord], field: str) -> bool:
    """Whether some words stand in a field, or anywhere where none is named."""
    clause = Clause(tuple(words), field)
    return any(there for _, there in snapshot.each(lambda segment: _stands_in(segment, clause)))


def _stands_in(segment: Segment, clause: Clause) -> bool:
    """Whether it stands in a row that is not gone."""
    rows, alive = segment.words().find(clause).rows, segment.alive_rows
    return bool(len(rows) if alive is None else alive[rows].any())


def _likely(word: str, candidates: Sequence[tuple[str, float]]) -> list[str]:
    """The candidates that are near enough to a word, best first: hardly anyone errs in the first letter."""
    forms = [form for form, _ in candidates]
    near = edits(word, forms).tolist()
    chances = [
        (chance * (1 if form[:1] == word[:1] else _OTHER_BEGINNING), form)
        for (form, chance), distance in zip(candidates, near, strict=True)
        if 0 < distance <= _most_edits(word)
    ]
    return [form for _, form in sorted(chances, key=lambda pair: -pair[0])]


def _most_edits(word: str) -> int:
    """How far a suggestion may be: of a short word little is left after an edit or two."""
    return 0 if len(word) < _SHORT else 1 if len(word) < _LONG else MAX_EDITS


def corrected(query: str, found: Sequence[Correction]) -> str:
    """The query with the suggestions in place of the unknown words."""
    for one in found:
        query = re.sub(rf"(?<!\w){re.escape(one.word)}(?!\w)", lambda _, one=one: one.suggestion, query)  # type: ignore[misc]
    return query
