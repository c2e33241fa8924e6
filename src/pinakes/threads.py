"""How many cores this process may use, and what its threads take."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# M_ARENA_MAX of malloc.h.
_ARENA_MAX = -8


def cores() -> int:
    """The cores that the system lets this process run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spare_address_space() -> None:
    """Where address space is limited (ulimit -v), let threads share what the C library sets aside for each: 64 MiB."""
    if sys.platform != "linux":
        return
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        # Other C libraries set nothing aside, and have no such call.
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
