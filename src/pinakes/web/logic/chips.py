"""Each term and filter of a search as a chip, with the searches that its buttons lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pinakes.errors import PinakesError
from pinakes.index.filters import Filter
from pinakes.library import Library
from pinakes.library import uploads as handed_in
from pinakes.library.viewing import outlined
from pinakes.limits import Limits
from pinakes.search.query.parse import MAX_WEIGHT
from pinakes.search.query.terms import ItemTerm, Query, Term, TextTerm, UploadTerm
from pinakes.search.query.write import written
from pinakes.search.understanding.finding import Finding, Understood
from pinakes.web.logic.asked import Asked, conditions, filter_written, medium, retyped, typed
from pinakes.web.logic.meaning import bound, without

_STEP = 2.0
_LIGHTEST = 0.125
# A search without the term, or with another in its place.
_Rewrite: TypeAlias = Callable[[Term | None], Asked]


@dataclass(frozen=True, slots=True)
class Chip:
    """One term or filter, and where its buttons lead."""

    kind: str
    label: str
    # The field that it is about, if any; of what was understood, what kind of thing it is.
    about: str = ""
    operator: str = ""
    # Of what was understood, the words that were, and why.
    words: str = ""
    why: str = ""
    positive: bool = True
    weight: float = 1.0
    # The picture beside it: the name of a medium that was handed in, or the number of a part.
    upload: str = ""
    part: int = 0
    removed: Asked = field(default_factory=Asked)
    turned: Asked | None = None
    heavier: Asked | None = None
    lighter: Asked | None = None


def chips(library: Library, asked: Asked, told: Understood) -> list[Chip]:
    """The chips of a search and of what was understood of it, in the order in which it is written."""
    return list(_chips(library, asked, told, library.settings.limits))


def _chips(library: Library, asked: Asked, told: Understood, limits: Limits) -> Iterator[Chip]:
    box = typed(asked, limits)
    for place, term in enumerate(box.terms):
        findings, left = told.by_term[place]
        if left or not findings:
            shown = TextTerm(left) if findings else term
            yield _term(library, shown, _in_box(asked, box, place, findings))
        for found in findings:
            yield _meant(asked, found)
    for place, written_term in enumerate(asked.media):
        (term,) = medium(written_term, limits)
        yield _term(library, term, _beside(asked, place))
    for place, condition in enumerate(box.filters):
        rest = [*box.filters[:place], *box.filters[place + 1 :]]
        yield _filter(condition, retyped(asked, box.terms, rest))
    for place, text in enumerate(asked.filters):
        kept = (*asked.filters[:place], *asked.filters[place + 1 :])
        every = conditions(text, limits)
        for number, condition in enumerate(every):
            others = tuple(filter_written(one) for one in (*every[:number], *every[number + 1 :]))
            yield _filter(condition, asked.changed(filters=kept + others))


def _meant(asked: Asked, found: Finding) -> Chip:
    operator, label = bound(found)
    return Chip(
        kind="understood",
        label=label,
        # A heading comes first and leaves nothing out, where the same named as a subject is a filter.
        about="heading" if found.kind == "subject" and not found.filters else found.kind,
        operator=operator,
        words=found.words,
        why=found.why,
        positive=found.kind != "without" and operator != "!=",
        removed=without(asked, found),
    )


def _in_box(asked: Asked, box: Query, place: int, findings: Sequence[Finding] = ()) -> _Rewrite:
    """Another term in the place of one; what was understood beside it is then said in the term language."""
    said = [term for found in findings for term in found.terms if not found.kept]
    filters = [condition for found in findings for condition in found.filters]

    def rewrite(term: Term | None) -> Asked:
        terms = [*box.terms[:place], *([term] if term else []), *said, *box.terms[place + 1 :]]
        return retyped(asked, terms, [*box.filters, *(one for one in filters if one not in box.filters)])

    return rewrite


def _beside(asked: Asked, place: int) -> _Rewrite:
    def rewrite(term: Term | None) -> Asked:
        there = [written(Query((term,)))] if term else []
        return asked.changed(media=(*asked.media[:place], *there, *asked.media[place + 1 :]))

    return rewrite


def _term(library: Library, term: Term, rewrite: _Rewrite) -> Chip:
    kind, label, about, upload, part = _shown(library, term)
    size = abs(term.weight)
    sign = 1.0 if term.weight > 0 else -1.0

    def weighing(weight: float) -> Asked | None:
        return rewrite(replace(term, weight=sign * weight)) if _LIGHTEST <= weight <= MAX_WEIGHT else None

    return Chip(
        kind=kind,
        label=label,
        about=about,
        positive=term.weight > 0,
        weight=size,
        upload=upload,
        part=part,
        removed=rewrite(None),
        turned=rewrite(replace(term, weight=-term.weight)),
        heavier=weighing(size * _STEP),
        lighter=weighing(size / _STEP),
    )


def _shown(library: Library, term: Term) -> tuple[str, str, str, str, int]:
    """Kind, label, field, and the picture: a medium that was handed in, or a part."""
    if isinstance(term, TextTerm):
        return ("phrase" if term.phrase else "words"), term.text, term.field, "", 0
    if isinstance(term, ItemTerm):
        try:
            title, parts = library.item(term.item).title, outlined(library, term.item)
        except PinakesError:
            return "item", str(term.item), "", "", 0
        return "item", title or str(term.item), "", "", _pictured(library, [part.id for part in parts[:1]])
    if isinstance(term, UploadTerm):
        try:
            told = handed_in.find(library, term.upload)
        except PinakesError:
            return "upload", term.upload[:8], "", "", 0
        return "upload", told.title, "", told.name if told.preview else "", 0
    return "other", "", "", "", 0


def _pictured(library: Library, parts: Sequence[int]) -> int:
    return next((part for part in parts if library.preview(part)), 0)


def _filter(condition: Filter, removed: Asked) -> Chip:
    return Chip("filter", ", ".join(condition.values), condition.field, condition.operator, removed=removed)
