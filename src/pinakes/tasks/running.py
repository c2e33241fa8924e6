"""One task in the hands of a worker: run, with signs of life, until its end or until it is to stop."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import Fault, PinakesError
from pinakes.library import Library
from pinakes.tasks import queue
from pinakes.tasks.fair import others_wait
from pinakes.tasks.kinds import Kind, Stop, kind_of
from pinakes.tasks.records import STOPPED, Task

_LOG = logging.getLogger("pinakes.tasks")
BEAT_SECONDS = 1.0
# So long a task may run before it gives way to another user's.
SLICE_SECONDS = 30.0


def run(library: Library, task: Task) -> None:
    """Run a task, and note what came of it."""
    try:
        kind = kind_of(task.kind)
        with _alive(library.catalogue, task, kind) as pulse:
            result = kind.run(library, task.arguments, pulse.report)
        with library.catalogue.writing() as connection:
            queue.beat(connection, task, pulse.progress)
            queue.finish(connection, task, result)
    except Stop as stopped:
        _stopped(library.catalogue, task, stopped.why)
    except PinakesError as error:
        with library.catalogue.writing() as connection:
            queue.fail(connection, task, error)
    except KeyboardInterrupt:
        # The worker is to end: another goes on with it, or this one when it is back.
        _stopped(library.catalogue, task, "leave")
        raise
    except Exception:
        number = secrets.token_hex(4)
        _LOG.exception("Task %d (%s) met fault %s.", task.id, task.kind, number)
        with library.catalogue.writing() as connection:
            queue.fail(connection, task, Fault(f"A fault of ours, number {number}, ended the task."))


def _stopped(catalogue: Catalogue, task: Task, why: str) -> None:
    if why == "lost":
        return
    with catalogue.writing() as connection:
        if why in STOPPED:
            queue.stop(connection, task, STOPPED[why])
        else:
            queue.give_back(connection, task)


class _Pulse:
    """What a task reports, and what it is to learn; both are passed on by a thread, also while it says nothing."""

    def __init__(self, catalogue: Catalogue, task: Task, kind: Kind) -> None:
        self.progress: dict[str, int | str] = {}
        self.over = threading.Event()
        self._catalogue = catalogue
        self._task = task
        self._kind = kind
        self._why = ""
        self._began = time.monotonic()

    def report(self, done: int = 0, total: int = 0, failed: int = 0, message: str = "") -> None:
        """Note how far it has come; raises where it is to stop."""
        self.progress = {"done": done, "total": total, "failed": failed, "message": message}
        if self._why:
            raise Stop(self._why)

    def beat(self) -> None:
        """Tell and learn, once in a while, until it is over."""
        while not self.over.wait(BEAT_SECONDS):
            try:
                self._why = self._once()
            except PinakesError as error:
                # The catalogue may be busy for a while; the next sign of life comes soon.
                _LOG.info("Task %d gave no sign of life: %s", self._task.id, error)

    def _once(self) -> str:
        now = time.time()
        with self._catalogue.writing() as connection:
            wish = queue.beat(connection, self._task, self.progress, now)
            if wish or not self._kind.goes_on or time.monotonic() - self._began < SLICE_SECONDS:
                return wish
            return "give way" if others_wait(connection, self._task.user, now) else ""


@contextmanager
def _alive(catalogue: Catalogue, task: Task, kind: Kind) -> Iterator[_Pulse]:
    """Signs of life while the block runs."""
    pulse = _Pulse(catalogue, task, kind)
    thread = threading.Thread(target=pulse.beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        pulse.over.set()
        thread.join()
