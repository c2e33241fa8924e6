"""What the words of a search mean, where it is to be understood, and the chips that say so."""

from __future__ import annotations

from pinakes.library import Library
from pinakes.search.query.terms import Query
from pinakes.search.understanding.finding import Finding, Understood
from pinakes.web.logic.asked import Asked, query_of

ON, OFF = "on", "off"


def is_understood(library: Library, asked: Asked) -> bool:
    """Whether words are to be understood: as the search says, else as the settings do."""
    return (asked.understand or library.settings.understand) == ON


def meaning(library: Library, asked: Asked) -> Understood:
    """A search with its words understood, unless that is switched off."""
    query = query_of(asked, library.settings.limits)
    if not is_understood(library, asked) or not asked.words.strip():
        return Understood(query, (), tuple(((), "") for _ in query.terms))
    return library.understanding.of(query, asked.plain)


def meant_query(library: Library, asked: Asked) -> Query:
    """The query of a search, its words understood."""
    return meaning(library, asked).query


def as_written(asked: Asked) -> Asked:
    """The same search with its words as they are."""
    return asked.changed(understand=OFF, plain=())


def as_meant(asked: Asked) -> Asked:
    """The same search with its words understood, all of them."""
    return asked.changed(understand=ON, plain=())


def without(asked: Asked, found: Finding) -> Asked:
    """The same search with the words of a finding as they are."""
    return asked.changed(plain=tuple(dict.fromkeys((*asked.plain, found.words))))


def bound(found: Finding) -> tuple[str, str]:
    """The operator and the value by which a finding is shown; a span of time has no operator."""
    if found.kind == "date":
        dates = list(dict.fromkeys(one.values[0] for one in found.filters))
        return found.filters[0].operator if len(found.filters) == 1 else "", "–".join(dates)
    operator = found.filters[0].operator if found.filters else ""
    return ("!=" if operator == "!=" else ""), found.label
