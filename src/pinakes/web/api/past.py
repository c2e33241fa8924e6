"""The API of kept searches, of the history of searching, and of recommendations."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from pinakes.accounts import kept_searches, past, recommending
from pinakes.web.api.paging import on_a_page
from pinakes.web.http.personal import keeps, moment_of, reader_of
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Nothing, Typed, asks
from pinakes.web.http.who import person_of
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.past_pages import Kept, keepable, kept_page, noted, past_page, suggestions


@dataclass(frozen=True, slots=True)
class KeptSearchesIn:
    """What is told of kept searches."""

    new: bool = asks("whether it is counted how many of the best hits came since one looked last", False)


@dataclass(frozen=True, slots=True)
class KeptSearchOut:
    """A kept search."""

    number: int = asks("by which it is asked for")
    name: str = asks("what its owner calls it")
    address: str = asks("the values of its page's address")
    created: float = asks("seconds since 1970")
    opened: float = asks("when one looked at it last")
    new: int | None = asks("how many of its best hits came since; null: not counted, or it can not be made any more")


@dataclass(frozen=True, slots=True)
class KeptSearchesOut:
    """The searches that one keeps."""

    searches: list[KeptSearchOut] = asks("by name")


@dataclass(frozen=True, slots=True)
class KeepIn:
    """A search to be kept."""

    name: str = asks("what to call it; no other of one's searches is called so")
    q: str = asks("words, phrases, fields and filters in the term language", "")
    with_: tuple[str, ...] = asks("items (item:12), with sign and weight", ())
    where: tuple[str, ...] = asks("filters, such as date>=1900", ())


@dataclass(frozen=True, slots=True)
class RenameIn:
    """Another name for a kept search."""

    name: str = asks("what to call it")


@dataclass(frozen=True, slots=True)
class PastNumberIn:
    """Which search, or which item."""

    number: int = asks("the number that a list told")


@dataclass(frozen=True, slots=True)
class HistoryIn:
    """Which stretch of the history."""

    limit: int = asks("searches on a page", 50)
    page: str = asks("the token that the former page told", "")


@dataclass(frozen=True, slots=True)
class RememberedOut:
    """A search of the past."""

    number: int = asks("by which it is forgotten")
    at: float = asks("seconds since 1970")
    query: str = asks("in the term language")
    address: str = asks("the values of its page's address")
    opened: list[int] = asks("items that were opened after it")


@dataclass(frozen=True, slots=True)
class HistoryOut:
    """A stretch of the history."""

    remembers: bool = asks("whether searches are remembered; changed by PUT /me")
    searches: list[RememberedOut] = asks("the latest first")
    next_page: str = asks("token of the next page; empty on the last")


@dataclass(frozen=True, slots=True)
class NotedIn:
    """What was searched for, or opened."""

    q: str = asks("words, phrases, fields and filters in the term language", "")
    with_: tuple[str, ...] = asks("items (item:12), with sign and weight", ())
    where: tuple[str, ...] = asks("filters, such as date>=1900", ())
    item: int | None = asks("the item that was opened; null: it is the search that is noted", None)


@dataclass(frozen=True, slots=True)
class RecommendIn:
    """What is recommended."""

    limit: int = asks("how many at most", 12)
    shelf: int = asks("because of one shelf alone; 0: of all shelves and what was opened", 0)


@dataclass(frozen=True, slots=True)
class RecommendedOut:
    """A recommended item."""

    item: int = asks("number of the item")
    title: str = asks("its title")
    score: float = asks("how well it goes, from 0 to 1")
    because: int = asks("the item because of which it is recommended")
    shelf: int | None = asks("the shelf on which that lies; null: it was opened")
    shared: list[str] = asks("what both have: subjects, creators and so on, or words")


@dataclass(frozen=True, slots=True)
class RecommendationsOut:
    """What is recommended to one."""

    items: list[RecommendedOut] = asks("the best first; none of them on a shelf, opened lately or declined")
    declined: int = asks("how many items were declined")


def list_kept(request: Request, given: KeptSearchesIn) -> KeptSearchesOut:
    """The searches that one keeps."""
    user = reader_of(request)
    found = kept_page(library_of(request), user, counted=given.new) if user else []
    return KeptSearchesOut([_kept(one) for one in found])


def _kept(one: Kept) -> KeptSearchOut:
    kept = one.kept
    return KeptSearchOut(kept.id, kept.name, kept.address, kept.created, kept.opened, one.new)


def keep_search(request: Request, _given: Nothing, body: KeepIn) -> KeptSearchOut:
    """Keep a search."""
    library, user = library_of(request), person_of(request)
    asked = Asked(body.q, body.with_, body.where)
    number = kept_searches.keep(library.catalogue, user, body.name, keepable(library, asked))
    return _kept(Kept(kept_searches.one_kept(library.catalogue, user, number), asked))


def rename_search(request: Request, given: PastNumberIn, body: RenameIn) -> None:
    """Call a kept search otherwise."""
    kept_searches.rename(library_of(request).catalogue, person_of(request), given.number, body.name)


def look_at_search(request: Request, given: PastNumberIn) -> None:
    """Note that one looks at a kept search now."""
    kept_searches.look_at(library_of(request).catalogue, person_of(request), given.number)


def forget_kept(request: Request, given: PastNumberIn) -> None:
    """Keep a search no longer."""
    kept_searches.forget(library_of(request).catalogue, person_of(request), given.number)


def list_history(request: Request, given: HistoryIn) -> HistoryOut:
    """A stretch of one's history."""
    library, user = library_of(request), reader_of(request)
    on_a_page(given.limit, library.settings.limits.max_page_hits, "max_page_hits")
    if user is None:
        return HistoryOut(True, [], "")
    found, more = past_page(library, user, given.limit, moment_of(given.page))
    told = [RememberedOut(p.one.id, p.one.at, p.one.query, p.one.address, list(p.one.items)) for p in found]
    return HistoryOut(past.remembers(library.catalogue, user), told, f"{more}" if more else "")


def note_past(request: Request, _given: Nothing, body: NotedIn) -> None:
    """Note a search or what was opened, where whoever asks lets it be remembered."""
    user = person_of(request) if keeps(request) else None
    # Programs have their words understood only if they say so.
    asked = Asked(body.q, body.with_, body.where, understand="off" if body.q else "")
    noted(library_of(request), user, asked, body.item)


def forget_search(request: Request, given: PastNumberIn) -> None:
    """Forget one search."""
    past.forget(library_of(request).catalogue, person_of(request), given.number)


def clear_history(request: Request, _given: Nothing) -> None:
    """Forget all searches and what was opened."""
    past.clear(library_of(request).catalogue, person_of(request))


def recommend_items(request: Request, given: RecommendIn) -> RecommendationsOut:
    """What is recommended."""
    library, user = library_of(request), reader_of(request)
    on_a_page(given.limit, library.settings.limits.max_page_hits, "max_page_hits")
    found, declined = suggestions(library, user, given.limit, given.shelf) if user else ([], 0)
    told = [
        RecommendedOut(
            one.card.item,
            one.card.plain_title,
            round(one.score, 4),
            one.because,
            one.shelf.id if one.shelf else None,
            list(one.shared),
        )
        for one in found
    ]
    return RecommendationsOut(told, declined)


def decline_item(request: Request, given: PastNumberIn) -> None:
    """Recommend an item no more."""
    recommending.decline(library_of(request), person_of(request), given.number)


def want_again(request: Request, _given: Nothing) -> None:
    """Take back all that was declined."""
    recommending.want_again(library_of(request), person_of(request))


_KEPT = "/kept-searches/{number:whole}"
TYPED = (
    Typed("/kept-searches", "The searches that one keeps.", KeptSearchesIn, KeptSearchesOut, list_kept, need="reader"),
    Typed("/kept-searches", "Keep a search.", Nothing, KeptSearchOut, keep_search, "POST", KeepIn, need="reader"),
    Typed(_KEPT, "Call a kept search otherwise.", PastNumberIn, None, rename_search, "PUT", RenameIn, need="reader"),
    Typed(f"{_KEPT}/opened", "Note that one looks at it.", PastNumberIn, None, look_at_search, "POST", need="reader"),
    Typed(_KEPT, "Keep a search no longer.", PastNumberIn, None, forget_kept, "DELETE", need="reader"),
    Typed("/history", "What is remembered of one's searching.", HistoryIn, HistoryOut, list_history, need="reader"),
    Typed(
        "/history",
        "Note a search, or an item that was opened after it.",
        Nothing,
        None,
        note_past,
        "POST",
        NotedIn,
        need="search",
        rate="search",
    ),
    Typed("/history", "Forget all of it.", Nothing, None, clear_history, "DELETE", need="reader"),
    Typed("/history/{number:whole}", "Forget one search.", PastNumberIn, None, forget_search, "DELETE", need="reader"),
    Typed(
        "/recommendations",
        "What goes with one's shelves and what one opened, each with the reason.",
        RecommendIn,
        RecommendationsOut,
        recommend_items,
        need="reader",
    ),
    Typed(
        "/declined/{number:whole}", "Recommend an item no more.", PastNumberIn, None, decline_item, "PUT", need="reader"
    ),
    Typed("/declined", "Recommend again what was declined.", Nothing, None, want_again, "DELETE", need="reader"),
)
