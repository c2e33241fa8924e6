"""How often one may ask for what costs something: counted by token and user, or by address, in memory alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, TypeAlias

from starlette.requests import Request

from pinakes.accounts.secret import hashed
from pinakes.accounts.throttle import network
from pinakes.accounts.who import Who
from pinakes.errors import TooOften
from pinakes.limits import Limits
from pinakes.web.http.moments import Moments, OwnMoments
from pinakes.web.http.site import known_who
from pinakes.web.http.who import token_of

# "" where nothing is counted.
Rate: TypeAlias = Literal["", "search", "upload", "login", "costly"]
LIMITS: dict[Rate, str] = {
    "search": "searches_per_minute",
    "upload": "uploads_per_minute",
    "login": "logins_per_minute",
    "costly": "costly_per_minute",
}
_MINUTE = 60.0


class Rates:
    """Who asked for what of late; the processes of one server count together where they have their moments in common.

    A key is worth one number: the moment until which what was asked would have taken, had it come evenly (the generic
    cell rate algorithm). So many as the limit names may come at once, and then one each time a place is free.
    """

    def __init__(
        self, limits: Limits, now: Callable[[], float] = time.monotonic, moments: Moments | None = None
    ) -> None:
        self._limits = limits
        # The same for all processes of a machine.
        self._now = now
        self._moments = moments or OwnMoments()

    def count(self, rate: Rate, keys: tuple[str, ...]) -> None:
        """Count a request, or refuse it."""
        most = getattr(self._limits, LIMITS[rate])
        if not most:
            return
        step = _MINUTE / most
        named = [f"{rate} {key}" for key in keys]
        with self._moments.alone():
            now = self._now()
            # None lies further ahead: one that does was half written by a process that died.
            until = [max(now, min(self._moments.get(one), now + _MINUTE)) + step for one in named]
            wait = max(until) - now - _MINUTE
            if wait > 1e-9:
                raise TooOften(
                    f"More than {most:,} of these requests came within a minute.",
                    f"Wait a moment, or raise {LIMITS[rate]}.",
                    seconds=wait,
                )
            for one, moment in zip(named, until, strict=True):
                self._moments.set(one, moment)


def counted(request: Request, rate: Rate) -> None:
    """Count a request for the one who makes it; the one person at this machine asks as often as they like."""
    who = known_who(request)
    if rate and not (who and who.local):
        rates: Rates = request.app.state.rates
        rates.count(rate, keys_of(request, who))


def keys_of(request: Request, who: Who | None) -> tuple[str, ...]:
    """By what one is counted: the token, and the user beneath all their tokens; or the address."""
    if who is None or who.number is None:
        return (f"address {network(address_of(request))}",)
    user = f"user {who.number}"
    return (user,) if who.scopes is None else (user, f"token {hashed(token_of(request))}")


def address_of(request: Request) -> str:
    """The address from which a request comes, behind the proxies that are believed."""
    return request.client.host if request.client else ""
