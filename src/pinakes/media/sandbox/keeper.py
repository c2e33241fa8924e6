"""The thread that starts the children and watches them.

On Linux a child is bound to the life of the *thread* that started it (PR_SET_PDEATHSIG), so that all are started by
one thread, which lives as long as the pool.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future

from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox.process import ChildProcess

# A parser that is refused memory has filled what it had within a tenth of a second: by then it must have been seen.
TICK_SECONDS = 0.02


class Keeper:
    """Starts children on request, and looks at each of them fifty times a second while there are any."""

    def __init__(self, spec: DecodeSpec, decode: str) -> None:
        self._spec = spec
        self._decode = decode
        self._wanted: queue.SimpleQueue[Future[ChildProcess] | None] = queue.SimpleQueue()
        self._children: list[ChildProcess] = []
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._keep, name="pinakes-keeper", daemon=True)
        self._thread.start()

    def start_child(self) -> ChildProcess:
        """A new child, of which nothing is known yet but that it runs."""
        future: Future[ChildProcess] = Future()
        self._wanted.put(future)
        return future.result()

    def forget(self, child: ChildProcess) -> None:
        """End a child and watch it no longer."""
        with self._lock:
            if child in self._children:
                self._children.remove(child)
        child.close()

    def close(self) -> None:
        """End all children and the thread."""
        self._closed = True
        self._wanted.put(None)
        self._thread.join()
        for child in list(self._children):
            self.forget(child)

    def _keep(self) -> None:
        last = time.monotonic()
        while True:
            try:
                request = self._wanted.get(timeout=TICK_SECONDS if self._children else None)
            except queue.Empty:
                pass
            else:
                if request is None:
                    return
                self._start(request)
            now = time.monotonic()
            with self._lock:
                for child in self._children:
                    child.watch(now - last)
            last = now

    def _start(self, request: Future[ChildProcess]) -> None:
        try:
            child = ChildProcess(self._spec, self._decode)
        except BaseException as error:
            request.set_exception(error)
            return
        with self._lock:
            self._children.append(child)
        request.set_result(child)
