"""How often one may ask, counted by several processes of one server together."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import TooOften
from pinakes.limits import Limits
from pinakes.web.http import moments
from pinakes.web.http.moments import SharedMoments
from pinakes.web.http.rates import Rates
from tests.web.test_entering import Clock

pytestmark = pytest.mark.reliability


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc"), st.floats(0, 20)), max_size=60))
@settings(max_examples=30, deadline=None)
def test_processes_that_share_their_moments_count_as_one_does(steps: list[tuple[int, str, float]]) -> None:
    """G13: whichever process is asked, beside one that is asked everything."""
    clock, limits = Clock(), Limits(searches_per_minute=6)
    with tempfile.TemporaryDirectory() as folder:
        path = SharedMoments.make(Path(folder) / "moments")
        shared = [SharedMoments(path), SharedMoments(path)]
        processes, alone = [Rates(limits, clock, one) for one in shared], Rates(limits, clock)

        def let_in(rates: Rates, key: str) -> float:
            try:
                rates.count("search", (key,))
            except TooOften as refused:
                return refused.seconds
            return 0.0

        for process, key, seconds in steps:
            clock.now += seconds
            assert let_in(processes[process], key) == let_in(alone, key)
        for one in shared:
            one.close()


_COUNTING = """
import sys
from pathlib import Path
from pinakes.web.http.moments import SharedMoments
moments = SharedMoments(Path(sys.argv[1]))
sys.stdin.read()
for _ in range(2_000):
    with moments.alone():
        moments.set("one", moments.get("one") + 1.0)
"""


@pytest.mark.skipif(os.name != "posix", reason="several processes are for POSIX alone")
def test_processes_that_count_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """G13: at the same moment, each as fast as it can."""
    path = SharedMoments.make(tmp_path / "moments")
    command = [sys.executable, "-c", _COUNTING, str(path)]
    counting = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for one in counting:
        # All of them begin when they are told that there is nothing more to hear.
        assert one.stdin is not None
        one.stdin.close()
    assert [one.wait(60) for one in counting] == [0, 0, 0]
    table = SharedMoments(path)
    assert table.get("one") == 6_000.0
    table.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_table_of_moments_that_is_full_forgets_what_ends_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G13: strangers with many addresses take no more memory."""
    monkeypatch.setattr(moments, "_ROWS", 2)
    table = SharedMoments(SharedMoments.make(tmp_path / "moments"))
    for number in range(100):
        table.set(f"key {number}", 1000.0 + number)
    held = [number for number in range(100) if table.get(f"key {number}")]
    assert len(held) == 16
    assert 99 in held and 0 not in held
    # What a process that died has half written keeps nobody out for long.
    table.set("search one", 1e300)
    rates = Rates(Limits(searches_per_minute=6), lambda: 2000.0, table)
    with pytest.raises(TooOften) as refused:
        rates.count("search", ("one",))
    assert refused.value.seconds <= 60
    table.close()
