"""Requests to a server over one connection that is kept: tried again where it asks for that, its errors as ours."""

from __future__ import annotations

import json
import random
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from pinakes.errors import BadQuery, PinakesError, ServerUnreachable, TooOften, UsageError

API = "/api/v1"
_AGAIN = frozenset((429, 503))
_LONGEST_WAIT, _FIRST_WAIT = 60.0, 0.5
# One that was idle for longer the server may just be closing.
_IDLE_SECONDS = 5.0
_MOST_ERROR_BYTES = 1 << 20

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is tried, and how long each answer is waited for."""

    tries: int = 5
    seconds: float = 60.0
    # For tests that do not want to wait.
    sleep: Callable[[float], None] = time.sleep


class Wire:
    """A connection to one server; threads take turns on it."""

    def __init__(self, address: str, token: str, patience: Patience) -> None:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{address} is no address of a server.", "Write http://127.0.0.1:8642, for instance.")
        if parts.username or parts.password:
            raise UsageError("An address must hold no password.", "Hand the token over as token=.")
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._parts = parts
        self._headers = {"Accept": "application/json", "User-Agent": "pinakes-client"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._token, self._patience = token, patience
        self._connection: HTTPConnection | None = None
        # Whoever forgets to close leaves no socket behind.
        self._forgotten: weakref.finalize[[], Wire] | None = None
        self._used = 0.0
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Wire {self.address}>"

    def another(self) -> Wire:
        """Another connection to the same server, for what is listened to for long."""
        return Wire(self.address, self._token, self._patience)

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._forgotten is not None:
                self._forgotten()
                self._connection = self._forgotten = None

    def get(self, path: str, pairs: Pairs = ()) -> Any:
        """What a route of the API gives, as JSON has it."""
        with self.answer("GET", path, pairs) as response:
            return json.load(response)

    def send(
        self, method: str, path: str, *, body: Any = None, pairs: Pairs = (), headers: Mapping[str, str] | None = None
    ) -> Any:
        """The same for a request that changes something; its body goes as JSON, and nothing comes back as None."""
        told = dict(headers or {})
        data = None
        if body is not None:
            data, told["Content-Type"] = json.dumps(body).encode(), "application/json"
        with self.answer(method, path, pairs, data, told) as response:
            return json.loads(response.read() or b"null")

    @contextmanager
    def answer(
        self,
        method: str,
        path: str,
        pairs: Pairs = (),
        body: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[HTTPResponse]:
        """The answer to a request, open for reading; the connection is its own until the block is left."""
        target = f"{self._parts.path.rstrip('/')}{API}{path}" + (f"?{urlencode(pairs)}" if pairs else "")
        with self._lock:
            response = self._tried(method, target, body, {**self._headers, **(headers or {})})
            try:
                yield response
                # What is left of it would stand before the next answer.
                while response.read(1 << 16):
                    pass
            except BaseException:
                self.close()
                raise

    def _tried(
        self, method: str, target: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        """The first good answer; the last bad one becomes an error."""
        count = 0
        while True:
            count += 1
            last = count >= self._patience.tries
            try:
                response = self._once(method, target, body, headers)
            except (OSError, HTTPException) as error:
                self.close()
                # A request that changes something may have been done before the connection broke.
                if last or method not in ("GET", "HEAD"):
                    raise ServerUnreachable(f"{self.address} does not answer: {error}.") from error
                self._patience.sleep(_pause(count, ""))
                continue
            if response.status < 400:
                return response
            wait = _pause(count, response.headers.get("Retry-After", ""))
            failure = _failure(response, wait)
            if last or response.status not in _AGAIN or wait > _LONGEST_WAIT:
                raise failure
            self._patience.sleep(wait)

    def _once(
        self, method: str, target: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        if body is not None and not isinstance(body, bytes):
            headers = {**headers, "Content-Length": str(body.seek(0, 2))}
            body.seek(0)
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self.close()
        self._used = time.monotonic()
        if self._connection is None:
            self._connection = self._opened()
            self._forgotten = weakref.finalize(self, self._connection.close)
        self._connection.request(method, target, body, dict(headers))
        return self._connection.getresponse()

    def _opened(self) -> HTTPConnection:
        host, port, seconds = self._parts.hostname or "", self._parts.port, self._patience.seconds
        if self._parts.scheme == "https":
            return HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=seconds)


def _pause(count: int, told: str) -> float:
    """How long to wait: as the server says, else twice as long each time, with some chance in it."""
    if told.isascii() and told.isdigit():
        return float(told)
    return float(_FIRST_WAIT * 2 ** (count - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret


def _failure(response: HTTPResponse, wait: float) -> PinakesError:
    """The error that an answer tells, as the class of ours that has its code."""
    try:
        told = json.loads(response.read(_MOST_ERROR_BYTES))["error"]
        code, message, hint = str(told["code"]), str(told["message"]), str(told["hint"])
    except (ValueError, KeyError, TypeError):
        code, message, hint = "", f"The server answered {response.status} {response.reason}.", ""
    known = next((kind for kind in _kinds(PinakesError) if kind.code == code), PinakesError)
    error = known.__new__(known)
    PinakesError.__init__(error, message, hint)
    # What these two tell besides, which no answer does in words.
    if isinstance(error, BadQuery):
        error.position = None
    if isinstance(error, TooOften):
        error.seconds = wait
    error.status = response.status
    if code:
        error.code = code
    return error


def _kinds(kind: type[PinakesError]) -> Iterator[type[PinakesError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)
