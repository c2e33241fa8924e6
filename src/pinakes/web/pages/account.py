"""One's own account: profile, password, tokens for programs, and the way out."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts import entering, owning, passwords, people, tokens
from pinakes.accounts.carrying import taken_along
from pinakes.accounts.who import SCOPES, Who
from pinakes.errors import NotFound, PinakesError
from pinakes.library.deposits import room
from pinakes.tasks.leaving import leaving
from pinakes.web.http.entry import let_in, let_out
from pinakes.web.http.forms import Fields, again, but_passwords, chosen_password, number_of, sent_on
from pinakes.web.http.ranges import attachment
from pinakes.web.http.rates import address_of
from pinakes.web.http.rights import Endpoint
from pinakes.web.http.site import library_of, render
from pinakes.web.http.who import person_of, who_of

# What a page says after a form has done its work.
_DONE = ("profile", "password", "revoked")
# What the tokens of each rank can be good for.
_SCOPES = {"reader": SCOPES[:2], "editor": SCOPES[:3], "administrator": SCOPES}


def account(request: Request) -> Response:
    """The page."""
    return _account(request, {})


def _account(
    request: Request, fields: Fields, error: PinakesError | None = None, made: tuple[str, str] | None = None
) -> Response:
    who, user = _own(request)
    with library_of(request).catalogue.reading() as connection:
        person, held = people.person(connection, user), tokens.of_user(connection, user)
    done = request.query_params.get("done", "")
    request.state.here = "/account"
    return render(
        request,
        "account.html",
        error.status if error else 200,
        person=person,
        tokens=held,
        scopes=_SCOPES.get(who.rank, ()),
        least=passwords.LEAST,
        done=done if done in _DONE else "",
        form=fields.get("form", ""),
        told=but_passwords(fields),
        used=room(library_of(request).folder, user),
        error=error,
        made=made,
    )


def _own(request: Request) -> tuple[Who, int]:
    """Who has an account; the local person has none, and a program looks at its account by the API."""
    who = who_of(request)
    if who.local:
        raise NotFound("There is no account yet.", "You may make one at /register.")
    return who, person_of(request)


def _profile(request: Request, fields: Fields) -> Response:
    told = {name: fields.get(name, "") for name in ("shown", "email")}
    _, user = _own(request)
    owning.edit(library_of(request).catalogue, user, **told, remembers=fields.get("remembers") == "1")
    return sent_on("/account", done="profile")


def _password(request: Request, fields: Fields) -> Response:
    current, password = fields.get("current", ""), chosen_password(fields)
    catalogue, (_, user) = library_of(request).catalogue, _own(request)
    entered = entering.change_password(catalogue, user, current, password, address_of(request))
    return let_in(request, entered, sent_on("/account", done="password"))


def _make_token(request: Request, fields: Fields) -> Response:
    who, user = _own(request)
    scopes = [scope for scope in SCOPES if fields.get(f"scope.{scope}")]
    days = number_of(fields.get("days", ""), 0) or None
    name = fields.get("name", "")
    _, secret = owning.make_token(library_of(request).catalogue, who, user, name, scopes, days)
    page = _account(request, {}, made=(name, secret))
    page.headers["Cache-Control"] = "no-store"
    return page


def _revoke(request: Request, _fields: Fields) -> Response:
    owning.revoke_token(library_of(request).catalogue, _own(request)[1], request.path_params["number"])
    return sent_on("/account", done="revoked")


def _data(request: Request, _fields: Fields) -> Response:
    """All that the library has of whoever asks, as a file."""
    user = _own(request)[1]
    told = json.dumps(taken_along(library_of(request).catalogue, user), ensure_ascii=False, indent=1) + "\n"
    headers = {"Content-Disposition": attachment("pinakes-account.json"), "Cache-Control": "no-store"}
    return Response(told, media_type="application/json", headers=headers)


def _leave(request: Request, fields: Fields) -> Response:
    (_, user), library = _own(request), library_of(request)
    before = leaving(library, user, user, fields.get("works", "keep"))
    entering.leave(library.catalogue, user, fields.get("current", ""), address_of(request), before)
    return let_out(request, sent_on("/"))


data: Endpoint = again(_account, _data)
profile: Endpoint = again(_account, _profile)
password: Endpoint = again(_account, _password)
make_token: Endpoint = again(_account, _make_token)
revoke: Endpoint = again(_account, _revoke)
leave: Endpoint = again(_account, _leave)
