"""A work's description, edited by those who may."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pinakes.accounts.editing import history
from pinakes.errors import ChangedMeanwhile, PinakesError
from pinakes.library.editing import told
from pinakes.web.http.forms import Fields, again, sent_on
from pinakes.web.http.rights import needs
from pinakes.web.http.site import library_of, render
from pinakes.web.http.who import who_of
from pinakes.web.logic import editing
from pinakes.web.logic.asked import Asked

_PATH = "/items/{number:whole}/edit"
# Two for each field of a work, and more of those that have several long values.
_FIELDS = 1_000


def form(request: Request) -> Response:
    """What is told of the work, to be changed."""
    return _form(request, {})


def _form(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library, number = library_of(request), request.path_params["number"]
    item, known = library.item(number), told(library, number)
    late = error.names if isinstance(error, ChangedMeanwhile) else ()
    request.state.here = f"/items/{number}/edit"
    return render(
        request,
        "edit.html",
        error.status if error else 200,
        item=item,
        boxes=editing.boxes(known, editing.posted(fields, known) if fields else None, late),
        usual=editing.USUAL,
        added=editing.ADDED,
        history=history(library.catalogue, number),
        done=request.query_params.get("done", ""),
        told=fields,
        error=error,
        asked=Asked(),
    )


def _save(request: Request, fields: Fields) -> Response:
    library, number = library_of(request), request.path_params["number"]
    said = editing.posted(fields, told(library, number))
    changed, found = editing.edit(library, who_of(request), number, said.wanted, said.marks)
    done = "same" if not changed else "found" if found else "later"
    return sent_on(f"/items/{number}/edit", done=done)


ROUTES = (
    Route(_PATH, needs("editor", form)),
    Route(_PATH, needs("editor", again(_form, _save, _FIELDS)), methods=["POST"]),
)
