"""What is understood of plain words, and the query that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pinakes.index.filters import Filter
from pinakes.search.query.terms import Query, TextTerm

Kind: TypeAlias = Literal[
    "creator",
    "contributor",
    "subject",
    "place",
    "collection",
    "language",
    "date",
    "medium",
    "without",
    "name",
    "request",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Some words of a term, what they are taken for, and what is asked for in their place."""

    kind: Kind
    # The words as they were written, and where they stand in their term.
    words: str
    start: int
    end: int
    # What they mean, in a few words.
    label: str
    # What tells that they are meant so.
    why: str
    filters: tuple[Filter, ...] = ()
    terms: tuple[TextTerm, ...] = ()
    # Whether the words are looked for as well.
    kept: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "words": self.words,
            "label": self.label,
            "why": self.why,
            "filters": [f"{one.field}{one.operator}{','.join(one.values)}" for one in self.filters],
            "without": [term.text for term in self.terms if term.weight < 0],
            "phrases": [term.text for term in self.terms if term.phrase and term.weight > 0],
        }


@dataclass(frozen=True, slots=True)
class Understood:
    """A query with the plain words that were understood replaced by what they mean."""

    query: Query
    findings: tuple[Finding, ...] = ()
    # For each term of the query as it was asked: what was found in it, and the words that are left.
    by_term: tuple[tuple[tuple[Finding, ...], str], ...] = field(default=())
