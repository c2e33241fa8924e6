"""Administration: the people of the library, and invitations."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts import invitations, people, stewarding
from pinakes.accounts.who import RANKS
from pinakes.errors import PinakesError
from pinakes.library.deposits import room
from pinakes.tasks.leaving import leaving
from pinakes.web.http.entry import invitation_link, reset_link
from pinakes.web.http.forms import Fields, again, number_of, sent_on
from pinakes.web.http.rights import Endpoint
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.pages.administration import administrated

PATH = "/admin/users"
_ON_A_PAGE = 50
_DAYS = 14
_DONE = ("edited", "role", "locked", "unlocked", "removed", "withdrawn")


def users(request: Request) -> Response:
    """The list, with forms to add and to invite."""
    return _users(request, {})


def _users(
    request: Request, fields: Fields, error: PinakesError | None = None, link: tuple[str, str] | None = None
) -> Response:
    words, first = request.query_params.get("q", ""), number_of(request.query_params.get("first", ""))
    with library_of(request).catalogue.reading() as connection:
        total, found = people.find(connection, words, first=first, limit=_ON_A_PAGE)
        waiting = invitations.unused(connection)
        there = people.any_accounts(connection)
    request.state.here = PATH
    return _page(
        request,
        "users.html",
        fields,
        error,
        link,
        people=found,
        total=total,
        words=words,
        first=first,
        following=first + _ON_A_PAGE if first + _ON_A_PAGE < total else 0,
        waiting=waiting,
        there=there,
        days=_DAYS,
    )


def user(request: Request) -> Response:
    """One of them."""
    return _user(request, {})


def _user(request: Request, fields: Fields, error: PinakesError | None = None, link: str = "") -> Response:
    with library_of(request).catalogue.reading() as connection:
        person = people.person(connection, request.path_params["number"])
    request.state.here = f"{PATH}/{person.id}"
    used = room(library_of(request).folder, person.id)
    return _page(request, "user.html", fields, error, link, person=person, used=used)


def _page(
    request: Request, name: str, fields: Fields, error: PinakesError | None, link: object, **values: Any
) -> Response:
    done = request.query_params.get("done", "")
    page = administrated(
        request,
        name,
        error.status if error else 200,
        section=PATH,
        ranks=RANKS[1:],
        told=fields,
        error=error,
        link=link,
        done=done if done in _DONE else "",
        **values,
    )
    if link:
        # It is told this once, and kept by no cache.
        page.headers["Cache-Control"] = "no-store"
    return page


def _add(request: Request, fields: Fields) -> Response:
    catalogue, by = library_of(request).catalogue, who_of(request).number
    name, told = fields.get("name", ""), {key: fields.get(key, "") for key in ("shown", "email")}
    number = stewarding.add(catalogue, by, name, fields.get("role", ""), **told)
    secret = stewarding.reset(catalogue, by, number)
    return _users(request, {}, link=("reset", reset_link(request, secret)))


def _invite(request: Request, fields: Fields) -> Response:
    days = number_of(fields.get("days", ""), _DAYS)
    by, role, note = who_of(request).number, fields.get("role", "reader"), fields.get("note", "")
    secret = stewarding.invite(library_of(request).catalogue, by, role, note, days)
    return _users(request, {}, link=("invitation", invitation_link(request, secret)))


def _withdraw(request: Request, fields: Fields) -> Response:
    stewarding.withdraw(library_of(request).catalogue, who_of(request).number, fields.get("mark", ""))
    return sent_on(PATH, done="withdrawn")


def _edit(request: Request, fields: Fields) -> Response:
    return _changed(request, "edited", shown=fields.get("shown", ""), email=fields.get("email", ""))


def _role(request: Request, fields: Fields) -> Response:
    return _changed(request, "role", rank=fields.get("role", ""))


def _lock(request: Request, _fields: Fields) -> Response:
    return _changed(request, "locked", state=people.LOCKED)


def _unlock(request: Request, _fields: Fields) -> Response:
    return _changed(request, "unlocked", state=people.ACTIVE)


def _changed(request: Request, done: str, **how: str) -> Response:
    number = request.path_params["number"]
    stewarding.change(library_of(request).catalogue, who_of(request).number, number, **how)
    return sent_on(f"{PATH}/{number}", done=done)


def _reset(request: Request, _fields: Fields) -> Response:
    number = request.path_params["number"]
    secret = stewarding.reset(library_of(request).catalogue, who_of(request).number, number)
    return _user(request, {}, link=reset_link(request, secret))


def _remove(request: Request, fields: Fields) -> Response:
    library, number = library_of(request), request.path_params["number"]
    by = who_of(request).number
    stewarding.remove(library.catalogue, by, number, leaving(library, by, number, fields.get("works", "keep")))
    return sent_on(PATH, done="removed")


add: Endpoint = again(_users, _add)
invite: Endpoint = again(_users, _invite)
withdraw: Endpoint = again(_users, _withdraw)
edit: Endpoint = again(_user, _edit)
role: Endpoint = again(_user, _role)
lock: Endpoint = again(_user, _lock)
unlock: Endpoint = again(_user, _unlock)
reset: Endpoint = again(_user, _reset)
remove: Endpoint = again(_user, _remove)
