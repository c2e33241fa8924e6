"""How what a reader has begun to write may go on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pinakes.errors import PinakesError
from pinakes.library import Library
from pinakes.library.reading import ask, completions
from pinakes.search.query.terms import Query, TextTerm
from pinakes.search.request import Options

_WORD = re.compile(r"[^\W_]+$")
_WORDS, _TITLES = 6, 4


@dataclass(frozen=True, slots=True)
class Suggested:
    """Words that end what was written, and items by number and title."""

    words: tuple[str, ...] = ()
    titles: tuple[tuple[int, str], ...] = ()


def suggested(library: Library, text: str) -> Suggested:
    """Words of the library for the word that was begun last, and titles in which all of them stand."""
    last = _WORD.search(text[-200:])
    if last is None:
        return Suggested()
    words = tuple(completions(library, last[0], _WORDS))
    begun = " ".join(re.findall(r"[^\W_]+", text[-200:]))
    options = Options(mode="quick", limit=_TITLES, facets=(), weights={space.name: 0 for space in library.spaces})
    try:
        query = Query((TextTerm(f"{begun}*", field="title"),))
        titles = [(hit.item, hit.title) for hit in ask(library, query, replace(options, min_score=0.9)) if hit.title]
    except PinakesError:
        titles = []
    return Suggested(words, tuple(dict.fromkeys(titles)))
