"""What a tree of processes uses of the machine."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pinakes.evaluate.resources import Energy, Told, Watch, family, memory_of, processor_seconds

needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")

# Holds 120 MB, spends 0.4 seconds of processor time (which the system counts in hundredths), and waits to be ended.
_BURNS = """
import sys, time
held = bytearray(120_000_000)
while time.process_time() < 0.4:
    pass
print("done", flush=True)
sys.stdin.read()
"""
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_BURNS!r}])"


@contextmanager
def running(code: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has said that it is done and goes on until it is left."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield process
        process.communicate()


@needs_proc
def test_what_a_grandchild_burns_and_holds_is_seen() -> None:
    with Watch(os.getpid()) as watch, running(_PARENT) as parent:
        assert len(list(family(parent.pid))) == 2
        assert processor_seconds(parent.pid) >= 0.35
        assert sum(memory_of(one).anonymous for one in family(parent.pid)) >= 120
        while watch.peak.anonymous < 120:
            # Sampled by its own thread, which may be late.
            time.sleep(0.01)
    use = watch.use()
    assert use.processor_seconds >= 0.35
    assert use.memory_mb >= 120
    assert 0 < use.memory_percent < 100
    assert use.processor_percent == pytest.approx(
        100 * use.processor_seconds / (use.seconds * len(os.sched_getaffinity(0)))
    )


@needs_proc
def test_what_ended_children_have_burnt_is_still_counted() -> None:
    before = processor_seconds(os.getpid())
    burns = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", burns], check=True)
    assert processor_seconds(os.getpid()) - before >= 0.25


@needs_proc
def test_a_name_with_brackets_and_blanks_is_no_number(tmp_path: Path) -> None:
    program = tmp_path / "a) 1 2 (b"
    program.symlink_to(sys.executable)
    code = "import time\nwhile time.process_time() < 0.2: pass\nprint('done', flush=True); input()"
    process = subprocess.Popen([program, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert 0.1 <= processor_seconds(process.pid) < 100
        process.kill()


def test_where_the_system_does_not_tell_processes_tell_of_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.evaluate.resources._PROC", tmp_path)
    with Watch(os.getpid()) as watch:
        before = time.process_time()
        while time.process_time() - before < 0.1:
            pass
    alone = watch.use()
    assert alone.processor_seconds >= 0.1
    assert alone.memory_mb > 10
    both = watch.use([Told(3.0, 50.0), Told(1.0, 20.0)])
    assert both.processor_seconds == pytest.approx(alone.processor_seconds + 4)
    assert both.memory_mb == pytest.approx(alone.memory_mb + 70, abs=5)
    assert math.isnan(processor_seconds(1))


def test_a_process_that_is_gone_uses_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert memory_of(gone.pid).resident == 0
    assert not processor_seconds(gone.pid) > 0


def counter(folder: Path, microjoules: int, largest: int = 1_000_000_000) -> Path:
    """A counter as the system shows one, with a part of it inside, which is counted already."""
    inner = folder / "intel-rapl:0" / "intel-rapl:0:0"
    inner.mkdir(parents=True, exist_ok=True)
    (folder / "intel-rapl:0:0").mkdir(exist_ok=True)
    for path, value in ((folder / "intel-rapl:0", microjoules), (folder / "intel-rapl:0:0", microjoules // 2)):
        (path / "energy_uj").write_text(f"{value}\n")
        (path / "max_energy_range_uj").write_text(f"{largest}\n")
    return folder


def test_energy_is_the_difference_of_the_outer_counters(tmp_path: Path) -> None:
    energy = Energy(counter(tmp_path, 5_000_000))
    assert energy.is_told
    counter(tmp_path, 12_500_000)
    assert energy.joules() == pytest.approx(7.5)


def test_an_energy_counter_that_began_again_is_understood(tmp_path: Path) -> None:
    energy = Energy(counter(tmp_path, 999_000_000))
    counter(tmp_path, 2_000_000)
    assert energy.joules() == pytest.approx(3)


def test_energy_that_is_not_told_or_vanishes_is_no_number(tmp_path: Path) -> None:
    assert not Energy(tmp_path).is_told
    assert math.isnan(Energy(tmp_path).joules())
    energy = Energy(counter(tmp_path, 1))
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()
    assert math.isnan(energy.joules())
