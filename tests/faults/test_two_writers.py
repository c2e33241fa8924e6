"""D8: two processes that write: one waits or hears that the library is busy, and the dead hold no lock."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pinakes.errors import Busy
from tests.conftest import POSTGRES, empty_postgres
from tests.faults import truth
from tests.faults.command import begin, one_error, run
from tests.faults.crasher import PATIENCE, Worker
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")]


def held(scene: Scene) -> Worker:
    """A process that holds the right to write until it is killed."""
    with scene.open() as library:
        library.add(scene.shelf.put(0))
    worker = Worker("hold", scene)
    worker.listen(lambda: bool(worker.lines()))
    assert worker.lines() == [{"held": True}]
    return worker


def takes_over(scene: Scene) -> None:
    """While the right to write is held, one error names the holder; once he is killed, the next writes at once."""
    worker = held(scene)
    with scene.open() as library:
        with pytest.raises(Busy, match=f"process {worker.process.pid} on"):
            library.add(scene.shelf.put(1))
        # Readers need not wait.
        assert len(truth.found(library, "v00000x001")) == 1
    assert worker.end(kill=True).killed
    with scene.open() as library:
        assert library.add(scene.shelf.put(1)).added == 1
        truth.whole(library)


def test_a_lock_whose_holder_was_killed_is_taken_over(tmp_path: Path) -> None:
    """D8: kill -9."""
    takes_over(Scene(tmp_path, {"busy_seconds": 0.2}))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_a_lock_on_postgresql_whose_holder_was_killed_is_taken_over(tmp_path: Path) -> None:
    """D8: the lock of the server goes with the connection."""
    takes_over(Scene(tmp_path, {"busy_seconds": 0.2, "catalogue": empty_postgres()}))


def test_the_command_says_who_is_writing(tmp_path: Path) -> None:
    """D8: one line, exit code 1."""
    scene = Scene(tmp_path, {"busy_seconds": 0.2})
    worker = held(scene)
    said = one_error(run(scene.arguments("add", "--json", str(scene.shelf.put(1)))))
    assert b'"code": "busy"' in said
    assert str(worker.process.pid).encode() in said
    worker.end(kill=True)


def test_two_commands_at_once_both_add_what_they_were_given(tmp_path: Path) -> None:
    """D8: the one that comes second waits."""
    scene = Scene(tmp_path, {"busy_seconds": 120})
    files = [scene.shelf.put(number) for number in range(12)]
    with scene.open():
        pass
    writers = [begin(scene.arguments("add", *map(str, files[first::2]))) for first in (0, 1)]
    for writer in writers:
        out, err = writer.communicate(timeout=PATIENCE)
        assert writer.returncode == 0, out + err
    with scene.open() as library:
        assert len(truth.whole(library)) == 12


def contend(scene: Scene, seconds: float) -> None:
    """Two processes add, each its own files, as fast as they are let; whoever can not hears so within five seconds."""
    with scene.open() as library:
        library.add(scene.shelf.put(0))
    workers = [Worker("add_often", scene, first, seconds) for first in (1_000, 2_000)]
    for worker in workers:
        worker.ready()
    lines = [line for worker in workers for line in worker.end(kill=False).lines]
    added = [line["added"] for line in lines if "added" in line]
    refused = [line["refused"] for line in lines if "refused" in line]
    assert added
    assert all(waited < 5 for waited in refused), refused
    with scene.open() as library:
        paths = {os.fsdecode(path) for path in truth.whole(library)}
        assert set(added) <= paths


@pytest.mark.slow
def test_two_writers_for_a_minute_spoil_nothing(tmp_path: Path) -> None:
    """D8: 60 seconds, with a short and with the usual patience."""
    for patience in (0.1, 4.0):
        began = time.monotonic()
        contend(Scene(tmp_path / str(patience), {"busy_seconds": patience}), 30)
        assert time.monotonic() - began < PATIENCE


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
def test_two_writers_on_postgresql_spoil_nothing(tmp_path: Path) -> None:
    """D8: the same on PostgreSQL."""
    contend(Scene(tmp_path, {"busy_seconds": 0.5, "catalogue": empty_postgres()}), 30)
