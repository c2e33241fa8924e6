"""A search as a page shows it: hits, chips, facets, corrections, and ways out where nothing is found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pinakes.catalogue.collections import all_collections
from pinakes.errors import BadQuery, PinakesError, StalePage
from pinakes.index.filters import Filter
from pinakes.library import Library, Results, uploads
from pinakes.library.reading import ask
from pinakes.limits import Limits
from pinakes.search.query.terms import Query, UploadTerm
from pinakes.search.request import Options
from pinakes.search.suggest import corrected
from pinakes.search.understanding.finding import Understood
from pinakes.types import MODALITIES
from pinakes.web.logic.asked import Asked, conditions, filter_written, query_of, retyped, typed
from pinakes.web.logic.chips import Chip, chips
from pinakes.web.logic.meaning import as_meant, as_written, is_understood, meaning
from pinakes.web.logic.shortening import check_length
from pinakes.web.logic.showing import Shown, shown

FACETS = ("modality", "type", "collection", "creator", "language", "subjects", "labels", "rights")
# Values of a facet that are shown at once; the rest is a click away.
FIRST_VALUES = 6
# Works that the first page shows before anything is asked.
_NEWEST = 12
# What says in the term language how words are meant, and how long words are that a link offers without.
_MEANING = re.compile(r"""[:=<>!"\u201c\u201d\u300c\u300d\\]|(?<!\w)[-+\u2212]+|[-+\u2212]+(?!\w)""")
_PLAIN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: how many of the items found have it, and the search that it leads to."""

    text: str
    count: int
    chosen: bool
    asked: Asked


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among what was found."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """Another search to try where this one finds nothing, by the key of its words."""

    why: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page shows of a search."""

    asked: Asked
    chips: Sequence[Chip] = ()
    hits: Sequence[Shown] = ()
    total: int = 0
    first: int = 0
    milliseconds: int = 0
    facets: Sequence[Facet] = ()
    notes: Sequence[str] = ()
    # Why there is no answer at all.
    refusal: PinakesError | None = None
    meant: Asked | None = None
    following: Asked | None = None
    ways_out: Sequence[WayOut] = field(default_factory=tuple)
    # The same words as they are where they were understood, or understood where they were not.
    otherwise: WayOut | None = None
    # Whether the library has changed since the page before this one.
    changed: bool = False


def searched(library: Library, asked: Asked, limit: int) -> Outcome:
    """Answer a search; an empty one shows what was added last."""
    told = meaning(library, asked)
    query = told.query
    found = found_by(library, asked, query, limit)
    meant = corrected(asked.words, found.corrections) if found.corrections else asked.words
    return Outcome(
        asked=asked,
        chips=chips(library, asked, told),
        otherwise=_otherwise(library, asked, told),
        hits=shown(found),
        total=found.total,
        first=found[0].rank if len(found) else 0,
        milliseconds=round(found.answer.seconds * 1000),
        facets=_facets(library, asked, found),
        notes=found.notes,
        meant=asked.changed(words=meant) if meant != asked.words else None,
        following=asked.changed(page=found.next_page) if found.next_page else None,
        ways_out=() if len(found) else _ways_out(asked, told, library.settings.limits),
    )


def searched_now(library: Library, asked: Asked, limit: int) -> Outcome:
    """Answer a search; a page of what the library was before it changed, by the same place in it as it is now."""
    try:
        return searched(library, asked, limit)
    except StalePage as error:
        outcome = searched(library, replace(asked, page=error.anew), limit)
    if not outcome.hits:
        # What it found has become fewer.
        outcome = searched(library, asked.changed(), limit)
    return replace(outcome, changed=True)


def names_of(library: Library) -> list[str]:
    """The collections by name."""
    with library.catalogue.reading() as connection:
        return [one.name for one in all_collections(connection)]


def newest(library: Library) -> list[Shown]:
    """What was added last."""
    options = Options(mode="quick", limit=_NEWEST, facets=())
    everything = 'modality="' + '","'.join(MODALITIES) + '"'
    return shown(ask(library, Query((), conditions(everything, library.settings.limits)), options))


def like(library: Library, item: int, limit: int) -> list[Shown]:
    """What is most like an item."""
    options = Options(limit=limit, facets=(), fusion=library.settings.fusion, min_score=library.settings.min_score)
    asked = Asked(media=(f"item:{item}",))
    return shown(ask(library, query_of(asked, library.settings.limits), options))


def found_by(
    library: Library,
    asked: Asked,
    query: Query,
    limit: int,
    facets: Sequence[str] = FACETS,
    fusion: str = "",
    most: int = 0,
) -> Results:
    """One page of the answer to a search, of as many hits as a page may have or as is said."""
    for term in query.terms:
        if isinstance(term, UploadTerm):
            # Decoded before the search begins, whose time is short.
            uploads.read(library, term.upload)
    options = Options(
        mode=asked.mode,
        limit=min(limit, most or library.settings.limits.max_page_hits),
        page=asked.page,
        fusion=fusion or library.settings.fusion,
        min_score=0.0 if asked.unlikely else library.settings.min_score,
        facets=facets,
        unfold=asked.unfold,
    )
    return ask(library, query, options)


def _facets(library: Library, asked: Asked, found: Results) -> list[Facet]:
    chosen: dict[tuple[str, str], str] = {}
    for text in asked.filters:
        for condition in conditions(text, library.settings.limits):
            if condition.operator == "=" and len(condition.values) == 1:
                chosen[condition.field, condition.values[0]] = text
    facets = []
    for name, counts in found.facets.items():
        values = []
        for value, count in counts.items():
            there = chosen.get((name, value))
            kept = tuple(text for text in asked.filters if text != there)
            changed = asked.changed(filters=kept if there else (*kept, _equals(name, value)))
            values.append(Value(value, count, there is not None, changed))
        facets.append(Facet(name, tuple(values)))
    return facets


def _equals(name: str, value: str) -> str:
    return filter_written(Filter(name, "=", (value,)))


def _otherwise(library: Library, asked: Asked, told: Understood) -> WayOut | None:
    """The switch between words that are understood and words as they are."""
    if told.findings:
        return WayOut("meant.off", as_written(asked))
    if asked.words.strip() and (not is_understood(library, asked) or asked.plain):
        return WayOut("meant.on", as_meant(asked))
    return None


def _ways_out(asked: Asked, told: Understood, limits: Limits) -> list[WayOut]:
    """Searches that ask for less, the mildest change first."""
    found = []
    query, box = told.query, typed(asked, limits)
    if told.findings:
        found.append(WayOut("meant.off", as_written(asked)))
    if asked.mode == "quick":
        found.append(WayOut("way.precise", asked.changed(mode="precise")))
    if not asked.unlikely:
        found.append(WayOut("way.unlikely", asked.changed(unlikely=True)))
    if asked.filters or (box.filters and (box.terms or asked.media)):
        wider = asked.changed(filters=())
        found.append(WayOut("way.filters", retyped(wider, box.terms, ()) if box.filters else wider))
    if asked.media and asked.words:
        found.append(WayOut("way.words", asked.changed(media=())))
    if len(query.terms) + len(query.filters) > 1 or asked.page:
        found.append(WayOut("way.anew", Asked(view=asked.view)))
    return found


def refused(library: Library, asked: Asked, error: PinakesError) -> Outcome:
    """What a page shows of a search without an answer: why, its chips where it can be read, and ways out."""
    there = []
    # Each chip of a box that is too long for a page would repeat it.
    with suppress(PinakesError):
        check_length(asked)
        there = chips(library, asked, meaning(library, asked))
    return Outcome(asked=asked, chips=there, refusal=error, ways_out=_ways_back(asked, error))


def _ways_back(asked: Asked, error: PinakesError) -> list[WayOut]:
    """Searches for the words alone that can not be read, and without what can not be taken out of the box by hand."""
    found = []
    plain = " ".join(_MEANING.sub(" ", asked.words).split())
    if isinstance(error, BadQuery) and plain not in ("", asked.words) and len(plain) <= _PLAIN_CHARS:
        found.append(WayOut("way.plain", asked.changed(words=plain)))
    if asked.page:
        found.append(WayOut("results.start", asked.changed()))
    if asked.media:
        found.append(WayOut("way.media", asked.changed(media=())))
    if asked.filters:
        found.append(WayOut("way.filters", asked.changed(filters=())))
    if asked.page or asked.media or asked.filters:
        found.append(WayOut("way.anew", Asked(view=asked.view)))
    return found
