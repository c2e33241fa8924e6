"""What each route needs of who asks: said where the routes stand, checked before anything else is done."""

from __future__ import annotations

import functools
import inspect
import math
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, move_on_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pinakes.accounts.who import NEEDS, Need
from pinakes.errors import LoginNeeded, NoRight, Overloaded, UnknownName, nearest
from pinakes.web.http.failures import API
from pinakes.web.http.gate import WAITS_UNTIL
from pinakes.web.http.rates import Rate, counted
from pinakes.web.http.who import who_of

Endpoint = Callable[[Request], Any]
_NEED, _RATE = "needed", "counted"
_SEE_OTHER = 303
# How long an address may be to be asked for again after one has logged in.
_CARRIED = 4_096


def needs(need: Need, endpoint: Endpoint, rate: Rate = "") -> Endpoint:
    """The endpoint, for those alone who may what it needs, such as an editor; counted by the limit of that rate."""
    if need not in NEEDS:
        raise UnknownName(f"There is no need named {need}.", nearest(need, NEEDS))
    checked = _later(need, endpoint, rate) if inspect.iscoroutinefunction(endpoint) else _at_once(need, endpoint, rate)
    setattr(checked, _NEED, need)
    setattr(checked, _RATE, rate)
    return checked


def need_of(route: Route) -> Need | None:
    """What a route needs; None: it was forgotten, which a test finds."""
    found: Need | None = getattr(route.endpoint, _NEED, None)
    return found


def rate_of(route: Route) -> Rate:
    """By which limit a route is counted."""
    found: Rate = getattr(route.endpoint, _RATE, "")
    return found


def _at_once(need: Need, endpoint: Endpoint, rate: Rate) -> Endpoint:
    @functools.wraps(endpoint)
    def checked(request: Request) -> Response:
        answer: Response = refusal(request, need, rate) or endpoint(request)
        return answer

    if rate != "search":
        return checked

    @functools.wraps(endpoint)
    async def in_turn(request: Request) -> Response:
        # Few at a time: many that share the processors would all be late, and hold the memory of all.
        places: CapacityLimiter = request.app.state.searching
        with move_on_after(request.scope.get(WAITS_UNTIL, math.inf) - time.monotonic()) as waited:
            await places.acquire_on_behalf_of(request)
        if waited.cancelled_caught:
            raise Overloaded("Too much is searched for on this server at once.")
        try:
            return await run_in_threadpool(checked, request)
        finally:
            places.release_on_behalf_of(request)

    return in_turn


def _later(need: Need, endpoint: Endpoint, rate: Rate) -> Endpoint:
    @functools.wraps(endpoint)
    async def checked(request: Request) -> Response:
        refused: Response | None = await run_in_threadpool(refusal, request, need, rate)
        answer: Response = refused or await endpoint(request)
        return answer

    return checked


def refusal(request: Request, need: Need, rate: Rate = "") -> Response | None:
    """Nothing where the request may go on; the way to the login page for people; an error for programs."""
    if need == "anyone" and not rate:
        return None
    who = who_of(request)
    if who.may(need):
        counted(request, rate)
        return None
    if who.rank != "guest":
        hint = "Ask an administrator." if who.scopes is None else "Make a token with the scope that it needs."
        raise NoRight(f"This needs the rights of: {need}.", hint)
    if request.method in ("GET", "HEAD") and not request.url.path.startswith(API) and _is_page(request):
        wanted = urlencode({"next": _address(request)})
        # A form does not carry the longest addresses on.
        return RedirectResponse(f"/login?{wanted}" if len(wanted) <= _CARRIED else "/login", _SEE_OTHER)
    raise LoginNeeded("This library asks who you are.")


def _is_page(request: Request) -> bool:
    """Whether it is a page that is asked for, not a picture or a piece of one."""
    return "text/html" in request.headers.get("accept", "text/html")


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
