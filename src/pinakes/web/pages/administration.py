"""What all pages of the administration share: the list of its sections, and the page with that list beside it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts.who import Need, Who
from pinakes.errors import NotFound
from pinakes.web.http.forms import sent_on
from pinakes.web.http.site import render
from pinakes.web.http.who import who_of

# Where each lies, the key of its name in the table of strings, and what it needs; in the order of the list.
SECTIONS: tuple[tuple[str, str, Need], ...] = (
    ("/admin/collections", "collections.title", "editor"),
    ("/admin/tasks", "tasks.title", "editor"),
    ("/admin/duplicates", "alike.title", "editor"),
    ("/admin/orphans", "orphans.title", "editor"),
    ("/admin/evaluation", "measuring.title", "editor"),
    ("/admin/desk", "desk.title", "editor"),
    ("/admin/models", "models.title", "administrator"),
    ("/admin/training", "training.title", "administrator"),
    ("/admin/users", "users.title", "administrator"),
    ("/admin/settings", "settings.title", "administrator"),
    ("/admin/audit", "audit.title", "administrator"),
    ("/admin/health", "health.title", "editor"),
)


def sections(who: Who) -> list[tuple[str, str]]:
    """The sections that one may see."""
    return [(path, key) for path, key, need in SECTIONS if who.may(need)]


def administrated(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page of the administration: a template that extends `admin.html`."""
    return render(request, name, status, sections=sections(who_of(request)), **values)


def first(request: Request) -> Response:
    """The first section that one may see."""
    for path, _ in sections(who_of(request)):
        return sent_on(path)
    raise NotFound("There is nothing to administrate here.")
