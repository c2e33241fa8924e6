"""A search as its address holds it: words, media, filters and how to show them; and the query that these make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from pinakes.errors import BadQuery
from pinakes.index.filters import Filter
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.query.terms import ItemTerm, Query, Term, UploadTerm
from pinakes.search.query.write import written
from pinakes.search.request import MODES, Mode

View: TypeAlias = Literal["grid", "list"]
# Whether words are understood as names, dates and so on; empty: as the settings say.
Understand: TypeAlias = Literal["", "on", "off"]
UNDERSTAND: tuple[Understand, ...] = ("", "on", "off")
VIEWS: tuple[View, ...] = ("grid", "list")
# No search has more words that are kept plain; what an address names beyond them is passed over.
_MOST_PLAIN = 64
_COLLECTION = "collection="
_OF_COLLECTION = re.compile(_COLLECTION + r'"((?:[^"\\]|\\.)*)"')
_BOUNDS = (">=", "<=")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for: everything in the address, and nothing else."""

    # What stands in the box, in the term language.
    words: str = ""
    # Terms that can not be typed: items and media that were handed in, each with its sign and weight.
    media: tuple[str, ...] = ()
    # Filters that were chosen beside the box.
    filters: tuple[str, ...] = ()
    mode: Mode = "precise"
    view: View = "grid"
    # Whether what is too unlikely to be right is shown too.
    unlikely: bool = False
    # Whether what looks or reads almost the same is shown one by one.
    unfold: bool = False
    understand: Understand = ""
    # Words that are searched for as they are, though they could be understood.
    plain: tuple[str, ...] = ()
    page: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.words.strip() or self.media or self.filters)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address; what is as usual is left out."""
        found = [("q", self.words)] if self.words else []
        found += [("with", term) for term in self.media]
        found += [("where", condition) for condition in self.filters]
        found += [("mode", self.mode)] if self.mode != MODES[-1] else []
        found += [("view", self.view)] if self.view != VIEWS[0] else []
        found += [("unlikely", "1")] if self.unlikely else []
        found += [("unfold", "1")] if self.unfold else []
        found += [("understand", self.understand)] if self.understand else []
        found += [("plain", words) for words in self.plain]
        return found + ([("page", self.page)] if self.page else [])

    def changed(self, **how: object) -> Asked:
        """The same search asked otherwise, from its first page."""
        return replace(self, **{"page": "", **how})  # type: ignore[arg-type]

    def bound(self, sign: str) -> str:
        """The date from which (>=) or until which (<=) works are looked for; empty where there is none."""
        return next((one.partition(sign)[2].strip('"') for one in self.filters if one.startswith(f"date{sign}")), "")

    @property
    def collection(self) -> str:
        """The one collection that is searched; empty: all of them."""
        found = [match for one in self.filters if (match := _OF_COLLECTION.fullmatch(one))]
        return re.sub(r"\\(.)", r"\1", found[0][1]) if len(found) == 1 else ""

    def kept(self, but: Sequence[str]) -> list[tuple[str, str]]:
        """What a form has to carry along beside its own fields; `date` and `collection` name filters."""
        beginnings = tuple(f"date{sign}" for sign in _BOUNDS) if "date" in but else ()
        beginnings += (_COLLECTION,) if "collection" in but and self.collection else ()
        filters = tuple(one for one in self.filters if not one.startswith(beginnings))
        return [pair for pair in self.changed(filters=filters).pairs() if pair[0] not in but]


def asked_of(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The inverse of `pairs`; names that mean nothing are passed over, and odd values are as usual."""
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        if value.strip():
            many.setdefault(name, []).append(value)
    first = {name: values[0] for name, values in many.items()}
    filters = _dated(many.get("where", ()), first.get("from", ""), first.get("to", ""))
    if within := first.get("in", "").strip():
        filters = [one for one in filters if not one.startswith(_COLLECTION)]
        filters.append(filter_written(Filter("collection", "=", (within,))))
    mode, view, understand = first.get("mode", ""), first.get("view", ""), first.get("understand", "")
    return Asked(
        words=first.get("q", ""),
        media=tuple(dict.fromkeys(many.get("with", ()))),
        filters=tuple(dict.fromkeys(filters)),
        mode=mode if mode in MODES else MODES[-1],
        view=view if view in VIEWS else VIEWS[0],
        unlikely=first.get("unlikely") == "1",
        unfold=first.get("unfold") == "1",
        understand=understand if understand in UNDERSTAND else "",
        plain=tuple(dict.fromkeys(many.get("plain", ())))[:_MOST_PLAIN],
        page=first.get("page", ""),
    )


def _dated(filters: Sequence[str], since: str, until: str) -> list[str]:
    """The filters with other bounds of the date, as the form beside the results gives them."""
    found = list(filters)
    for sign, date in zip(_BOUNDS, (since.strip(), until.strip()), strict=True):
        if date:
            found = [one for one in found if not one.startswith(f"date{sign}")]
            found.append(filter_written(Filter("date", sign, (date,))))  # type: ignore[arg-type]
    return found


def query_of(asked: Asked, limits: Limits) -> Query:
    """The query of a search; no path in it is ever taken for a file."""
    query = typed(asked, limits)
    terms = [term for written_term in asked.media for term in medium(written_term, limits)]
    filters = [condition for written_filter in asked.filters for condition in conditions(written_filter, limits)]
    count = len(query.terms) + len(query.filters) + len(terms) + len(filters)
    if count > limits.max_query_terms:
        raise BadQuery(
            f"The query has {count} terms and filters; the limit is {limits.max_query_terms}.",
            "Use fewer, or raise max_query_terms.",
        )
    return Query(query.terms + tuple(terms), query.filters + tuple(filters))


def typed(asked: Asked, limits: Limits) -> Query:
    """What stands in the box."""
    return parse(asked.words, limits) if asked.words.strip() else Query()


def medium(text: str, limits: Limits) -> tuple[Term, ...]:
    """An item or a medium that was handed in, as a term."""
    found = parse(text, limits)
    if found.filters or len(found.terms) != 1 or not isinstance(found.terms[0], ItemTerm | UploadTerm):
        raise BadQuery(f"{text} is neither an item nor a medium that was handed in.", "Write item:12.")
    return found.terms


def conditions(text: str, limits: Limits) -> tuple[Filter, ...]:
    """Filters, as the term language writes them."""
    found = parse(text, limits)
    if found.terms or not found.filters:
        raise BadQuery(f"{text} is no filter.", 'Write FIELD="VALUE", FIELD>=VALUE and so on.')
    return found.filters


def filter_written(condition: Filter) -> str:
    """A filter in the term language."""
    return written(Query((), (condition,)))


def retyped(asked: Asked, terms: Sequence[Term], filters: Sequence[Filter]) -> Asked:
    """The same search with other terms in the box."""
    return asked.changed(words=written(Query(tuple(terms), tuple(filters))))
