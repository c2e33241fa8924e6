"""D1, D2: whenever a process is killed, what it acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import POSTGRES, empty_postgres
from tests.faults.crasher import PLAYS, perform

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")]

_OTHERS = [name for name in PLAYS if name != "adding"]
# How often each operation is killed in the everyday run; those that take longest, once.
_A_FEW = {"deleting": 2, "encoding": 2, "publishing": 2}


def test_adding_that_is_killed_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """D1: SIGKILL at a random instant while files are added."""
    assert perform("adding", tmp_path, seed=1, cycles=6).kills > 0


@pytest.mark.parametrize("name", _OTHERS)
def test_whatever_is_killed_leaves_the_old_or_the_new_state(name: str, tmp_path: Path) -> None:
    """D2: the same while items are removed, changed, encoded, fitted, compacted, recoded, and the index switched."""
    perform(name, tmp_path, seed=2, cycles=_A_FEW.get(name, 1))


@pytest.mark.slow
def test_adding_that_is_killed_hundreds_of_times_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """D1: 300 cycles; each time the library opens in less than a second."""
    assert perform("adding", tmp_path, seed=3, cycles=300, guard=True).kills > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", _OTHERS)
def test_whatever_is_killed_a_hundred_times_leaves_the_old_or_the_new_state(name: str, tmp_path: Path) -> None:
    """D2: 100 cycles of each operation."""
    assert perform(name, tmp_path, seed=4, cycles=100).kills > 10


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="needs PINAKES_TEST_POSTGRES")
@pytest.mark.parametrize("name", ["adding", "deleting", "updating"])
def test_a_library_on_postgresql_survives_a_kill_too(name: str, tmp_path: Path) -> None:
    """D1, D2: the same with the catalogue on PostgreSQL, 40 cycles."""
    assert perform(name, tmp_path, seed=5, cycles=40, catalogue=empty_postgres()).kills > 4
