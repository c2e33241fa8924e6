"""Administration: how the library is, and what its last check found."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.library.health import health
from pinakes.tasks.records import counts
from pinakes.web.http.forms import Fields, posted, sent_on
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.errands import latest, sure
from pinakes.web.logic.tasking import ask
from pinakes.web.pages.administration import administrated

PATH = "/admin/health"


def page(request: Request) -> Response:
    """One page of it."""
    library = library_of(request)
    with library.catalogue.reading() as connection:
        waiting = counts(connection)
    return administrated(
        request,
        "health.html",
        section=PATH,
        health=health(library),
        tasks=waiting,
        check=latest(library, ("check",)),
    )


def _check(request: Request, fields: Fields) -> Response:
    repair = bool(fields.get("repair"))
    if repair:
        sure(fields)
    ask(library_of(request), who_of(request), "check", {"repair": True} if repair else {})
    return sent_on(PATH)


check = posted(_check)
