"""Counting answers, and adding up what the processes of one server have counted."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinakes.storage import write_whole
from pinakes.web.logic.tally import Tally

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# What no route was asked for, and what was refused before one was looked for.
NO_ROUTE = "none"
_TELL_SECONDS = 1.0
_SUFFIX = ".json"


class Meter:
    """What this process has counted; with a folder, what those that share it have counted too.

    Each process of a server writes its counts into the folder every second, so that whichever is asked tells those of
    all, the others' at most a second old; those of one that has died stay, since counters must not fall.
    """

    def __init__(self, folder: Path | None = None, name: str = "") -> None:
        self.began = time.time()
        self._tally = Tally()
        self._lock = threading.Lock()
        self._place = folder / f"{name}-{os.getpid()}{_SUFFIX}" if folder else None
        self._told = ""
        if folder:
            threading.Thread(target=self._tell_on, name="meter", daemon=True).start()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        with self._lock:
            self._tally.answered(method if method in _METHODS else "other", route, status, seconds)

    def searched(self, mode: str) -> None:
        """Count a search."""
        with self._lock:
            self._tally.searches[mode] += 1

    def all(self) -> Tally:
        """The counts of all processes together."""
        total = Tally()
        with self._lock:
            total.add(self._tally)
        if self._place:
            for path in self._place.parent.glob(f"*{_SUFFIX}"):
                if path != self._place:
                    # One that is being replaced is read the next time.
                    with suppress(OSError, ValueError, KeyError):
                        total.add(Tally.from_dict(json.loads(path.read_bytes())))
        return total

    def tell(self) -> None:
        """Write the counts for the others."""
        with self._lock:
            told = json.dumps(self._tally.as_dict())
        if self._place and told != self._told:
            with suppress(OSError):
                write_whole(self._place, [told.encode()], durable=False)
                self._told = told

    def _tell_on(self) -> None:
        while True:
            time.sleep(_TELL_SECONDS)
            self.tell()


class Counting:
    """Counts every answer by the route that gave it, and by the seconds until it began."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and count what becomes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                self._meter.answered(scope["method"], route, message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counting)


def meter_of(request: Request) -> Meter:
    """What counts for the site that a request is made to."""
    found: Meter = request.app.state.meter
    return found
