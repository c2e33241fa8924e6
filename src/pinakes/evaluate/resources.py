"""Processor time, memory and energy of a process with all that descend from it, while they work.

On Linux all of it is read from /proc: nothing has to be installed, and memory that processes share is counted once.
Elsewhere the standard library tells a process of itself alone: children that want to be counted tell what they used,
and what nobody tells is NaN.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pinakes.evaluate.machine import memory_gb
from pinakes.threads import cores

_PROC = Path("/proc")
_POWER = Path("/sys/class/powercap")
_EVERY = 0.1
# Of /proc/PID/stat, counted behind the name of the program: utime, stime, cutime, cstime.
_TIMES = slice(11, 15)


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


def processor_seconds(process: int) -> float:
    """Processor time that a process and its descendants have used, those that have ended included."""
    if not (_PROC / str(process) / "stat").exists():
        return time.process_time() if process == os.getpid() else math.nan
    return sum(_ticks(number) for number in family(process)) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    try:
        # The name of the program stands in brackets and may hold anything, also brackets.
        told = (_PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return 0
    return sum(map(int, told.split()[_TIMES]))


def most_resident() -> float:
    """Megabytes that this process had at most, where there is no /proc; NaN where nothing tells."""
    if sys.platform == "win32":
        return math.nan
    import resource

    # Bytes on macOS, kibibytes elsewhere.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


class Energy:
    """The energy counters of the machine's processors (RAPL), where it has them and lets us read them."""

    def __init__(self, folder: Path = _POWER) -> None:
        self._counters = [path for path in sorted(folder.glob("*:*")) if path.name.count(":") == 1]
        self._start = self._read()

    @property
    def is_told(self) -> bool:
        """Whether the machine tells."""
        return bool(self._start)

    def joules(self) -> float:
        """What all processors of the machine, whoever used them, have taken since; NaN where it is not told."""
        now = self._read()
        if not self._start or now.keys() != self._start.keys():
            return math.nan
        return sum(self._since(path, now[path]) for path in now) / 1e6

    def _since(self, path: Path, now: int) -> int:
        taken = now - self._start[path]
        # Counters begin again at zero.
        return taken if taken >= 0 else taken + _number(path / "max_energy_range_uj")

    def _read(self) -> dict[Path, int]:
        try:
            return {path: _number(path / "energy_uj") for path in self._counters}
        except OSError:
            return {}


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a child says that it used itself."""

    processor_seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Use:
    """What was used of the machine: shares are in percent of all its cores and of all its memory."""

    seconds: float
    processor_seconds: float
    processor_percent: float
    memory_mb: float
    memory_percent: float
    # Of the whole machine; NaN where it does not tell.
    joules: float


@dataclass(slots=True)
class Watch:
    """Watches a process and its children until it is closed; `peak` holds the largest memory of each kind."""

    process: int
    peak: Memory = field(default_factory=Memory)
    samples: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _energy: Energy = field(default_factory=Energy)
    _began: tuple[float, float] = (0.0, 0.0)
    _ended: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __enter__(self) -> Watch:
        self._energy = Energy()
        self._began = time.perf_counter(), processor_seconds(self.process)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = time.perf_counter(), processor_seconds(self.process), self._energy.joules()
        self._stop.set()
        if self._thread:
            self._thread.join()
        self._sample()

    def use(self, children: Sequence[Told] = ()) -> Use:
        """What was used between opening and closing it; what children told counts where the system does not tell."""
        seconds = self._ended[0] - self._began[0]
        spent = self._ended[1] - self._began[1]
        memory = self.peak.resident
        if not memory:
            own = most_resident() if self.process == os.getpid() else math.nan
            memory = own + sum(child.memory_mb for child in children)
            spent += sum(child.processor_seconds for child in children)
        whole = 1000 * memory_gb()
        return Use(
            seconds=seconds,
            processor_seconds=spent,
            processor_percent=100 * spent / (seconds * cores()) if seconds else math.nan,
            memory_mb=memory,
            memory_percent=100 * memory / whole if whole else math.nan,
            joules=self._ended[2],
        )

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            self._sample()

    def _sample(self) -> None:
        total = sum((memory_of(number) for number in family(self.process)), Memory())
        self.peak.resident = max(self.peak.resident, total.resident)
        self.peak.anonymous = max(self.peak.anonymous, total.anonymous)
        self.samples += 1
