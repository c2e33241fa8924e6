"""Who may ask: the names under which the server answers, and requests of its own pages alone where state changes."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinakes.errors import NotAllowed
from pinakes.limits import KIB
from pinakes.settings import between_commas
from pinakes.web.http.failures import failed

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAFE = ("GET", "HEAD", "OPTIONS")
# What headers may hold beside the address, and that of the page from which one came.
_HEADERS = 32 * KIB
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# What goes with every answer; a route may say it otherwise.
HEADERS = {
    # What one may see is not kept for others, nor shown again once one has logged out.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Names:
    """The names under which pages may be asked for.

    A page of another site can make its own name mean our address (DNS rebinding), but it can not make the browser send
    another Host: hence names are listed, while numbers, which no one can rebind, are taken where we listen to others.
    """

    bound: str
    others: tuple[str, ...] = ()

    def admit(self, host: str) -> bool:
        """Whether a Host header is one of ours."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in (*LOOPBACK, self.bound.lower(), *self.others):
            return True
        return not is_loopback(self.bound) and _is_number(name)


def is_own(request: Request) -> bool:
    """Whether a page is asked for by the reader or by a page of ours, and not by one of another site."""
    fetched = request.headers.get("sec-fetch-site", "none")
    return request.method == "GET" and fetched in ("none", "same-origin")


def names(bound: str, hosts: str) -> Names:
    """The names of a server that is bound to an address, with those of the setting `hosts`."""
    return Names(bound, tuple(between_commas(hosts.lower())))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Refuses strangers, and puts the headers that protect a page on every answer."""

    def __init__(self, app: ASGIApp, known: Names) -> None:
        self._app = app
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope))
        app: ASGIApp = failed(Request(scope), refusal) if refusal else self._app
        await app(scope, receive, protected)

    def _refusal(self, method: str, headers: Headers) -> NotAllowed | None:
        host = headers.get("host", "")
        if not self._known.admit(host):
            return NotAllowed("This server does not answer under that name.")
        if sum(len(value) for name, value in headers.raw if name != b"referer") > _HEADERS:
            return NotAllowed("The headers of the request are too long.", "Remove the cookies of this site.")
        if method not in _SAFE and not self._is_own(host, headers):
            return NotAllowed("The request comes from another site.")
        return None

    def _is_own(self, host: str, headers: Headers) -> bool:
        """Whether a request that changes something was made by our own page, or by no page at all."""
        fetched, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if fetched is not None:
            return fetched == "same-origin"
        if origin is not None:
            return origin != "null" and urlsplit(origin).netloc.lower() == host.lower()
        # Browsers always tell one of the two; without a cookie there is nothing that they would lend to a stranger.
        return "cookie" not in headers
