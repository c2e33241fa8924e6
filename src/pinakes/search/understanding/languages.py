"""Languages in a text: in German, German texts, 用德文写的; only those that the library has anything in."""

from __future__ import annotations

import re
from functools import cache

from pinakes.index.filters import Filter
from pinakes.search.understanding.authorities import Authorities
from pinakes.search.understanding.lexicon import (
    CONJUNCTIONS,
    FOLLOWS,
    LANGUAGES,
    LANGUAGES_ZH,
    WRITINGS,
    WRITINGS_ZH,
)
from pinakes.search.understanding.line import Line

_WRITTEN = frozenset(["written", "printed", "published"])


@cache
def _zh() -> re.Pattern[str]:
    names = "|".join(sorted(LANGUAGES_ZH, key=len, reverse=True))
    following = "|".join(WRITINGS_ZH)
    return re.compile(f"[用以]?(?P<name>{names})(?:(?:书?写)?的|(?={following})|$|(?=[，。；,;]))")


def read(line: Line, authorities: Authorities) -> None:
    """Take the languages of a text."""
    for place in range(len(line)):
        code = LANGUAGES.get(line.form(place))
        if code and (span := _span(line, place)):
            _take(line, authorities, span, line.written(place, place + 1), code)
    if not line.text.isascii():
        for match in _zh().finditer(line.text):
            span = line.places(match.start(), match.end())
            _take(line, authorities, span, match["name"], LANGUAGES_ZH[match["name"]])


def _span(line: Line, place: int) -> tuple[int, int] | None:
    """The words that name a language, where a language is meant."""
    following, before = line.form(place + 1), line.form(place - 1)
    if following in WRITINGS and not line.breaks(place + 1):
        return (place - (before == "in"), place + 2) if following == "language" else (place, place + 1)
    if before != "in" or line.breaks(place):
        return None
    ends = line.breaks(place + 1) or line.taken(place + 1) or following in FOLLOWS | CONJUNCTIONS
    return (place - 1 - (line.form(place - 2) in _WRITTEN), place + 1) if ends else None


def _take(line: Line, authorities: Authorities, span: tuple[int, int], label: str, code: str) -> None:
    values = authorities.language(code)
    if values:
        line.take(*span, "language", label, "a language of the library", [Filter("language", "=", values)])
