"""The parent's watch over its children: time without a sign of life, time for one file, and memory.

Memory is the system's matter on Linux (RLIMIT_AS); where it has no such limit, what a child holds is looked at here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pinakes.errors import PinakesError, TimedOut, TooLarge
from pinakes.limits import MIB, Limits

# A longer pause between two looks is the machine's sleep and not the child's.
MAX_TICK = 1.0


@dataclass(slots=True)
class Clock:
    """Seconds for which a child has been at work on one file, and silent; time in which it waits for us is free."""

    beat: int = -1
    job: int = 0
    silent: float = 0.0
    total: float = 0.0

    def tick(self, seconds: float, beat: int, job: int, *, waits_for_us: bool) -> None:
        """Look at the child's counters after so many seconds."""
        seconds = 0.0 if waits_for_us else min(seconds, MAX_TICK)
        if job != self.job:
            self.job, self.total, self.silent = job, 0.0, 0.0
        self.total += seconds
        self.silent = 0.0 if beat != self.beat or waits_for_us else self.silent + seconds
        self.beat = beat

    def verdict(self, limits: Limits) -> PinakesError | None:
        """Why the child must be stopped, if it must."""
        if self.silent > limits.decode_silent_seconds:
            return TimedOut(
                f"Decoding gave no sign of life for {limits.decode_silent_seconds} seconds.",
                "Raise decode_silent_seconds if the file is good.",
            )
        if self.total > limits.decode_total_seconds:
            return TimedOut(
                f"Decoding took longer than {limits.decode_total_seconds} seconds.",
                "Raise decode_total_seconds, or split the file.",
            )
        return None


def memory_verdict(held: int | None, at_start: int, limits: Limits) -> PinakesError | None:
    """Why a child that holds so many bytes must be stopped, if it must."""
    if held is None or held - at_start <= limits.decode_memory_mib * MIB:
        return None
    return too_much_memory(limits)


def too_much_memory(limits: Limits) -> TooLarge:
    """The error for a file that wants more memory than a decoder has."""
    return TooLarge(
        f"Decoding takes more than the {limits.decode_memory_mib} MiB of memory that a decoder may use.",
        "Raise decode_memory_mib, or make the file smaller.",
    )


def resident_bytes(pid: int) -> int | None:
    """Memory that a process of ours holds; None where it is gone or the system does not tell."""
    try:
        if sys.platform == "win32":
            return _resident_on_windows(pid)
        if sys.platform == "darwin":
            return _resident_on_macos(pid)
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _resident_on_macos(pid: int) -> int | None:
    # struct proc_taskinfo of libproc: its second number of eight bytes is the resident size; flavour 4.
    buffer = (ctypes.c_uint64 * 16)()
    size = ctypes.CDLL("/usr/lib/libproc.dylib").proc_pidinfo(pid, 4, ctypes.c_uint64(0), buffer, 96)
    return int(buffer[1]) if size == 96 else None


class _WindowsCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of psapi.h."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("faults", ctypes.c_uint32),
        ("peak_resident", ctypes.c_size_t),
        ("resident", ctypes.c_size_t),
        ("peak_paged_pool", ctypes.c_size_t),
        ("paged_pool", ctypes.c_size_t),
        ("peak_other_pool", ctypes.c_size_t),
        ("other_pool", ctypes.c_size_t),
        ("page_file", ctypes.c_size_t),
        ("peak_page_file", ctypes.c_size_t),
    )


def _resident_on_windows(pid: int) -> int | None:
    query, read_memory = 0x1000, 0x0010
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 -- other systems' ctypes does not have it
    kernel.OpenProcess.restype = ctypes.c_void_p
    process = kernel.OpenProcess(query | read_memory, False, pid)
    if not process:
        return None
    counters = _WindowsCounters(cb=ctypes.sizeof(_WindowsCounters))
    try:
        told = kernel.K32GetProcessMemoryInfo(ctypes.c_void_p(process), ctypes.byref(counters), counters.cb)
    finally:
        kernel.CloseHandle(ctypes.c_void_p(process))
    return int(counters.resident) if told else None
