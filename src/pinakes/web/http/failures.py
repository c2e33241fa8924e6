"""Failures as answers: one shape for programs, one page for people, and never a trace, a path or SQL."""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinakes.errors import (
    Busy,
    DeadlinePassed,
    Fault,
    LoginNeeded,
    NotFound,
    Overloaded,
    PinakesError,
    TooOften,
    UsageError,
)
from pinakes.web.http.site import render

_LOG = logging.getLogger("pinakes.web")
API = "/api/v1"
_RETRY = {"Retry-After": "1"}


class Catching:
    """Turns every exception of a route into an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watching)
        except PinakesError as error:
            if started:
                raise
            await failed(Request(scope), error)(scope, receive, send)
        except Exception:
            number = secrets.token_hex(4)
            _LOG.exception("Request %s failed: %s %s", number, scope["method"], scope["path"])
            if started:
                raise
            told = Fault(f"What it was stands in the log under the number {number}.")
            await failed(Request(scope), told)(scope, receive, send)


def failed(request: Request, error: PinakesError) -> Response:
    """The answer that an error becomes."""
    headers = headers_of(error)
    if request.url.path.startswith(API):
        return JSONResponse({"error": error.as_dict()}, error.status, headers)
    answer = render(request, "error.html", error.status, error=error)
    answer.headers.update(headers)
    return answer


def headers_of(error: PinakesError) -> dict[str, str]:
    """What tells programs when to come back, or how to say who they are."""
    if isinstance(error, Overloaded | Busy | DeadlinePassed):
        return dict(_RETRY)
    if isinstance(error, TooOften):
        return {"Retry-After": str(math.ceil(error.seconds))}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, LoginNeeded) else {}


def http_failed(request: Request, error: Exception) -> Response:
    """What the router or the parser of forms refuses, in our shape."""
    told: PinakesError = NotFound("There is nothing at this address.", "Go to the first page and search.")
    headers: Any = None
    if isinstance(error, HTTPException) and error.status_code != NotFound.status:
        told = UsageError(f"{error.detail}.", "See the description of the API at /api.")
        told.status, headers = error.status_code, error.headers
    answer = failed(request, told)
    answer.headers.update(headers or {})
    return answer
