"""E1: a run that is asked to stop ends in good order, with its own exit code, and leaves no child behind."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults import truth
from tests.faults.command import begin
from tests.faults.crasher import PATIENCE, left_behind
from tests.faults.tasks import Scene

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")]


def interrupted(scene: Scene, number: signal.Signals, lines: int) -> float:
    """Add files, send a signal after some of them were told, check everything; returns how long it took to end."""
    with begin(scene.arguments("add", "--json", str(scene.shelf.folder))) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(number)
        began = time.monotonic()
        told += process.stdout.readlines()
        said = process.stderr.read()
        code = process.wait(PATIENCE)
        seconds = time.monotonic() - began
    assert code == 130, said
    assert b"Traceback" not in said
    assert left_behind(process.pid) == []
    paths = {os.fsencode(record["path"]) for record in map(json.loads, told) if record.get("outcome") == "added"}
    with scene.open() as library:
        held = truth.whole(library)
        assert paths <= set(held)
        assert library.status()["last_run"]["state"] == "interrupted"
    return seconds


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_told_and_leaves_no_child(tmp_path: Path, number: signal.Signals) -> None:
    """E1: SIGINT and SIGTERM while files are added; the next run does the rest."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(60))
    interrupted(scene, number, 3)
    with scene.open() as library:
        assert library.add(scene.shelf.folder).failed == 0
        assert len(truth.whole(library)) == 60


@pytest.mark.slow
def test_an_interrupted_run_ends_within_five_seconds(tmp_path: Path) -> None:
    """E1: at ten moments, by both signals."""
    scene = Scene(tmp_path, {"commit_parts": 500, "commit_seconds": 2, "decoders": 2})
    for cycle in range(10):
        scene.shelf.fill(range(300 * cycle, 300 * cycle + 300))
        number = signal.SIGINT if cycle % 2 else signal.SIGTERM
        assert interrupted(scene, number, 1 + 20 * cycle) < 5
