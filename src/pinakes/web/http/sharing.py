"""Answers that pages of other sites may read: those of the origins that the setting names, and no others."""

from __future__ import annotations

import functools
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from pinakes.settings import between_commas
from pinakes.web.http.site import library_of

ALL = "*"


def shared(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The endpoint, whose answers are shared with the pages of other origins as far as that is set."""

    @functools.wraps(endpoint)
    def answer(request: Request) -> Response:
        given = endpoint(request)
        allowed = set(between_commas(library_of(request).settings.origins))
        origin = ALL if ALL in allowed else request.headers.get("origin", "")
        if allowed:
            # An address that is kept for one origin is no answer to another.
            given.headers.add_vary_header("Origin")
            given.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if origin in allowed:
            given.headers["Access-Control-Allow-Origin"] = origin
        return given

    return answer
