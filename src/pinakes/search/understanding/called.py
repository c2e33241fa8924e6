"""Names of the authority lists in a text: the longest first, and only where the evidence is good.

The rule stands in docs/how-to/understanding.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from pinakes.search.understanding import called_zh
from pinakes.search.understanding.authorities import Authorities, Name
from pinakes.search.understanding.lexicon import IS_ABOUT, MADE_BY, MAKING, PLACED, WORKS, WORKS_OF
from pinakes.search.understanding.line import Line
from pinakes.search.understanding.met import RARE, WHOLE, Met, take, take_heading, take_phrase
from pinakes.search.understanding.names import without_article
from pinakes.words.languages import is_little

_LONGEST_WORDS, _LONGEST_CHARACTERS = 8, 16
# More people of one name than that are not told apart by it.
_MOST_VALUES = 8
# A title of so many words is not taken apart.
_TITLE_WORDS = 4
_PEOPLE = ("creator", "contributor")


def is_title(line: Line, authorities: Authorities) -> bool:
    """Whether the whole text is the title of a work: then every word of it means itself."""
    return authorities.is_title(without_article(line.name(0, len(line))))


def read(line: Line, authorities: Authorities) -> None:
    """Take the names of a text."""
    spans = list(_spans(line))
    known = authorities.known([line.name(first, last) for first, last in spans]) if spans else ()
    for first, last in sorted(
        (span for span, there in zip(spans, known, strict=True) if there), key=lambda span: (span[0] - span[1], span)
    ):
        if not line.free(first, last):
            continue
        name = line.name(first, last)
        if last - first >= _TITLE_WORDS and not line.atoms[first].spaceless and authorities.is_title(name):
            line.keep(first, last)
            continue
        met = Met(line, first, last, authorities.find(name))
        spaceless = line.atoms[first].spaceless and line.atoms[last - 1].spaceless
        if met.names:
            (called_zh.take if spaceless else _take)(met, authorities)


def _spans(line: Line) -> Iterator[tuple[int, int]]:
    """Every run of words that may be a name."""
    for first in range(len(line)):
        most = _LONGEST_CHARACTERS if line.atoms[first].spaceless else _LONGEST_WORDS
        for last in range(first + 1, min(first + most, len(line)) + 1):
            if not line.free(first, last):
                break
            yield first, last


def _take(met: Met, authorities: Authorities) -> None:
    for read_as in (_collection, _person, _place, _subject):
        if read_as(met, authorities):
            return


def _person(met: Met, authorities: Authorities) -> bool:
    name = met.of(*_PEOPLE)
    if name is None or len(name.values) > _MOST_VALUES:
        return False
    cued = _made_by(met)
    if cued:
        return take(met, name, cued, "named as the maker")
    about = met.before() in IS_ABOUT
    if met.size > 1:
        if about or met.of("subjects"):
            return take_phrase(met, "the maker of some works and the subject of others" if not about else "")
        return take(met, name, (met.first, met.last), WHOLE)
    return not about and _rare(met, name, authorities) and take(met, name, (met.first, met.last), RARE)


def _made_by(met: Met) -> tuple[int, int] | None:
    """The words that say that somebody made something, with the name between them."""
    line, first, last = met.line, met.first, met.last
    if line.form(last) == "s" and line.atoms[last].before in ("'", "’"):
        return first, last + 1
    if met.before() in MADE_BY:
        begin = first - 1
    elif met.before() == "of" and met.before(2) in WORKS_OF:
        return first - 1 - (met.before(2) in WORKS), last
    else:
        return None
    if met.before(2) in MAKING or met.before(2) in WORKS:
        begin -= 1
    return begin, last


def _place(met: Met, authorities: Authorities) -> bool:
    name = met.of("coverage")
    if name is None or met.of("subjects", *_PEOPLE):
        return False
    if met.size > 1 or _rare(met, name, authorities):
        return take(met, name, _cued(met), WHOLE if met.size > 1 else RARE)
    return False


def _cued(met: Met) -> tuple[int, int]:
    """A name with the preposition and the article before it."""
    the = met.before() == "the"
    cue = met.before(2 if the else 1) in PLACED
    return met.first - (the + cue if cue else 0), met.last


def _collection(met: Met, _: Authorities) -> bool:
    name = met.of("collection")
    if name is None:
        return False
    line, (first, last) = met.line, _cued(met)
    told = line.form(last) in ("collection", "collections") and not line.breaks(last)
    if told or (met.before() == "collection" and met.size):
        first, last = (first, last + 1) if told else (met.first - 1, last)
        return take(met, name, (first, last), "named as a collection")
    return met.size > 1 and not met.of(*_PEOPLE) and take(met, name, (first, last), WHOLE)


def _subject(met: Met, _: Authorities) -> bool:
    name = met.of("subjects")
    if name is None:
        return False
    line, first = met.line, met.first
    if line.form(first - 1) in ("subject", "subjects"):
        return take(met, name, (first - 1, met.last), "named as a subject")
    if met.before() == "of" and met.before(2) == "subject":
        begin = first - 4 if met.before(3) == "the" and met.before(4) == "on" else first - 2
        return take(met, name, (begin, met.last), "named as a subject")
    return met.size > 1 and take_heading(met)


def _rare(met: Met, name: Name, authorities: Authorities) -> bool:
    """Whether a single word is in fewer parts otherwise than in works of that name."""
    word = met.line.name(met.first, met.last)
    return len(word) > 2 and not is_little(word) and authorities.rare(word, name.items)
