"""Kinds of work for tests, and libraries with workers in threads of the test's own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from pinakes.errors import BadInput
from pinakes.library import Library
from pinakes.tasks import kinds, running
from pinakes.tasks.records import Task, task
from pinakes.tasks.worker import work

GO = threading.Event()
_PATIENCE = 30.0


def _steps(library: Library, arguments: Mapping[str, Any], report: kinds.Report) -> dict[str, Any]:
    """Counts to a number, and goes on from where it was; beyond the first step only when it may."""
    path = library.folder / "counted"
    done = int(path.read_text()) if path.exists() else 0
    while done < arguments["to"]:
        report(done, arguments["to"], message=f"step {done}")
        if done >= 1 and not GO.wait(0.01):
            continue
        done += 1
        path.write_text(str(done))
    report(done, arguments["to"])
    return {"counted": done}


def _falls(library: Library, arguments: Mapping[str, Any], report: kinds.Report) -> dict[str, Any]:
    if arguments.get("badly"):
        raise ZeroDivisionError("a secret path: /secret")
    raise BadInput("It can not be done.", "Do something else.")


@pytest.fixture
def made_up_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kinds `steps` and `falls`, and signs of life in quick succession."""
    kinds.kinds()
    monkeypatch.setattr(running, "BEAT_SECONDS", 0.02)
    for name, run in (("steps", _steps), ("falls", _falls)):
        monkeypatch.setitem(kinds.KINDS._things, name, kinds.Kind(name, run, "editor", goes_on=True))
    GO.clear()
    yield
    GO.set()


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """An empty library."""
    with Library.open(tmp_path / "library", create=True, settings={"decoders": 1, "threads": 1}) as made:
        yield made


@contextmanager
def working(library: Library) -> Iterator[None]:
    """A worker in a thread while the block runs; it is asked to end as a signal would."""

    class Over(BaseException):
        pass

    over = threading.Event()
    usual = time.sleep

    def sleep(seconds: float) -> None:
        if threading.current_thread() is not thread:
            # Of others that live on from other tests, such as the meter of a server.
            usual(seconds)
        elif over.wait(min(seconds, 0.02)):
            raise Over

    def at_work() -> None:
        with suppress(Over):
            work(library.folder, library.settings)

    thread = threading.Thread(target=at_work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pinakes.tasks.worker.time.sleep", sleep)
        thread.start()
        try:
            yield
        finally:
            over.set()
            GO.set()
            thread.join(_PATIENCE)
            assert not thread.is_alive()


def until(library: Library, number: int, holds: Callable[[Task], bool]) -> Task:
    """A task as soon as something holds of it."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with library.catalogue.reading() as connection:
            one = task(connection, number)
        if holds(one):
            return one
        threading.Event().wait(0.01)
    raise AssertionError(f"it never came to be: {one}")
