"""Run stages of the stream in threads of their own, a bounded number of things ahead of who takes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.1


class Idle:
    """Comes where nothing else did for a while, so that a stage can let go of what it holds back."""


IDLE = Idle()


class _End:
    pass


class Ahead(Generic[T]):
    """An iterator over what other threads produce.

    All stages of one stream share one `stop`: once it is set, every thread and every iterator comes to its end.
    """

    def __init__(self, *stages: Iterable[T], size: int, stop: threading.Event) -> None:
        self._queue: queue.Queue[T | _End] = queue.Queue(size)
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
            # Kept aside: the queue may be full, and the whole stream may have been stopped by this very failure.
            self._failure = self._failure or error
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
            self._put(_End())

    def _put(self, thing: T | _End) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(thing, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def __iter__(self) -> Iterator[T | Idle]:
        while self._running and not self._stop.is_set():
            try:
                thing = self._queue.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                yield IDLE
                continue
            if isinstance(thing, _End):
                self._running -= 1
            else:
                yield thing
            if self._failure is not None:
                break
        if self._failure is None and self._stop.is_set():
            # Whoever stopped the stream may be about to say why.
            self._join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Wait for the threads; where not everything was taken from them, stop the whole stream first."""
        if self._running:
            self._stop.set()
        self._join()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
