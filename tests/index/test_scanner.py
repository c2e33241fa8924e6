"""Scanning codes: by no threads that would find nothing to do, and with one answer however the rows are chosen."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from pinakes.index.matrix import Matrix
from pinakes.index.packs import MemoryPack

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


@pytest.mark.parametrize("share", [0.1, 0.6, 0.95])
def test_a_choice_that_is_asked_for_again_finds_the_same_of_many_equally_near(share: float) -> None:
    rng = np.random.default_rng(3)
    for count in (60, 700, 3_000):
        # Of 32 bits, most of them zero: at the end of every list there are some of one distance on both sides.
        codes = rng.integers(0, 256, (count, 4), np.uint8) & rng.integers(0, 256, (count, 4), np.uint8)
        matrix = Matrix(MemoryPack("made", {"rows": np.arange(count, dtype=np.uint32), "codes": codes}))
        chosen = rng.random(count) < share
        there = np.flatnonzero(chosen)
        for wanted in (1, 20, 400):
            distances = np.bitwise_count(codes[there] ^ codes[0]).sum(axis=1)
            first = np.sort(there[np.argsort(distances, kind="stable")[:wanted]])
            for again in (False, True):
                found = matrix.nearest(codes[0], wanted, matrix.among(chosen, again=again))
                assert np.sort(found.places).tolist() == first.tolist()
