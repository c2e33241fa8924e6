"""How often one may ask for what costs something: counted by token and user, or by address, in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal, TypeAlias

from starlette.requests import Request

from pinakes.accounts.secret import hashed
from pinakes.accounts.throttle import network
from pinakes.accounts.who import Who
from pinakes.errors import TooOften
from pinakes.limits import Limits
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
# Those who asked longest ago are forgotten: strangers with many addresses must not fill the memory.
_MOST_KEYS = 50_000


class Rates:
    """Who asked for what of late; each process of a server counts for itself.

    A key is worth one number: the moment until which what was asked would have taken, had it come evenly (the generic
    cell rate algorithm). So many as the limit names may come at once, and then one each time a place is free.
    """

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, rate: Rate, keys: tuple[str, ...]) -> None:
        """Count a request, or refuse it."""
        most = getattr(self._limits, LIMITS[rate])
        if not most:
            return
        step = _MINUTE / most
        with self._lock:
            now = self._now()
            until = [max(now, self._until.get((rate, key), now)) + step for key in keys]
            wait = max(until) - now - _MINUTE
            if wait > 1e-9:
                raise TooOften(
                    f"More than {most:,} of these requests came within a minute.",
                    f"Wait a moment, or raise {LIMITS[rate]}.",
                    seconds=wait,
                )
            for key, moment in zip(keys, until, strict=True):
                self._until[(rate, key)] = moment
                self._until.move_to_end((rate, key))
            while len(self._until) > _MOST_KEYS:
                self._until.popitem(last=False)


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
