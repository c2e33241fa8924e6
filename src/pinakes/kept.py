"""Child processes that a server keeps: begun with it, begun anew where they die, ended with it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from pinakes.children import started
from pinakes.threads import spare_address_space

_LOG = logging.getLogger("pinakes")
_LOOK_SECONDS = 0.5
# One that dies at once is begun again later each time.
_SHORT_LIFE, _FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 1.0, 60.0


class Kept:
    """Processes of one kind, each told its request in a line; it ends when what it listens to is closed."""

    def __init__(
        self,
        what: str,
        requests: Sequence[bytes],
        start: Callable[[], subprocess.Popen[bytes]],
        *,
        later_seconds: float,
        grace_seconds: float,
    ) -> None:
        self._places = [_Place(what, request, start) for request in requests]
        self._later_seconds, self._grace_seconds = later_seconds, grace_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="keeper", daemon=True)

    def __enter__(self) -> Kept:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        self._thread.join()
        deadline = time.monotonic() + self._grace_seconds
        for place in self._places:
            place.wait(max(0.0, deadline - time.monotonic()))

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that live."""
        return [place.process.pid for place in self._places if place.process and place.process.poll() is None]

    @property
    def lives(self) -> list[bool]:
        """Of each place, whether a process lives in it."""
        return [place.process is not None and place.process.poll() is None for place in self._places]

    def end(self) -> None:
        """Tell all to put down what they do; they are waited for when the block is left."""
        self._over.set()
        for place in self._places:
            place.tell_to_end()

    def _attend(self) -> None:
        self._over.wait(self._later_seconds)
        for place in self._places:
            place.begin()
        while not self._over.wait(_LOOK_SECONDS):
            for place in self._places:
                place.look()


class _Place:
    """The place of one process, and which has it now."""

    def __init__(self, what: str, request: bytes, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._what, self._request, self._start = what, request, start
        self._began = 0.0
        self._pause = _FIRST_PAUSE
        self._again = 0.0
        # Between a look and an end.
        self._lock = threading.Lock()
        self._ended = False

    def begin(self) -> None:
        """A process in its place."""
        with self._lock:
            if self._ended:
                return
            self._began, self._again = time.monotonic(), 0.0
            try:
                self.process = self._start()
                if self.process.stdin is not None:
                    self.process.stdin.write(self._request)
                    self.process.stdin.flush()
            except OSError as error:
                _LOG.warning("No %s can be started: %s", self._what, error)

    def look(self) -> None:
        """Begin anew where it has died, after a while where it did so at once."""
        now = time.monotonic()
        if self._again:
            if now >= self._again:
                self.begin()
            return
        if self.process is not None and self.process.poll() is None:
            return
        pause = self._pause if now - self._began < _SHORT_LIFE else _FIRST_PAUSE
        self._pause = min(_LONGEST_PAUSE, pause * 2)
        code = self.process.returncode if self.process else None
        self._close()
        _LOG.warning("A %s ended (%s); another follows in %.0f seconds.", self._what, code, pause)
        self._again = now + pause

    def tell_to_end(self) -> None:
        """Close what it listens to."""
        with self._lock:
            self._ended = True
            self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def wait(self, seconds: float) -> None:
        """Wait for its end, and bring it about: what it held is recovered by the next."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def attended(module: str, descriptors: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """A module of ours in a process that hears of its end from us; it has these open descriptors of ours."""
    # What it has to say goes where our own words go.
    return started(module, stderr=None, descriptors=descriptors)


def heard(*, grace_seconds: float | None = None) -> dict[str, Any]:
    """What such a process is told; from here on a request to end, or the end of who started it, interrupts it.

    What it can not put down in so many seconds after it was left alone, it leaves as it is.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    told: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    spare_address_space()
    threading.Thread(target=_end_with_parent, args=(grace_seconds,), daemon=True).start()
    return told


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with_parent(grace_seconds: float | None) -> None:
    """Nothing more is said to us: what can be read is the wish, or the end, of who started us."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    if grace_seconds is not None:
        time.sleep(grace_seconds)
        os._exit(1)
