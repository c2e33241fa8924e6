"""Administration: the collections, and what is added to them: handed in, or from folders of this machine."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pinakes.errors import PinakesError, UsageError
from pinakes.library.deposits import room
from pinakes.web.api.collections import kept
from pinakes.web.http.failures import failed
from pinakes.web.http.forms import Fields, again, sent_on
from pinakes.web.http.rights import needs
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic import collecting
from pinakes.web.logic.tasking import ask, roots
from pinakes.web.pages.administration import administrated
from pinakes.web.pages.tasks import PATH as TASKS

PATH = "/admin/collections"
_FOLDERS = f"{PATH}/folders"


def collections(request: Request) -> Response:
    """The list, with the ways to add to it."""
    return _collections(request, {})


def _collections(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    used, limits = room(library.folder, who_of(request).number), library.settings.limits
    return administrated(
        request,
        "collections.html",
        error.status if error else 200,
        section=PATH,
        found=collecting.collections(library),
        roots=roots(library),
        used=used,
        limits=limits,
        told=fields,
        error=error,
    )


def folders(request: Request) -> Response:
    """A folder of this machine, to go down from or to add."""
    return _folders(request, request.query_params)


def _folders(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    return administrated(
        request,
        "folders.html",
        error.status if error else 200,
        section=PATH,
        shelf=collecting.shelf(library, fields.get("path", "")),
        found=collecting.collections(library),
        told=fields,
        error=error,
    )


async def deposit(request: Request) -> Response:
    """Keep what a form brings, and go on to the task that adds it."""
    try:
        number, _ = await kept(request, "", None)
    except PinakesError as error:
        return await run_in_threadpool(failed, request, error)
    return sent_on(f"{TASKS}/{number}")


def _add(request: Request, fields: Fields) -> Response:
    name = fields.get("collection", "").strip() or "main"
    arguments = {"paths": [fields.get("add", "")], "collection": name, "pair": bool(fields.get("pair"))}
    number = ask(library_of(request), who_of(request), "add", arguments)
    return sent_on(f"{TASKS}/{number}")


def _again(request: Request, fields: Fields) -> Response:
    number = collecting.again(library_of(request), who_of(request), fields.get("collection", ""))
    return sent_on(f"{TASKS}/{number}")


def _remove(request: Request, fields: Fields) -> Response:
    if fields.get("sure") != "yes":
        raise UsageError("This can not be taken back, and was not confirmed.", "Tick the box beside the button.")
    arguments = {"collection": fields.get("collection", "")}
    return sent_on(f"{TASKS}/{ask(library_of(request), who_of(request), 'remove', arguments)}")


_POST = ["POST"]
ROUTES = (
    Route(PATH, needs("editor", collections)),
    Route(f"{PATH}/deposit", needs("editor", deposit, "upload"), methods=_POST),
    Route(_FOLDERS, needs("editor", folders)),
    Route(_FOLDERS, needs("editor", again(_folders, _add), "costly"), methods=_POST),
    Route(f"{PATH}/again", needs("editor", again(_collections, _again), "costly"), methods=_POST),
    Route(f"{PATH}/remove", needs("editor", again(_collections, _remove), "costly"), methods=_POST),
)
