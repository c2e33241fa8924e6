"""A worker: a process that takes one task after the other until it is asked to end."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import Busy
from pinakes.settings import Settings, named_at_start
from pinakes.tasks import queue
from pinakes.tasks.fair import turn
from pinakes.tasks.records import Task

FOLDER = "workers"
_LOOK_SECONDS = 0.5
_RECOVER_SECONDS = 10.0
_SWEEP_SECONDS = 3600.0


def work(
    folder: Path,
    settings: Settings,
    *,
    until_empty: bool = False,
    told: Callable[[Task], None] = lambda task: None,
) -> int:
    """Do what is asked for; returns how many tasks were taken.

    Ends by KeyboardInterrupt, in good order; with `until_empty` as soon as nothing is due.
    """
    taken = 0
    given = named_at_start(settings, folder)
    with closing(Catalogue.open(folder, settings)) as catalogue, _present(folder) as name:
        looking = _Looking(catalogue, name)
        try:
            while True:
                task = looking.next()
                if task is not None:
                    taken += 1
                    told(task)
                    _run(folder, settings, given, task)
                elif until_empty:
                    return taken
                else:
                    time.sleep(_LOOK_SECONDS)
        finally:
            # A request to end may come between any two lines, also between taking a task and running it.
            with catalogue.writing() as connection:
                queue.leave(connection, name)


def _run(folder: Path, settings: Settings, given: Collection[str], task: Task) -> None:
    """Run a task on a library that is opened for it alone: what its models take is given back afterwards.

    Settings that were changed since are in force, but for those that were named when the worker started.
    """
    # Imported here: a worker that only waits takes little memory.
    from pinakes.library import Library
    from pinakes.library.choosing import followed
    from pinakes.tasks.running import run

    with Library(Catalogue.open(folder, followed(settings, given, folder))) as library:
        run(library, task)


class _Looking:
    """Looks for work, and now and then after what others have left."""

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        self._catalogue = catalogue
        self._name = name
        self._recovered = self._swept = float("-inf")

    def next(self) -> Task | None:
        """The next task, this worker's from now on."""
        with suppress(Busy):
            self._look_after()
            # Most looks find nothing, and need not wait for those who write.
            with self._catalogue.reading() as connection:
                if turn(connection, time.time()) is None:
                    return None
            with self._catalogue.writing() as connection:
                return queue.take(connection, self._name)
        return None

    def _look_after(self) -> None:
        now = time.monotonic()
        if now - self._recovered >= _RECOVER_SECONDS:
            with self._catalogue.writing() as connection:
                queue.recover(connection, lambda worker: is_dead(self._catalogue.folder, worker))
            _clear(self._catalogue.folder)
            self._recovered = now
        if now - self._swept >= _SWEEP_SECONDS:
            with self._catalogue.writing() as connection:
                queue.sweep(connection, self._catalogue.settings.limits.task_days)
            self._swept = now


@contextmanager
def _present(folder: Path) -> Iterator[str]:
    """A name of its own for a worker, and a lock that the system takes from it when it dies, however it dies."""
    # Imported here: who only asks for work never needs it.
    from filelock import FileLock

    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        with FileLock(_lock(folder, name), thread_local=False):
            yield name
    finally:
        _lock(folder, name).unlink(missing_ok=True)


def is_dead(folder: Path, name: str) -> bool:
    """Whether a worker of this machine has died; of one elsewhere nothing is known but its last sign of life."""
    from filelock import FileLock, Timeout

    path = _lock(folder, name)
    if not path.is_file():
        return False
    try:
        with FileLock(path, timeout=0, thread_local=False):
            pass
    except Timeout:
        return False
    return True


def _clear(folder: Path) -> None:
    """Delete the locks of the dead, but for such as may not be held yet."""
    for path in (folder / FOLDER).glob("*.lock"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _RECOVER_SECONDS and is_dead(folder, path.stem):
                path.unlink()


def _lock(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.lock"
