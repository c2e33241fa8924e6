"""Run stages of the stream in threads of their own, a bounded number of things ahead of who takes them."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.1
# What follows quickly is handed over together: who waits is woken once for all of it.
_TOGETHER_SECONDS = 0.01


class Idle:
    """Comes where nothing else did for a while, so that a stage can let go of what it holds back."""


IDLE = Idle()


class Ahead(Generic[T]):
    """An iterator over what other threads produce.

    All stages of one stream share one `stop`: once it is set, every thread and every iterator comes to its end.
    Who takes, takes all that is there: to wake another thread for each single thing costs more than most things do.
    """

    def __init__(self, *stages: Iterable[T], size: int, stop: threading.Event) -> None:
        self._things: deque[T] = deque()
        self._size = size
        self._changed = threading.Condition()
        self._waits_since = math.inf
        self._makers_waiting = 0
        self._stop = stop
        self._failure: BaseException | None = None
        self._running = len(stages)
        self._threads = [
            threading.Thread(target=self._produce, args=(stage,), name=f"pinakes-stage-{number}", daemon=True)
            for number, stage in enumerate(stages)
        ]
        for thread in self._threads:
            thread.start()

    def _produce(self, stage: Iterable[T]) -> None:
        iterator = iter(stage)
        try:
            for thing in iterator:
                if not self._put(thing):
                    break
        except BaseException as error:
            # Kept aside: there may be no room, and the whole stream may have been stopped by this very failure.
            self._failure = self._failure or error
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _put(self, thing: T) -> bool:
        with self._changed:
            while len(self._things) >= self._size and not self._stop.is_set():
                self._makers_waiting += 1
                self._changed.wait(_LOOK_SECONDS)
                self._makers_waiting -= 1
            if self._stop.is_set():
                return False
            self._things.append(thing)
            # Infinite where nobody waits.
            waited = time.monotonic() - self._waits_since
            if waited > _TOGETHER_SECONDS or (waited >= 0 and 2 * len(self._things) >= self._size):
                self._changed.notify_all()
            return True

    def _take(self) -> deque[T]:
        """All that is there, after a wait if there is nothing."""
        with self._changed:
            if not self._things and self._running:
                self._waits_since = time.monotonic()
                self._changed.wait(_TOGETHER_SECONDS)
                if not self._things and self._running:
                    # From now on the first thing is waited for.
                    self._waits_since = -math.inf
                    self._changed.wait(_LOOK_SECONDS)
                self._waits_since = math.inf
            taken, self._things = self._things, deque()
            if self._makers_waiting:
                self._changed.notify_all()
        return taken

    def __iter__(self) -> Iterator[T | Idle]:
        while not self._stop.is_set() and self._failure is None:
            # Looked at first: what a stage left when it ended is still to be taken.
            running = self._running
            taken = self._take()
            if not taken and not running:
                break
            if not taken:
                yield IDLE
            while taken and not self._stop.is_set() and self._failure is None:
                yield taken.popleft()
        if self._failure is None and self._stop.is_set():
            # Whoever stopped the stream may be about to say why.
            self._join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Wait for the threads; where not everything was taken from them, stop the whole stream first."""
        if self._running or self._things:
            self._stop.set()
        self._join()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
