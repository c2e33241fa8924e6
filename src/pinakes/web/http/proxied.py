"""Proxies in front of the server: those that the setting names are believed when they say who asks, and how."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pinakes.errors import BadSetting
from pinakes.settings import between_commas

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(setting: str) -> tuple[Network, ...]:
    """The proxies of the setting: addresses and networks."""
    found = []
    for one in between_commas(setting):
        try:
            found.append(ipaddress.ip_network(one, strict=False))
        except ValueError:
            raise BadSetting(
                f"{one!r} in proxies is no address and no network.", "Write 10.0.0.7 or 10.0.0.0/8."
            ) from None
    return tuple(found)


class Proxied:
    """Puts the address and the scheme that a believed proxy tells in the place of the proxy's own."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, perhaps under another address."""
        peer = scope.get("client")
        if scope["type"] == "http" and peer and self._believes(peer[0]):
            scope = dict(scope)
            headers = Headers(scope=scope)
            address = self._told(",".join(headers.getlist("x-forwarded-for")))
            if address:
                scope["client"] = (address, 0)
            scheme = headers.get("x-forwarded-proto", "").strip().lower()
            if scheme in ("http", "https"):
                scope["scheme"] = scheme
        await self._app(scope, receive, send)

    def _told(self, forwarded: str) -> str:
        """The last address that no proxy of ours has: what stands before it anyone may have written."""
        for one in reversed(forwarded.split(",")[-32:]):
            try:
                address = str(ipaddress.ip_address(one.strip()))
            except ValueError:
                return ""
            if not self._believes(address):
                return address
        return ""

    def _believes(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._proxies)
