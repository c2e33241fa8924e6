"""The pages on which one comes in and goes: logging in and out, registering, choosing a password by a link."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts import entering, invitations, passwords, people
from pinakes.errors import NoRight, PinakesError
from pinakes.web.http.entry import let_in, let_out, onward
from pinakes.web.http.failures import failed
from pinakes.web.http.forms import Fields, again, but_passwords, chosen_password, posted, sent_on
from pinakes.web.http.rates import address_of
from pinakes.web.http.rights import Endpoint
from pinakes.web.http.site import library_of, render
from pinakes.web.http.who import is_at_home, session_of, who_of

# A page whose address holds a secret is kept by no cache.
_QUIET = {"Cache-Control": "no-store"}


def login(request: Request) -> Response:
    """The form to log in with."""
    onto = onward(request.query_params.get("next", ""))
    if who_of(request).number is not None:
        return sent_on(onto)
    return _login(request, {"next": onto})


def _login(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    with library_of(request).catalogue.reading() as connection:
        there = people.any_accounts(connection)
    values = {"there": there, "home": is_at_home(request), "registration": library_of(request).settings.registration}
    return _page(request, "login.html", fields, error, **values)


def _log_in(request: Request, fields: Fields) -> Response:
    name, password = fields.get("name", ""), fields.get("password", "")
    former = session_of(request)
    entered = entering.log_in(library_of(request).catalogue, name, password, address_of(request), former=former)
    return let_in(request, entered, sent_on(onward(fields.get("next", ""))))


def _log_out(request: Request, _fields: Fields) -> Response:
    entering.log_out(library_of(request).catalogue, session_of(request))
    return let_out(request, sent_on("/"))


def register(request: Request) -> Response:
    """The form to register with, where that is allowed."""
    who_of(request)
    return _register(request, {"invitation": request.query_params.get("invitation", "")})


def _register(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library, told = library_of(request), fields.get("invitation", "")
    with library.catalogue.reading() as connection:
        first = not people.any_accounts(connection)
        held = invitations.is_open(connection, told, reset=False) if told else False
    if first and not is_at_home(request):
        return failed(request, NoRight("This library has no administrator yet.", "Make one: pinakes users add NAME"))
    if library.settings.registration == "off" and not (first or held):
        return failed(request, NoRight("No one can register here.", "Ask the library's staff for an account."))
    values = {"first": first, "held": held, "open": library.settings.registration == "open"}
    return _page(request, "register.html", fields, error, least=passwords.LEAST, **values)


def _sign_up(request: Request, fields: Fields) -> Response:
    password = chosen_password(fields)
    entered = entering.register(
        library_of(request).catalogue,
        fields.get("name", ""),
        password,
        shown=fields.get("shown", ""),
        email=fields.get("email", ""),
        invitation=fields.get("invitation", "").strip(),
        home=is_at_home(request),
    )
    return let_in(request, entered, sent_on("/"))


def reset(request: Request) -> Response:
    """The form to choose a new password with, by a one-time link."""
    who_of(request)
    code = request.query_params.get("code", "")
    with library_of(request).catalogue.reading() as connection:
        invitations.whose_reset(connection, code)
    return _reset(request, {"code": code})


def _reset(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    return _page(request, "reset.html", fields, error, least=passwords.LEAST)


def _choose(request: Request, fields: Fields) -> Response:
    password = chosen_password(fields)
    entered = entering.choose_anew(library_of(request).catalogue, fields.get("code", ""), password)
    return let_in(request, entered, sent_on("/"))


def _page(request: Request, name: str, fields: Fields, error: PinakesError | None, **values: Any) -> Response:
    status = error.status if error else 200
    page = render(request, name, status, told=but_passwords(fields), error=error, **values)
    page.headers.update(_QUIET)
    return page


log_in: Endpoint = again(_login, _log_in)
sign_up: Endpoint = again(_register, _sign_up)
choose: Endpoint = again(_reset, _choose)
log_out: Endpoint = posted(_log_out)
