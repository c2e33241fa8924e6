"""Administration: the settings of the library, each with its value, where it was set, and a form to change it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.errors import PinakesError
from pinakes.library.choosing import chosen
from pinakes.web.http.forms import Fields, again, sent_on
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.choosing import GROUPS, change
from pinakes.web.pages.administration import administrated

PATH = "/admin/settings"


def settings(request: Request) -> Response:
    """All of them."""
    return _settings(request, {})


def _settings(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    found = chosen(library_of(request))
    return administrated(
        request,
        "settings.html",
        error.status if error else 200,
        section=PATH,
        groups=[(group, [one for one in found if one.change == group]) for group in GROUPS],
        names=[one.row.name for one in found],
        told=fields,
        error=error,
        done=request.query_params.get("done", ""),
    )


def _change(request: Request, fields: Fields) -> Response:
    name = fields.get("name", "")
    value = None if fields.get("usual") else fields.get("value", "")
    change(library_of(request), who_of(request), {name: value})
    return sent_on(PATH, done=name)


settings_changed = again(_settings, _change)
