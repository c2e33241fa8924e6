"""Did you mean: for words that the library does not know, the nearest that it does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pinakes.index.snapshot import Snapshot
from pinakes.index.spelling import LibrarySpeller
from pinakes.search.query.terms import Query, TextTerm
from pinakes.search.results import Correction
from pinakes.words.analyse import Analyser
from pinakes.words.scripts import spaceless_run
from pinakes.words.segment import normal

_MOST = 8
_WORD = re.compile(r"[^\W\d_]+")


def corrections(snapshot: Snapshot, analyser: Analyser, query: Query, unknown: Sequence[str]) -> tuple[Correction, ...]:
    """A suggestion for each unknown word of the query that has one, chosen to fit its neighbours."""
    unknown_forms = {normal(word) for word in unknown if word.isascii() or not spaceless_run().search(word)}
    if not unknown_forms:
        return ()
    speller = LibrarySpeller(snapshot, analyser)
    found = []
    for term in query.terms:
        if not isinstance(term, TextTerm):
            continue
        words = _WORD.findall(term.text)
        for place, word in enumerate(words[:_MOST]):
            if normal(word) not in unknown_forms:
                continue
            after = words[place + 1] if place + 1 < len(words) else ""
            likely = [form for form, _ in speller.candidates(word, words[:place], after) if form != normal(word)]
            if likely:
                found.append(Correction(word, likely[0]))
    return tuple(dict.fromkeys(found))


def corrected(query: str, found: Sequence[Correction]) -> str:
    """The query with the suggestions in place of the unknown words."""
    for one in found:
        query = re.sub(rf"(?<!\w){re.escape(one.word)}(?!\w)", lambda _, one=one: one.suggestion, query)  # type: ignore[misc]
    return query
