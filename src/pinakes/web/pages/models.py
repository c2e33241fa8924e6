"""Administration: the models that there are, fetching one, and encoding the library with one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.catalogue.choices import encoders
from pinakes.errors import PinakesError
from pinakes.library.coverage import coverage
from pinakes.library.models import table
from pinakes.library.paths import models_of
from pinakes.web.http.forms import Fields, again, sent_on
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.errands import newest, sure
from pinakes.web.logic.running import use_model
from pinakes.web.logic.tasking import ask
from pinakes.web.pages.administration import administrated

PATH = "/admin/models"
_KINDS = ("pull", "use")


def models(request: Request) -> Response:
    """The list."""
    return _models(request, {})


def _models(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library = library_of(request)
    rows, spaces = table(library.settings, models_of(library.folder)), coverage(library)
    with library.catalogue.reading() as connection:
        # What a library has chosen has no space before there is anything that it could encode.
        used = {one.space for one in spaces if one.state == "active"} | set(encoders(connection))
    return administrated(
        request,
        "models.html",
        error.status if error else 200,
        section=PATH,
        ready=[row for row in rows if row["installed"]],
        published=[row for row in rows if not row["installed"] and row["licence"]],
        used=used,
        spaces=spaces,
        tasks=newest(library, _KINDS, "model"),
        told=fields,
        error=error,
    )


def _pull(request: Request, fields: Fields) -> Response:
    sure(fields)
    ask(library_of(request), who_of(request), "pull", {"model": fields.get("model", "")})
    return sent_on(PATH)


def _use(request: Request, fields: Fields) -> Response:
    beside = bool(fields.get("beside"))
    use_model(library_of(request), who_of(request), fields.get("model", ""), beside=beside)
    return sent_on(PATH)


pull = again(_models, _pull)
use = again(_models, _use)
