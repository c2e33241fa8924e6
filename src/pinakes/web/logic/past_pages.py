"""Kept searches, the history of searching and recommendations, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pinakes.accounts import addresses, kept_searches, past, recommending
from pinakes.catalogue.history import Remembered
from pinakes.catalogue.kept_searches import KeptSearch
from pinakes.catalogue.shelves import Shelf
from pinakes.errors import BadInput, PinakesError
from pinakes.library import Library
from pinakes.library.reading import items
from pinakes.search.query.terms import UploadTerm
from pinakes.search.query.write import written
from pinakes.web.logic.asked import Asked, asked_of, query_of
from pinakes.web.logic.carding import cards
from pinakes.web.logic.meaning import meant_query
from pinakes.web.logic.searching import found_by
from pinakes.web.logic.showing import Shown

# What came since one looked last is counted among so many of the best hits.
AMONG = 50
# Searches whose news are counted at once.
_COUNTED = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept search, how many of its best hits came since its owner looked (None: not counted), and why it fails."""

    kept: KeptSearch
    asked: Asked
    new: int | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """A search of the past, with the titles of what was opened after it."""

    one: Remembered
    asked: Asked
    opened: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recommended item, the item because of which, and the shelf on which that lies (None: it was opened)."""

    card: Shown
    because: int
    title: str
    shelf: Shelf | None
    shared: Sequence[str]
    score: float


def keepable(library: Library, asked: Asked) -> str:
    """The address of a search as it is kept; what will not be there later is refused."""
    asked = asked.changed()
    if asked.is_empty:
        raise BadInput("There is nothing to keep: the search is empty.", "Search for something first.")
    if _has_uploads(library, asked):
        hours = library.settings.limits.upload_hours
        raise BadInput(
            f"A medium that was handed in is gone after {hours:g} hours, and the search with it.",
            "Search with words or with works of the library, or raise upload_hours.",
        )
    return addresses.in_one(asked.pairs())


def noted(library: Library, user: int | None, asked: Asked, item: int | None) -> bool:
    """Note a search or what was opened; searches with media that were handed in are no one's business."""
    asked = asked.changed()
    query = ""
    if not asked.is_empty:
        if _has_uploads(library, asked):
            return False
        # As it was understood: whoever measures by it asks the same.
        query = written(meant_query(library, asked))
    if item is not None and item not in items(library, [item]):
        return False
    return past.note(library.catalogue, user, query, addresses.in_one(asked.pairs()), item)


def _has_uploads(library: Library, asked: Asked) -> bool:
    return any(isinstance(term, UploadTerm) for term in query_of(asked, library.settings.limits).terms)


def kept_page(library: Library, user: int, *, counted: bool) -> list[Kept]:
    """A person's kept searches; `counted`: with how many hits are new."""
    found = [Kept(one, _asked(one.address)) for one in kept_searches.all_kept(library.catalogue, user)]
    if not counted:
        return found
    return [_counted(library, one) for one in found[:_COUNTED]] + found[_COUNTED:]


def _counted(library: Library, one: Kept) -> Kept:
    quick = one.asked.changed(mode="quick")
    try:
        hits = found_by(library, quick, meant_query(library, quick), AMONG, ())
    except PinakesError:
        return replace(one, failed=True)
    entries = items(library, [hit.item for hit in hits])
    return replace(one, new=sum(entry.added > one.kept.opened for entry in entries.values()))


def past_page(library: Library, user: int, limit: int, before: float) -> tuple[list[Past], float]:
    """A person's searches before a moment, and the moment before which there are more; 0: there are none."""
    rows = past.remembered(library.catalogue, user, limit + 1, before)
    shown = rows[:limit]
    entries = items(library, sorted({item for one in shown for item in one.items}))
    found = [
        Past(one, _asked(one.address), [(n, entries[n].title or str(n)) for n in one.items if n in entries])
        for one in shown
    ]
    return found, shown[-1].at if len(rows) > limit else 0.0


def _asked(address: str) -> Asked:
    return asked_of(addresses.apart(address))


def suggestions(library: Library, user: int, limit: int, only: int = 0) -> tuple[list[Suggestion], int]:
    """What is recommended to a person, and how many works that person has declined."""
    told = recommending.recommendations(library, user, limit, only)
    drawn = cards(library, [one.item for one in told.found])
    reasons = items(library, sorted({one.because for one in told.found}))
    found = [
        Suggestion(
            card=drawn[one.item],
            because=one.because,
            title=reasons[one.because].title or str(one.because),
            shelf=told.shelves[one.group],
            shared=one.shared,
            score=one.score,
        )
        for one in told.found
        if one.item in drawn and one.because in reasons
    ]
    return found, told.declined
