"""Trials in other processes: what they say is heard, and what becomes of them when someone is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from pinakes.errors import DiskFull, Interrupted, PinakesError
from pinakes.learn.experiment.plan import Plan
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.processes import Process
from pinakes.learn.tune.record import Ended, Tuned
from pinakes.learn.tune.search import tune
from pinakes.learn.tune.settings import TuneSettings
from tests.learn.tune.toys import plan

SAYS_DONE = """
for line in sys.stdin:
    told = json.loads(line)
    stopped = 0
    for epoch in range(3):
        say({"epoch": epoch, "value": 0.1 * epoch})
        stopped += json.loads(sys.stdin.readline())["stop"]
    say({"ended": {"state": "done", "value": 0.2, "epochs": 3, "steps": stopped, "reason": told["folder"]}})
"""


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let processes run a small program instead of the worker."""
    head = (
        "import json, os, sys\ndef say(line):\n    sys.stdout.write(json.dumps(line) + chr(10)); sys.stdout.flush()\n"
    )

    def started(module: str, **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", "-c", head + textwrap.dedent(program)],
            stdin=subprocess.PIPE,
            stdout=options["stdout"],
        )

    monkeypatch.setattr("pinakes.learn.tune.processes.started", started)


@pytest.fixture
def process() -> Any:
    """A process, closed at the end."""
    made = Process(keep_weights=False)
    yield made
    made.close()
    made.wait()


def test_epochs_are_told_and_answered_and_one_process_makes_several_trials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: Process
) -> None:
    child(monkeypatch, SAYS_DONE)
    heard: list[tuple[int, float]] = []

    def stops(epoch: int, value: float) -> bool:
        heard.append((epoch, value))
        return epoch == 1

    small = plan(tmp_path)
    for name in ("one", "two"):
        ended = process.attempt(small, RunFolder(tmp_path / name), stops)
        assert ended == Ended("done", 0.2, epochs=3, steps=1, reason=str(tmp_path / name))
    assert heard == [(0, 0.0), (1, 0.1), (2, 0.2)] * 2


def test_a_trial_whose_process_dies_is_made_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: Process
) -> None:
    once = tmp_path / "once"
    child(
        monkeypatch, f"if not os.path.exists({str(once)!r}):\n    open({str(once)!r}, 'w'); os._exit(9)\n" + SAYS_DONE
    )
    assert _attempt(process, plan(tmp_path)).state == "done"


def test_a_trial_whose_process_dies_again_fails_and_the_next_one_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: Process
) -> None:
    small = plan(tmp_path)
    child(monkeypatch, "os._exit(9)")
    ended = _attempt(process, small)
    assert (ended.state, ended.reason) == ("failed", "Its process died 2 times.")
    child(monkeypatch, SAYS_DONE)
    assert _attempt(process, small).state == "done"


def test_errors_of_a_process_are_raised_as_what_they_were_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: Process
) -> None:
    small = plan(tmp_path)
    program = """
    for line in sys.stdin:
        say({"error": KIND, "message": "No room.", "hint": "Make some."})
    """
    child(monkeypatch, program.replace("KIND", "'DiskFull'"))
    with pytest.raises(DiskFull, match="No room"):
        _attempt(process, small)
    other = Process(keep_weights=False)
    child(monkeypatch, program.replace("KIND", "'Unheard'"))
    with pytest.raises(PinakesError, match="No room"):
        _attempt(other, small)
    other.close()
    other.wait()


def test_closing_interrupts_a_trial_and_no_process_is_started_any_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child(monkeypatch, SAYS_DONE)
    small, process = plan(tmp_path), Process(keep_weights=False)

    def stops(epoch: int, value: float) -> bool:
        process.close()
        return False

    for _ in range(2):
        with pytest.raises(Interrupted):
            process.attempt(small, RunFolder(tmp_path / "run"), stops)
    process.wait()


def _attempt(process: Process, small: Plan) -> Ended:
    return process.attempt(small, RunFolder(Path("run")), lambda epoch, value: False)


@pytest.mark.slow
def test_two_processes_share_out_a_grid_and_find_what_one_finds(tmp_path: Path) -> None:
    space = {"train.rate": [0.001, 0.01, 0.1], "train.batch": [16, 32]}
    small = plan(tmp_path)
    one = tune(small, space, TuneSettings(sampler="grid", pruner="none"), tmp_path / "one")
    two = tune(small, space, TuneSettings(sampler="grid", pruner="none", parallel=2), tmp_path / "two")
    assert [each.settings for each in two.trials] == [each.settings for each in one.trials]
    assert [each.ended.value for each in two.trials] == pytest.approx([each.ended.value for each in one.trials])


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize("parallel", [1, 2])
def test_a_search_that_is_killed_by_force_again_and_again_ends_as_one_that_was_not(
    tmp_path: Path, parallel: int
) -> None:
    """H4: trials in this process and in others."""
    config = _searched(tmp_path, parallel)
    whole = _told(_started(config, "whole"), tmp_path / "whole")
    for trials in (1, 4):
        running = _started(config, "killed")
        _wait_until(running, lambda at=trials: _begun(tmp_path / "killed") > at)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    resumed = _told(_started(config, "killed"), tmp_path / "killed")
    assert len(resumed.trials) == len(whole.trials) == 8
    assert {each.ended.state for each in resumed.trials} == {"done"}
    # Chance alone asks in the same order whoever ends first.
    assert [(each.settings, each.history, each.ended.value) for each in resumed.trials] == [
        (each.settings, each.history, each.ended.value) for each in whole.trials
    ]


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_with_a_checkpoint(tmp_path: Path) -> None:
    config = _searched(tmp_path, 2)
    config.write_text(config.read_text().replace("epochs = 2", "epochs = 100000"))
    running = _started(config, "long")
    _wait_until(running, lambda: any((tmp_path / "long" / "trials").rglob("metrics.jsonl")))
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    for number in range(2):
        folder = RunFolder(tmp_path / "long" / "trials" / f"{number:04d}")
        # Nobody holds it any more.
        with folder.locked():
            assert [*folder.checkpoints.glob("*.safetensors")]


def _searched(folder: Path, parallel: int) -> Path:
    plan(folder)
    config = folder / "small.toml"
    text = config.read_text().replace("epochs = 3", "epochs = 2")
    config.write_text(
        f'{text}\n[tune]\nsampler = "random"\ntrials = 8\npruner = "none"\nparallel = {parallel}\n'
        '[tune.space]\n"train.rate" = { low = 0.001, high = 0.1, log = true }\n'
    )
    return config


def _started(config: Path, folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pinakes", "tune", config, "--to", config.parent / folder],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def _told(running: subprocess.Popen[bytes], folder: Path) -> Tuned:
    assert running.wait(300) == 0
    return Tuned.from_dict(json.loads((folder / "tune.json").read_text()))


def _begun(folder: Path) -> int:
    return len([*(folder / "trials").glob("*")])


def _wait_until(running: subprocess.Popen[bytes], holds: Any) -> None:
    until = time.monotonic() + 120
    while not holds():
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
