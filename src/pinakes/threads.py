"""How many cores this process may use, what its threads take, and what it gives back."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE_BLOCK = 1 << 20
# How far work that nobody waits for stands behind those who wait for a page: beside one of them it has a tenth.
_BEHIND = 10


def cores() -> int:
    """The cores that the system lets this process run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def step_back() -> None:
    """Let others go first on the processors, those that this process begins included."""
    if sys.platform != "win32":
        os.nice(_BEHIND)


def spare_address_space() -> None:
    """Where address space is limited (ulimit -v), let threads share what the C library sets aside for each: 64 MiB."""
    if sys.platform != "linux":
        return
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        _ask_the_c_library("mallopt", _ARENA_MAX, 2)


def give_back_large_blocks() -> None:
    """From now on, have the C library give each large block back to the system as soon as it is freed.

    Of itself it keeps them, and puts small ones that live on in between: a process that works again and again comes to
    hold more each time. For processes of ours alone: to get a block anew costs some time.
    """
    _ask_the_c_library("mallopt", _MMAP_THRESHOLD, _LARGE_BLOCK)


def give_back_memory() -> None:
    """Have the C library give freed memory back to the system: what a segment took is not needed for a while."""
    _ask_the_c_library("malloc_trim", 0)


def _ask_the_c_library(call: str, *numbers: int) -> None:
    """Make a call of Linux's usual C library; others have no such call, as they set nothing aside and keep nothing."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            getattr(ctypes.CDLL(None), call)(*numbers)
