"""An item's page, its citations, its pictures and its originals."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.errors import BadInput
from pinakes.library.viewing import drawn, small
from pinakes.web.http.personal import own_of
from pinakes.web.http.ranges import attachment, original_of
from pinakes.web.http.site import library_of, picture_of, render, site_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.asked import asked_of
from pinakes.web.logic.citing import FORMATS, cited
from pinakes.web.logic.searching import like
from pinakes.web.logic.viewing import MARK_CHARS, MOST_MARKS, viewed

_LIKE = 8


def item(request: Request) -> Response:
    """The item at one of its parts, with the words that were searched for marked."""
    library, number = library_of(request), request.path_params["number"]
    asked = asked_of(request.query_params.multi_items())
    part, stretch = _number(request, "part"), _number(request, "stretch")
    who = who_of(request)
    view = viewed(library, who, number, part, asked, stretch)
    try:
        similar = like(library, number, _LIKE)
    except BadInput:
        similar = []
    may_edit, own = who.may("editor"), own_of(request, [number])
    return render(
        request, "item.html", view=view, asked=asked, similar=similar, formats=FORMATS, may_edit=may_edit, **own
    )


def _number(request: Request, name: str) -> int:
    """A number of the address; 0 where there is none."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def citation(request: Request) -> Response:
    """The item as a citation, to be saved."""
    number = request.path_params["number"]
    address = f"{request.base_url}items/{number}"
    text, kind, suffix = cited(library_of(request).item(number), address, request.path_params["format"])
    headers = {"Content-Disposition": attachment(f"pinakes-{number}.{suffix}")}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def thumbnail(request: Request) -> Response:
    """The small picture of a part."""
    return picture_of(small(library_of(request), request.path_params["number"]))


def picture(request: Request) -> Response:
    """The picture of a part, large."""
    site, number = site_of(request), request.path_params["number"]
    pixels = site.library.settings.limits.view_pixels
    asked = request.query_params.getlist("mark")[:MOST_MARKS]
    marks = tuple(word[:MARK_CHARS] for word in asked if word.strip())
    return picture_of(site.views.get((number, marks), lambda: drawn(site.library, number, pixels, marks)))


def original(request: Request) -> Response:
    """The original of a part: sounds and films to be played in the page, the rest as a download."""
    return original_of(request, request.path_params["number"], download="download" in request.query_params)
