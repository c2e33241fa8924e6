"""How much is taken on: requests at the same time, the time of each, and the bytes of its body."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import anyio
import anyio.lowlevel
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinakes.errors import DeadlinePassed, Overloaded, TooLarge
from pinakes.limits import KIB, Limits
from pinakes.web.http.failures import failed

UPLOADS = ("/uploads", "/api/v1/uploads")
# Where files are handed in to be kept.
DEPOSITS = re.compile(r"/admin/collections/deposit|/api/v1/collections/[^/]+/files")
# What is told bit by bit for as long as somebody listens: it takes no place from those who want an answer.
STREAMS = "/events"
# Asked by those who watch over the server, most of all when it has much to do.
WATCHED = ("/api/v1/health", "/api/v1/live", "/metrics")
# What a form adds around the file that it carries.
_AROUND = 64 * KIB
_AROUND_EACH = 1 * KIB


# Until which moment a request may wait for its turn, wherever it does.
WAITS_UNTIL = "pinakes.waits_until"
# How much the newest place that was given back says of how soon the next one will be.
_NEWEST = 0.05


class Pace:
    """How soon places are given back while others wait for one: the seconds between two of them, on average."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = 0.0
        self._count = 0
        self.seconds = 0.0

    def waits(self, before: int) -> None:
        """One begins to wait, after so many others; the first one of all knows nothing of those before."""
        if not before:
            self._last, self._count, self.seconds = self._now(), 0, 0.0

    def given_back(self) -> None:
        """A place for which one waited was given back."""
        now = self._now()
        self._count += 1
        self.seconds += max(_NEWEST, 1 / self._count) * (now - self._last - self.seconds)
        self._last = now


class Gate:
    """Lets through as much as the limits say, and sends the rest away at once."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._places = anyio.Semaphore(max(1, limits.requests_at_once))
        self._waiting = 0
        self._pace = Pace()
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request on when its turn comes."""
        if scope["type"] != "http" or scope["path"] in WATCHED:
            await self._app(scope, receive, send)
            return
        if scope["path"].endswith(STREAMS):
            await self._streamed(scope, receive, send)
            return
        scope[WAITS_UNTIL] = time.monotonic() + self._limits.wait_seconds
        if not await self._admitted():
            error = Overloaded("Too much is asked of this server at once.")
            await failed(Request(scope), error)(scope, receive, send)
            return
        try:
            await self._timed(scope, receive, send)
        finally:
            if self._waiting:
                self._pace.given_back()
            self._places.release()

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through so many streams and no more."""
        if self._streams >= self._limits.streams_at_once:
            error = Overloaded("Too many listen to this server.", "Try again in a moment, or raise streams_at_once.")
            await failed(Request(scope), error)(scope, receive, send)
            return
        self._streams += 1
        try:
            await self._timed(scope, receive, send)
        finally:
            self._streams -= 1

    async def _admitted(self) -> bool:
        """Whether there is a place, perhaps after waiting for one; false where too many wait, or one waits too long."""
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            most, longest = self._limits.requests_waiting, self._limits.wait_seconds
            if self._waiting >= most or self._waiting * self._pace.seconds > longest:
                return False
            self._pace.waits(self._waiting)
            self._waiting += 1
            try:
                with anyio.move_on_after(longest) as waited:
                    await self._places.acquire()
            finally:
                self._waiting -= 1
            return not waited.cancelled_caught
        return True

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give up what takes too long to begin; an answer that has begun, such as a film, may take its time."""
        started = False
        with anyio.move_on_after(self._limits.request_seconds) as scope_of_time:

            async def telling(message: Message) -> None:
                nonlocal started
                if scope_of_time.cancel_called and not started:
                    # A thread ends its work however late; what it tells then would be broken off half-way.
                    await anyio.lowlevel.checkpoint()
                started = True
                scope_of_time.deadline = float("inf")
                await send(message)

            def more_time(size: int) -> None:
                scope_of_time.deadline += size / max(1, self._limits.min_upload_rate)

            await self._app(scope, self._counted(scope, receive, more_time), telling)
        if scope_of_time.cancelled_caught and not started:
            error = DeadlinePassed("The request took too long.", "Ask for less, or raise request_seconds.")
            await failed(Request(scope), error)(scope, receive, send)

    def _counted(self, scope: Scope, receive: Receive, more_time: Callable[[int], None]) -> Receive:
        """The body, which is refused at the first byte too many, whatever its length was said to be."""
        name, most = self._most(scope["path"])
        is_deposit = name == "max_deposit_bytes"
        told = Headers(scope=scope).get("content-length", "0")
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            if told.isascii() and told.isdigit() and int(told[:20]) > most:
                raise _too_large(name, most)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _too_large(name, most)
            if is_deposit:
                # Much takes long to come in: it may, as long as it comes fast enough.
                more_time(len(message.get("body", b"")))
            return message

        return counting

    def _most(self, path: str) -> tuple[str, int]:
        """The limit of a body by its name, and how many bytes it lets through."""
        limits = self._limits
        if path in UPLOADS:
            return "max_upload_bytes", limits.max_upload_bytes + _AROUND
        if DEPOSITS.fullmatch(path):
            around = _AROUND + _AROUND_EACH * limits.max_deposit_files
            return "max_deposit_bytes", limits.max_deposit_bytes + around
        return "max_body_bytes", limits.max_body_bytes


def _too_large(name: str, most: int) -> TooLarge:
    return TooLarge(
        f"The request has more than {most:,} bytes, which is the limit here.", f"Send less, or raise {name}."
    )
