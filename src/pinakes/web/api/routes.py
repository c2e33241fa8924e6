"""The routes of the API."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from pinakes import __version__
from pinakes.catalogue.gauges import item_count
from pinakes.errors import BadQuery, Overloaded
from pinakes.library.reading import is_empty
from pinakes.library.viewing import part as part_entry
from pinakes.library.viewing import small
from pinakes.search.query.write import written
from pinakes.search.request import Mode
from pinakes.search.suggest import corrected
from pinakes.web.api.answers import (
    HealthOut,
    ItemOut,
    LiveOut,
    PartOut,
    PartsOut,
    SearchOut,
    SuggestionsOut,
    Titled,
    UnderstoodOut,
    hit_of,
    item_of,
    part_of,
)
from pinakes.web.api.paging import on_a_page
from pinakes.web.http.counting import meter_of
from pinakes.web.http.forms import number_of
from pinakes.web.http.ranges import original_of
from pinakes.web.http.site import library_of, picture_of
from pinakes.web.http.typed import Nothing, Typed, asks
from pinakes.web.logic.asked import Asked, Understand, query_of
from pinakes.web.logic.citing import cited
from pinakes.web.logic.meaning import meaning
from pinakes.web.logic.searching import FACETS, found_by
from pinakes.web.logic.suggesting import suggested


@dataclass(frozen=True, slots=True)
class SearchIn:
    """What is searched for."""

    q: str = asks("words, phrases, fields and filters in the term language", "")
    with_: tuple[str, ...] = asks("items (item:12) and media handed in (upload:...), with sign and weight", ())
    where: tuple[str, ...] = asks("filters, such as date>=1900", ())
    mode: Mode = asks("quick: words and codes alone; precise: all that the library knows", "precise")
    limit: int = asks("hits on a page", 24)
    page: str = asks("the token that the former page told", "")
    unlikely: bool = asks("whether what is too unlikely to be right is told too", False)
    fusion: str = asks("how the lists of several spaces are fused; empty: as the settings say", "")
    facets: bool = asks("whether values of fields are counted", True)
    understand: Understand = asks("whether plain words are understood as names, dates and so on; empty: as set", "")
    plain: tuple[str, ...] = asks("words that are searched for as they are, though they could be understood", ())


@dataclass(frozen=True, slots=True)
class NumberIn:
    """Which item or part."""

    number: int = asks("the number that a search told")


@dataclass(frozen=True, slots=True)
class PartsIn:
    """Which parts of which item."""

    number: int = asks("the number of the item")
    limit: int = asks("parts on a page", 100)
    page: str = asks("the token that the former page told", "")


@dataclass(frozen=True, slots=True)
class CitationIn:
    """Which item, and how it is cited."""

    number: int = asks("the number of the item")
    format: str = asks("bibtex, ris or dublin-core", "bibtex")


@dataclass(frozen=True, slots=True)
class SuggestIn:
    """What was begun."""

    q: str = asks("what was written so far")


def search(request: Request, given: SearchIn) -> SearchOut:
    """Search, and hand over one page."""
    library = library_of(request)
    limits = library.settings.limits
    on_a_page(given.limit, limits.max_page_hits, "max_page_hits")
    asked = Asked(
        given.q,
        given.with_,
        given.where,
        given.mode,
        unlikely=given.unlikely,
        understand=given.understand,
        plain=given.plain,
        page=given.page,
    )
    told = meaning(library, asked)
    meter_of(request).searched(given.mode)
    found = found_by(library, asked, told.query, given.limit, FACETS if given.facets else (), given.fusion)
    return SearchOut(
        total=found.total,
        hits=[hit_of(hit) for hit in found],
        facets=found.facets,
        understood=[UnderstoodOut(**one.as_dict()) for one in told.findings],
        suggestion=corrected(written(query_of(asked, limits)), found.corrections) if found.corrections else "",
        next_page=found.next_page,
        notes=list(found.notes),
        milliseconds=round(found.answer.seconds * 1000),
    )


def item(request: Request, given: NumberIn) -> ItemOut:
    """One item."""
    return item_of(library_of(request).item(given.number), library_of(request).parts(given.number))


def parts(request: Request, given: PartsIn) -> PartsOut:
    """The parts of an item, page by page."""
    on_a_page(given.limit, library_of(request).settings.limits.max_page_parts, "max_page_parts")
    first = number_of(given.page, -1) if given.page else 0
    if first < 0:
        raise BadQuery("The page token is not one of this item.", "Start again from the first page.")
    every = library_of(request).parts(given.number)
    following = first + given.limit
    shown = [part_of(one) for one in every[first:following]]
    return PartsOut(len(every), shown, str(following) if following < len(every) else "")


def part(request: Request, given: NumberIn) -> PartOut:
    """One part."""
    return part_of(part_entry(library_of(request), given.number))


def thumbnail(request: Request, given: NumberIn) -> Response:
    """The small picture of a part."""
    return picture_of(small(library_of(request), given.number))


def citation(request: Request, given: CitationIn) -> Response:
    """An item as a citation."""
    address = f"{request.base_url}items/{given.number}"
    text, kind, _ = cited(library_of(request).item(given.number), address, given.format)
    return Response(text, media_type=f"{kind}; charset=utf-8")


def original(request: Request, given: NumberIn) -> Response:
    """The file from which a part comes."""
    return original_of(request, given.number, download=True)


def suggestions(request: Request, given: SuggestIn) -> SuggestionsOut:
    """How what was begun may go on."""
    found = suggested(library_of(request), given.q)
    return SuggestionsOut(list(found.words), [Titled(number, title) for number, title in found.titles])


def health(request: Request, _given: Nothing) -> HealthOut:
    """Whether the catalogue and the index answer, and the server is not about to end."""
    library = library_of(request)
    if request.app.state.ending.is_set():
        raise Overloaded("This server is about to end.", "Ask another, or this one when it is back.")
    is_empty(library)
    with library.catalogue.reading() as connection:
        return HealthOut("ok", __version__, item_count(connection))


def live(_request: Request, _given: Nothing) -> LiveOut:
    """That the process answers at all."""
    return LiveOut("ok")


TYPED = (
    Typed(
        "/search",
        "Search with words, items, media that were handed in, and filters.",
        SearchIn,
        SearchOut,
        search,
        need="search",
        rate="search",
    ),
    Typed("/items/{number:whole}", "One item with its metadata and files.", NumberIn, ItemOut, item, need="search"),
    Typed("/items/{number:whole}/parts", "The parts of an item.", PartsIn, PartsOut, parts, need="search"),
    Typed(
        "/items/{number:whole}/citation",
        "An item as BibTeX, RIS or Dublin Core.",
        CitationIn,
        "text/plain",
        citation,
        need="search",
    ),
    Typed("/parts/{number:whole}", "One part of an item.", NumberIn, PartOut, part, need="search"),
    Typed(
        "/parts/{number:whole}/thumbnail",
        "The small picture of a part.",
        NumberIn,
        "image/jpeg",
        thumbnail,
        need="search",
    ),
    Typed(
        "/parts/{number:whole}/original",
        "The file from which a part comes, whole or a range of it.",
        NumberIn,
        "application/octet-stream",
        original,
        need="search",
    ),
    Typed("/suggestions", "How what was begun may go on.", SuggestIn, SuggestionsOut, suggestions, need="search"),
    Typed("/health", "Whether the library can be searched.", Nothing, HealthOut, health, need="anyone"),
    Typed("/live", "Whether the server answers at all.", Nothing, LiveOut, live, need="anyone"),
)
