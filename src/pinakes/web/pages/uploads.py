"""Media that are handed in to search with, from a form or from a page's own script."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pinakes.errors import NotFound, PinakesError
from pinakes.library import uploads
from pinakes.web.http.failures import failed
from pinakes.web.http.receiving import received
from pinakes.web.http.site import address, library_of, picture_of
from pinakes.web.logic.asked import asked_of
from pinakes.web.logic.shortening import is_long, shortened

_SEE_OTHER = 303


async def hand_in(request: Request) -> Response:
    """Keep the media of a form, and go on to the search that has them as terms."""
    library = library_of(request)
    terms = []
    try:
        async with received(request) as told:
            asked = asked_of(told.fields)
            if not is_long(asked):
                # Else the text in the box is a medium too.
                _ = told.first
            for one in told.media:
                kept = await run_in_threadpool(uploads.keep, library, one.file, one.title)
                terms.append(f"upload:{kept.name}")
    except PinakesError as error:
        return await run_in_threadpool(failed, request, error)
    asked = await run_in_threadpool(shortened, library, asked)
    # A path of our own with a query: there is no way to be sent elsewhere.
    return RedirectResponse(address(asked.changed(media=(*asked.media, *terms))), _SEE_OTHER)


def preview(request: Request) -> Response:
    """The small picture of a medium that was handed in."""
    data = uploads.find(library_of(request), request.path_params["name"]).preview
    if not data:
        raise NotFound("That medium has no picture.", "Its text or its sound is searched with all the same.")
    return picture_of(data)
