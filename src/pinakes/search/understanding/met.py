"""A name of the lists where it stands in a text, and what it can be taken for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.index.filters import Filter
from pinakes.search.query.terms import TextTerm
from pinakes.search.understanding.authorities import Name
from pinakes.search.understanding.finding import Kind
from pinakes.search.understanding.line import Line

RARE = "a word that is hardly ever anything else here"
WHOLE = "the whole name"
# What the words of a heading side by side weigh beside the words themselves.
_BESIDE = 0.5
_KINDS: dict[str, Kind] = {
    "creator": "creator",
    "contributor": "contributor",
    "coverage": "place",
    "collection": "collection",
    "subjects": "subject",
}


@dataclass(frozen=True, slots=True)
class Met:
    """A name where it stands in a line."""

    line: Line
    first: int
    last: int
    names: Sequence[Name]

    @property
    def size(self) -> int:
        """How many words or characters it has."""
        return self.last - self.first

    def before(self, steps: int = 1) -> str:
        """The word before it in the same clause."""
        place = self.first - steps
        return "" if any(self.line.breaks(one) for one in range(place + 1, self.first + 1)) else self.line.form(place)

    def of(self, *fields: str) -> Name | None:
        """What it stands for in the first of some fields that has it."""
        return next((name for field in fields for name in self.names if name.field == field), None)


def take(met: Met, name: Name, span: tuple[int, int], why: str) -> bool:
    """Take a name for a filter, with the words around it that say so."""
    label = name.values[0] if len(name.values) == 1 else met.line.written(met.first, met.last)
    return met.line.take(*span, _KINDS[name.field], label, why, [Filter(name.field, "=", name.values)])


def take_phrase(met: Met, why: str = "") -> bool:
    """Take a person's name for a phrase: nothing is left out by it, but its words belong together."""
    text = met.line.written(met.first, met.last)
    phrase = TextTerm(text, phrase=True)
    return met.line.take(met.first, met.last, "name", text, why or "what something is about", terms=[phrase])


def take_heading(met: Met) -> bool:
    """Take a subject heading for a phrase beside its words: works that have the words apart are found as well."""
    text = met.line.written(met.first, met.last)
    phrase = TextTerm(text, _BESIDE, phrase=True)
    return met.line.take(met.first, met.last, "subject", text, "a subject heading", terms=[phrase], kept=True)
