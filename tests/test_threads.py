"""What is given back of memory."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

# Blocks of four megabytes with smaller ones between them that live on, freed in a process that has freed larger ones.
_PROGRAM = """
    import ctypes, sys
    from pinakes.threads import give_back_large_blocks

    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]

    def held():
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024

    def taken(size):
        block = libc.malloc(size)
        ctypes.memset(block, 1, size)
        return block

    libc.free(taken(16 << 20))
    if sys.argv[1] == "given back":
        give_back_large_blocks()
    before = held()
    blocks = []
    for _ in range(16):
        blocks.append(taken(4 << 20))
        taken(100_000)
    for block in blocks:
        libc.free(block)
    print(held() - before)
"""


def megabytes_held(how: str) -> int:
    command = [sys.executable, "-c", textwrap.dedent(_PROGRAM), how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the C library of Linux")
def test_large_blocks_are_given_back_though_small_ones_between_them_live_on() -> None:
    if megabytes_held("kept") < 32:
        pytest.skip("this C library gives large blocks back by itself")
    assert megabytes_held("given back") < 8
