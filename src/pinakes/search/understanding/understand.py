"""From a query to the same query with its plain words understood: names, dates, media, languages, what is not wanted.

Nothing that is written in the term language means anything else than without: filters, phrases, fields, weights, minus
signs, media and items stay as they are. Only bare words are read, term by term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pinakes.index.filters import Filter
from pinakes.limits import Limits
from pinakes.search.query.terms import Query, Term, TextTerm
from pinakes.search.understanding import called, dates_en, dates_zh, languages, media, negation, recognisers, requests
from pinakes.search.understanding.authorities import Authorities
from pinakes.search.understanding.finding import Finding, Understood
from pinakes.search.understanding.line import Line
from pinakes.search.understanding.recognisers import Recogniser
from pinakes.search.understanding.spans import DATE, Dated, label
from pinakes.words.languages import is_little

# Where nothing stands between words, these say how many there may be.
_CHARACTERS_A_WORD, _ATOMS_A_WORD = 16, 4


@dataclass(frozen=True, slots=True)
class Reader:
    """What words are read with: the lists of a library, and a program that finds further names, if there is one."""

    authorities: Authorities
    limits: Limits
    recognise: Recogniser | None = None


def understand(query: Query, reader: Reader, plain: Sequence[str] = ()) -> Understood:
    """The query with its plain words understood; words that are named in `plain` stay plain."""
    terms: list[Term] = []
    filters: list[Filter] = list(query.filters)
    by_term: list[tuple[tuple[Finding, ...], str]] = []
    for term in query.terms:
        line = _read(term, reader, plain, query.filters) if isinstance(term, TextTerm) and is_plain(term) else None
        findings = tuple(sorted(line.findings, key=lambda one: one.start)) if line else ()
        if line is None or not findings:
            terms.append(term)
            by_term.append(((), ""))
            continue
        left = _telling(line.left())
        terms += [TextTerm(left)] if left else []
        terms += [one for found in findings for one in found.terms]
        filters = _joined(filters, [one for found in findings for one in found.filters], len(query.filters))
        by_term.append((findings, left))
    every = tuple(found for findings, _ in by_term for found in findings)
    if not every or not (terms or filters) or len(terms) + len(filters) > reader.limits.max_query_terms:
        return Understood(query, (), tuple(((), "") for _ in query.terms))
    return Understood(replace(query, terms=tuple(terms), filters=tuple(filters)), every, tuple(by_term))


def _joined(filters: list[Filter], further: Sequence[Filter], given: int) -> list[Filter]:
    """Filters with further ones; of several names of one kind any may hold, for nothing has all of them."""
    found = list(filters)
    for one in further:
        same = next(
            (place for place in range(given, len(found)) if one.operator == "=" and _alike(found[place], one)), None
        )
        if same is not None:
            values = tuple(dict.fromkeys((*found[same].values, *one.values)))
            found[same] = replace(one, values=values)
        elif one not in found:
            found.append(one)
    return found


def _alike(one: Filter, other: Filter) -> bool:
    return (one.field, one.operator) == (other.field, other.operator)


def is_plain(term: TextTerm) -> bool:
    """Whether a term is bare words: with a weight, a sign, a field or quotation marks it says itself what it means."""
    return term.weight == 1.0 and not term.phrase and not term.field and "*" not in term.text


def _read(term: TextTerm, reader: Reader, plain: Sequence[str], given: Sequence[Filter]) -> Line | None:
    # A longer text is no request: somebody pasted it.
    most = reader.limits.max_understood_words
    if len(term.text) > _CHARACTERS_A_WORD * most or len(term.text.split()) > most:
        return None
    line = Line(term.text, plain)
    if not 0 < len(line) <= _ATOMS_A_WORD * most or called.is_title(line, reader.authorities):
        return None
    requests.read(line)
    _read_dates(line, reader.authorities)
    called.read(line, reader.authorities)
    languages.read(line, reader.authorities)
    media.read(line)
    negation.read(line)
    if reader.recognise is not None:
        recognisers.read(line, reader.recognise)
    line.findings = [found for found in line.findings if not _contradicts(found, given)]
    return line if any(found.kind != "request" for found in line.findings) or _asks(line) else None


def _asks(line: Line) -> bool:
    """Whether anything is left to be asked for once a request is taken."""
    return bool(line.findings) and bool(_telling(line.left()))


def _telling(words: str) -> str:
    """Words, unless all of them are so common that they tell nothing."""
    return "" if all(is_little(word.lower()) for word in words.split()) else words


def _contradicts(found: Finding, given: Sequence[Filter]) -> bool:
    """Whether a filter that was given says something else of the same field: it knows better."""
    for one in found.filters:
        for other in given:
            if one.field == other.field != DATE and not {*one.values} & {*other.values}:
                return True
    return False


def _read_dates(line: Line, authorities: Authorities) -> None:
    for found in _dates(line.text):
        # A second span of time contradicts the first; two bounds make one span.
        closed = len(found.filters) > 1 or any(len(one.filters) > 1 for one in line.findings)
        another = any(one.kind == "date" for one in line.findings) and closed
        if another or (found.bare and not _is_year(found.bare, authorities)):
            continue
        first, last = line.places(found.start, found.end)
        why = "a year of the library" if found.bare else "a date"
        line.take(first, last, "date", label(found.filters), why, found.filters)


def _dates(text: str) -> Iterator[Dated]:
    if not text.isascii():
        yield from dates_zh.dates(text)
    yield from dates_en.dates(text)


def _is_year(year: str, authorities: Authorities) -> bool:
    """Whether a number by itself is likelier a year than another number: works of that year, and few such numbers."""
    works = authorities.dated(year)
    return works > 0 and authorities.elsewhere(year, works) <= works
