"""The application: its routes, and what every request passes on its way to them."""

from __future__ import annotations

import threading
from functools import cache

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pinakes.errors import NotFound
from pinakes.library import Library
from pinakes.library.lately import Lately
from pinakes.web.api import collections as api_collections
from pinakes.web.api import description, outside
from pinakes.web.api import uploads as api_uploads
from pinakes.web.api.table import TYPED
from pinakes.web.http.counting import Counting, Meter
from pinakes.web.http.failures import API, Catching, http_failed
from pinakes.web.http.gate import Gate
from pinakes.web.http.guard import Guard, names
from pinakes.web.http.moments import Moments
from pinakes.web.http.packing import packed
from pinakes.web.http.proxied import Proxied, networks
from pinakes.web.http.rates import Rates
from pinakes.web.http.rights import needs
from pinakes.web.http.site import STATIC, Site, static_mark
from pinakes.web.logic.releasing import ruled
from pinakes.web.pages import (
    administration,
    collections,
    editing,
    item,
    past,
    people,
    search,
    shelves,
    staff,
    tasks,
    uploads,
)

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Our own files, listed once: no path that a request names is ever looked for.
_FILES = {path.name: path for path in STATIC.iterdir() if path.suffix in _TYPES}
# Searches that run at the same time: Python works on one, while the other may wait for the disk, a child or foreign
# code. More would only make each other late: of eight readers the last one in twenty waited a third longer with four.
_SEARCHING = 2
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def static(request: Request) -> Response:
    """One of our own files."""
    name = request.path_params["name"]
    if name not in _FILES:
        raise NotFound(f"There is no file {name}.", "Go to the first page.")
    current = request.path_params["mark"] == static_mark()
    data, packing = packed(request, _bytes(name))
    headers = {**(_FOR_EVER if current else {"Cache-Control": "no-cache"}), "Vary": "Accept-Encoding", **packing}
    return Response(data, media_type=_TYPES[_FILES[name].suffix], headers=headers)


@cache
def _bytes(name: str) -> bytes:
    return _FILES[name].read_bytes()


def routes() -> list[BaseRoute]:
    """All routes, each with its method."""
    return [
        Route("/", needs("search", search.search, "search")),
        Route("/results/{format}", needs("search", search.results, "search")),
        Route("/items/{number:whole}", needs("search", item.item)),
        Route("/items/{number:whole}/citation/{format}", needs("search", item.citation)),
        Route("/parts/{number:whole}/thumbnail", needs("search", item.thumbnail)),
        Route("/parts/{number:whole}/picture", needs("search", item.picture)),
        Route("/parts/{number:whole}/original", needs("search", item.original)),
        Route("/uploads", needs("search", uploads.hand_in, "upload"), methods=["POST"]),
        Route("/uploads/{name}/preview", needs("search", uploads.preview)),
        Route("/static/{mark}/{name}", needs("anyone", static)),
        *editing.ROUTES,
        *people.ROUTES,
        *shelves.ROUTES,
        *past.ROUTES,
        *staff.ROUTES,
        *tasks.ROUTES,
        *collections.ROUTES,
        Route("/admin", needs("editor", administration.first)),
        Route("/api", needs("anyone", description.page)),
        Route(f"{API}/openapi.json", needs("anyone", description.openapi)),
        Route(f"{API}/uploads", needs("search", api_uploads.hand_in, "upload"), methods=["POST"]),
        *api_collections.ROUTES,
        *outside.ROUTES,
        *(one.route(API) for one in TYPED),
    ]


def application(
    library: Library,
    host: str,
    *,
    anonymous: bool = False,
    meter: Meter | None = None,
    moments: Moments | None = None,
) -> Starlette:
    """The application on one library, as it is reached under an address; `anonymous` lets guests search."""
    settings, meter = library.settings, meter or Meter()
    ruled(settings.downloads)
    guests = anonymous or settings.anonymous == "yes"
    app = Starlette(
        routes=routes(),
        middleware=[
            Middleware(Proxied, proxies=networks(settings.proxies)),
            Middleware(Counting, meter=meter),
            Middleware(Guard, known=names(host, settings.hosts)),
            Middleware(Gate, limits=settings.limits),
            Middleware(Catching),
        ],
        exception_handlers={HTTPException: http_failed},
    )
    app.router.redirect_slashes = False
    # Set when the server is about to end.
    app.state.ending = threading.Event()
    app.state.meter = meter
    app.state.rates = Rates(settings.limits, moments=moments)
    app.state.searching = CapacityLimiter(_SEARCHING)
    app.state.site = Site(library, Lately(settings.limits.views_bytes, len), host, guests)
    return app
