"""Administration: works that are almost the same, works whose files vanished, and files that could not be read."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.catalogue.naming import path_text
from pinakes.errors import PinakesError
from pinakes.library import coverage
from pinakes.library.alike import MOST_BITS, alike
from pinakes.web.http.forms import Fields, again, number_of, sent_on
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.errands import latest, sure
from pinakes.web.logic.showing import medium_of
from pinakes.web.logic.tasking import ask
from pinakes.web.logic.upkeep import keep_one, try_again
from pinakes.web.pages.administration import administrated

DUPLICATES, ORPHANS = "/admin/duplicates", "/admin/orphans"
_GROUPS, _ROWS = 20, 100


def duplicates(request: Request) -> Response:
    """The groups that were found last."""
    return _duplicates(request, {})


def _duplicates(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library, first = library_of(request), number_of(request.query_params.get("first", ""))
    found = alike(library, _GROUPS, first)
    return administrated(
        request,
        "duplicates.html",
        error.status if error else 200,
        section=DUPLICATES,
        found=found,
        kind_of=medium_of,
        task=latest(library, ("duplicates",)),
        removing=latest(library, ("remove",)),
        following=first + _GROUPS if found and first + _GROUPS < found.total else 0,
        most=MOST_BITS,
        error=error,
    )


def _look(request: Request, fields: Fields) -> Response:
    bits = fields.get("bits", "").strip()
    ask(
        library_of(request),
        who_of(request),
        "duplicates",
        {"within_bits": number_of(bits, MOST_BITS + 1)} if bits else {},
    )
    return sent_on(DUPLICATES)


def _keep(request: Request, fields: Fields) -> Response:
    sure(fields)
    keep_one(library_of(request), who_of(request), number_of(fields.get("keep", "")))
    return sent_on(DUPLICATES)


def orphans(request: Request) -> Response:
    """Works without files, files without works, and what each space covers."""
    return _orphans(request, {})


def _orphans(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    after, beyond = number_of(request.query_params.get("after", "")), request.query_params.get("beyond", "")
    lost, missing = coverage.vanished(library, _ROWS, after)
    failed, failing = coverage.failed(library, _ROWS, beyond)
    shown = [(path_text(one.path), one) for one in failed]
    return administrated(
        request,
        "orphans.html",
        error.status if error else 200,
        section=ORPHANS,
        lost=[(item, [path_text(file.path) for file in item.files]) for item in lost],
        missing=missing,
        after=lost[-1].id if len(lost) == _ROWS else 0,
        failed=shown,
        failing=failing,
        beyond=shown[-1][0] if len(shown) == _ROWS else "",
        spaces=coverage.coverage(library),
        removing=latest(library, ("remove",), missing=True),
        again=latest(library, ("add",), retry=True),
        error=error,
    )


def _forget(request: Request, fields: Fields) -> Response:
    sure(fields)
    ask(library_of(request), who_of(request), "remove", {"missing": True})
    return sent_on(ORPHANS)


def _again(request: Request, _fields: Fields) -> Response:
    try_again(library_of(request), who_of(request))
    return sent_on(f"{ORPHANS}#failed")


look = again(_duplicates, _look)
keep = again(_duplicates, _keep)
forget = again(_orphans, _forget)
retry = again(_orphans, _again)
