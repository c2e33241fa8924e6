"""Scanning codes wakes no threads that would find nothing to do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_ASKED = """
import os
from pinakes.index.scanner import scanner
before = dict(os.environ)
print(scanner().omp_get_max_threads())
assert dict(os.environ) == before
"""


@pytest.mark.parametrize(("told", "threads"), [(None, 1), ("3", 3)])
def test_codes_are_scanned_by_one_thread_unless_told_otherwise(told: str | None, threads: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    if told is not None:
        environment["OMP_NUM_THREADS"] = told
    ran = subprocess.run([sys.executable, "-c", _ASKED], env=environment, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == threads
