"""The search page, and its results alone for those who type."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pinakes.errors import BadInput
from pinakes.library.reading import counted as held
from pinakes.library.reading import is_empty
from pinakes.web.http.counting import meter_of
from pinakes.web.http.guard import is_own
from pinakes.web.http.personal import own_of, reader_of
from pinakes.web.http.ranges import attachment
from pinakes.web.http.rates import counted
from pinakes.web.http.site import address, library_of, render
from pinakes.web.http.who import who_of
from pinakes.web.logic.asked import Asked, asked_of
from pinakes.web.logic.exporting import exported
from pinakes.web.logic.past_pages import suggestions
from pinakes.web.logic.searching import FIRST_VALUES, names_of, newest, refused, searched_now
from pinakes.web.logic.shortening import check_length, holds_texts, shortened

# Recommended works that the first page shows.
_SUGGESTED = 4
_SEE_OTHER = 303


def search(request: Request) -> Response:
    """The page; with `part=results` only what changes while one types."""
    library = library_of(request)
    asked = asked_of(request.query_params.multi_items())
    if asked.is_empty:
        return _first(request, asked)
    # A page of another site may lead here, and may not have anything stored by that.
    if is_own(request) and holds_texts(library, asked):
        counted(request, "upload")
        short = shortened(library, asked)
        if short != asked:
            piece = "&part=results" if request.query_params.get("part") == "results" else ""
            return RedirectResponse(address(short) + piece, _SEE_OTHER)
    status = 200
    meter_of(request).searched(asked.mode)
    try:
        check_length(asked)
        outcome = searched_now(library, asked, library.settings.page_hits)
    except BadInput as error:
        outcome, status = refused(library, asked, error), error.status
    own = own_of(request, [hit.item for hit in outcome.hits])
    told = {"outcome": outcome, "asked": outcome.asked, "first_values": FIRST_VALUES, **own}
    if request.query_params.get("part") == "results":
        return render(request, "results.html", status, **told)
    return render(request, "search.html", status, collections=names_of(library), **told)


def results(request: Request) -> Response:
    """All that a search finds, to be saved."""
    asked = asked_of(request.query_params.multi_items())
    site, name = str(request.base_url), request.path_params["format"]
    text, kind, suffix = exported(library_of(request), who_of(request), asked, site, name)
    headers = {"Content-Disposition": attachment(f"pinakes-results.{suffix}"), "Cache-Control": "private, no-cache"}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def _first(request: Request, asked: Asked) -> Response:
    """What stands there before anything is asked."""
    library = library_of(request)
    if request.query_params.get("part") == "results":
        shown = newest(library)
        own = own_of(request, [hit.item for hit in shown])
        return render(request, "newest.html", asked=asked, newest=shown, **own)
    empty, user = is_empty(library), reader_of(request)
    shown = [] if empty else newest(library)
    return render(
        request,
        "first.html",
        asked=asked,
        newest=shown,
        suggested=suggestions(library, user, _SUGGESTED)[0] if user and not empty else [],
        collections=names_of(library),
        held=held(library),
        folder=library.folder.name,
        empty=empty,
        **own_of(request, [hit.item for hit in shown]),
    )
