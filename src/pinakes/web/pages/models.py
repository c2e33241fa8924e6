"""Administration: the models that there are, fetching one, and encoding the library with one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.errors import PinakesError, UnknownName, nearest
from pinakes.library.coverage import coverage
from pinakes.library.models import table
from pinakes.web.http.forms import Fields, again, sent_on
from pinakes.web.http.site import library_of
from pinakes.web.logic.errands import open_by
from pinakes.web.pages.administration import administrated
from pinakes.web.pages.errands import ask, sure

PATH = "/admin/models"
# Encoders that every library has from the start, and that need not be taken into use.
_KINDS = ("pull", "use")


def models(request: Request) -> Response:
    """The list."""
    return _models(request, {})


def _models(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    rows, spaces = table(library.settings), coverage(library)
    used = {one.space for one in spaces if one.state == "active"}
    return administrated(
        request,
        "models.html",
        error.status if error else 200,
        section=PATH,
        ready=[row for row in rows if row["installed"]],
        published=[row for row in rows if not row["installed"] and row["licence"]],
        used=used,
        spaces=spaces,
        tasks=open_by(library, _KINDS, "model"),
        told=fields,
        error=error,
    )


def _pull(request: Request, fields: Fields) -> Response:
    sure(fields)
    name = fields.get("model", "")
    ask(request, "pull", {"model": name}, f"model {name}")
    return sent_on(PATH)


def _use(request: Request, fields: Fields) -> Response:
    name = fields.get("model", "")
    known = known_name(request, name)
    ask(request, "use", {"model": known, "beside": bool(fields.get("beside"))}, f"model {known}")
    return sent_on(PATH)


def known_name(request: Request, name: str) -> str:
    """The name of a model that lies ready here; a folder of the server is none."""
    ready = [str(row["name"]) for row in table(library_of(request).settings) if row["installed"]]
    if name not in ready:
        raise UnknownName(f"No model named {name[:60]} lies ready here.", nearest(name, ready))
    return name


pull = again(_models, _pull)
use = again(_models, _use)
