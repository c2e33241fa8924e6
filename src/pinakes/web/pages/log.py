"""Administration: the log of who did what."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts import audit
from pinakes.web.http.forms import number_of
from pinakes.web.http.site import library_of
from pinakes.web.pages.administration import administrated

PATH = "/admin/audit"
_ON_A_PAGE = 100


def log(request: Request) -> Response:
    """The last entries, perhaps of one action or one user alone."""
    asked = request.query_params
    action, user, before = (asked.get(name, "") for name in ("action", "user", "before"))
    with library_of(request).catalogue.reading() as connection:
        found = audit.entries(
            connection, action=action, user=number_of(user) or None, before=number_of(before), limit=_ON_A_PAGE
        )
        actions = audit.actions(connection)
    return administrated(
        request,
        "audit.html",
        section=PATH,
        entries=found,
        actions=actions,
        action=action,
        user=number_of(user),
        older=found[-1].id if len(found) == _ON_A_PAGE else 0,
    )
