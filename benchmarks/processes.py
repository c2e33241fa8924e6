"""Processes: pinned to some cores, with the memory of all of them and their children measured while they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_PROC = Path("/proc")
_EVERY = 0.1


def environment(cores: int, **more: str) -> dict[str, str]:
    """The environment of a process that may use so many threads."""
    found = dict(os.environ) | dict.fromkeys(_THREADS, str(cores))
    # An installation has its bytecode; a checkout without it would compile every module at every start.
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    found["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return found | more


def pin(cores: int) -> None:
    """Keep this process on the last of its cores, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


def run_module(module: str, request: Mapping[str, Any], cores: int, **more: str) -> dict[str, Any]:
    """Run a module of ours in a fresh process; it reads one JSON object and prints one as its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(request),
        env=environment(cores, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


@dataclass(slots=True)
class Memory:
    """Megabytes: resident with what is shared counted once, and of these anonymous (with shared memory)."""

    resident: float = 0.0
    anonymous: float = 0.0

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.resident + other.resident, self.anonymous + other.anonymous)


def memory_of(process: int | str = "self") -> Memory:
    """The memory of one process; nothing where the system does not tell."""
    try:
        text = (_PROC / str(process) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return Memory()
    found = {line.split(":")[0]: float(line.split()[1]) / 1e3 for line in text.splitlines()[1:]}
    return Memory(found.get("Pss", 0.0), found.get("Pss_Anon", 0.0) + found.get("Pss_Shmem", 0.0))


def family(process: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield process
    for path in (_PROC / str(process) / "task").glob("*/children"):
        try:
            children = path.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


@dataclass(slots=True)
class Watch:
    """Samples the memory of a process and its children until it is closed; `peak` holds the largest of each."""

    process: int
    peak: Memory = field(default_factory=Memory)
    samples: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            total = sum((memory_of(number) for number in family(self.process)), Memory())
            self.peak.resident = max(self.peak.resident, total.resident)
            self.peak.anonymous = max(self.peak.anonymous, total.anonymous)
            self.samples += 1


def watched(command: Sequence[str], cores: int, **more: str) -> tuple[float, Memory]:
    """Run a command to its end: its seconds, and the peak memory of it and its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment(cores, **more), cwd=ROOT, stdout=subprocess.DEVNULL)
    with process, Watch(process.pid) as watch:
        code = process.wait()
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return time.perf_counter() - start, watch.peak
