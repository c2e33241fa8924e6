"""Processes: pinned to some cores, with the memory of all of them and their children measured while they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pinakes.evaluate.resources import Memory, Watch

ROOT = Path(__file__).parents[1]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


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


def watched(command: Sequence[str], cores: int, **more: str) -> tuple[float, Memory]:
    """Run a command to its end: its seconds, and the peak memory of it and its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment(cores, **more), cwd=ROOT, stdout=subprocess.DEVNULL)
    with process, Watch(process.pid) as watch:
        code = process.wait()
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return time.perf_counter() - start, watch.peak
