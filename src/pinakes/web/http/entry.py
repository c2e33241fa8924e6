"""The cookie of a session, the links that let someone in once, and where one goes after logging in."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from pinakes.accounts.entering import Entered
from pinakes.web.http.site import library_of
from pinakes.web.http.who import cookie_of

_DAY = 86_400


def let_in(request: Request, entered: Entered, answer: Response) -> Response:
    """Give the browser its session: no script can read it, and no other site can send it along."""
    days = library_of(request).settings.limits.session_days
    secure = request.url.scheme == "https"
    answer.set_cookie(
        cookie_of(request), entered.secret, int(days * _DAY), path="/", httponly=True, samesite="lax", secure=secure
    )
    return answer


def let_out(request: Request, answer: Response) -> Response:
    """Take it back."""
    secure = request.url.scheme == "https"
    answer.delete_cookie(cookie_of(request), path="/", httponly=True, samesite="lax", secure=secure)
    return answer


def reset_link(request: Request, secret: str) -> str:
    """The address by which someone chooses a password."""
    return f"{request.base_url}reset?code={secret}"


def invitation_link(request: Request, secret: str) -> str:
    """The address by which someone registers."""
    return f"{request.base_url}register?invitation={secret}"


def onward(told: str) -> str:
    """A page of ours that someone wanted before they had to log in; anything else becomes the first page."""
    plain = told.isprintable() and "\\" not in told and told.startswith("/") and not told.startswith("//")
    try:
        parts = urlsplit(told)
    except ValueError:
        return "/"
    return told if plain and not parts.scheme and not parts.netloc and len(told) < 4_000 else "/"
