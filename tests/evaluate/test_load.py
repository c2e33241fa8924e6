"""The load generator: arrivals that wait for nobody, and what it counts."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import UnknownName, UsageError
from pinakes.evaluate.load import Load, Outcomes, drive, highest, most_at_once, together

STALL = 0.4


def stalls_once(number: int) -> None:
    """A service that answers at once, but for one time."""
    if number == 50:
        time.sleep(STALL)


def test_one_stall_is_seen_by_all_who_arrive_meanwhile() -> None:
    arrivals = Load(rate=250, seconds=1, warmup=0, arrivals="constant").schedule()
    found = drive(stalls_once, arrivals, clients=1, timeout=30)
    assert len(found.latencies) == 250
    assert found.answered.all()
    # Each that arrives in the first half of the stall waits for the second half at least.
    waited = int((found.latencies >= STALL / 2).sum())
    assert waited >= 49
    assert np.quantile(found.latencies, 0.99) >= STALL / 2
    # A loop that asks only when it was answered meets the stall once in 250, and does not see it in its p99.
    assert int((found.services >= STALL / 2).sum()) < waited / 2
    assert np.quantile(found.services, 0.99) < np.quantile(found.latencies, 0.99)


def test_a_second_client_answers_while_the_first_is_held_up() -> None:
    held = threading.Event()

    def operate(number: int) -> None:
        if number == 0:
            assert held.wait(30)
        if number == 19:
            held.set()

    found = drive(operate, np.arange(20) / 1000, clients=2, timeout=30)
    assert found.answered.all()
    assert found.most_at_once >= 2


def test_operations_that_raise_are_counted_as_failed_under_their_names() -> None:
    def operate(number: int) -> None:
        if number % 4 == 0:
            raise ValueError(number)
        if number == 1:
            raise KeyError(number)

    found = drive(operate, np.zeros(20), clients=3, timeout=30)
    assert found.names == Counter({"ValueError": 5, "KeyError": 1})
    assert found.raised.sum() == 6
    assert found.success == pytest.approx(14 / 20)
    assert len(found.latencies) == 14


def test_one_that_hangs_times_out_and_holds_up_nothing_else() -> None:
    forever = threading.Event()

    def operate(number: int) -> None:
        if number == 3:
            forever.wait()

    found = drive(operate, np.arange(10) / 100, clients=4, timeout=2.0)
    forever.set()
    assert list(np.flatnonzero(~found.answered)) == [3]
    assert found.timed_out[3]
    assert math.isnan(found.ended[3])
    # It counts among the times, as the timeout at least: leaving out the slowest would make the others look better.
    assert found.latencies[3] == 2.0
    assert not found.raised.any()


def test_who_waited_longer_than_the_timeout_for_a_client_has_gone() -> None:
    asked: list[int] = []

    def operate(number: int) -> None:
        asked.append(number)
        time.sleep(0.3)

    found = drive(operate, np.zeros(5), clients=1, timeout=0.1)
    # On a machine that is late itself, not even the first is begun in time.
    assert asked in ([0], [])
    assert found.timed_out.all()
    assert found.success == 0


def test_no_more_clients_than_were_given_are_busy_at_once() -> None:
    lock, busy, seen = threading.Lock(), [0], [0]

    def operate(_: int) -> None:
        with lock:
            busy[0] += 1
            seen[0] = max(seen[0], busy[0])
        time.sleep(0.01)
        with lock:
            busy[0] -= 1

    found = drive(operate, np.zeros(40), clients=5, timeout=30)
    assert seen[0] <= 5
    assert found.most_at_once > 5


def test_the_warm_up_is_driven_and_not_counted() -> None:
    asked: list[int] = []
    arrivals = Load(rate=100, seconds=0.2, warmup=0.3, arrivals="constant").schedule()
    found = drive(asked.append, arrivals, clients=2, timeout=30)
    assert sorted(asked) == list(range(50))
    assert len(found.counted().arrived) == 20
    assert (found.counted().arrived >= 0).all()


def test_errors_of_the_warm_up_are_not_counted() -> None:
    def operate(number: int) -> None:
        if number < 4:
            raise OSError

    found = drive(operate, np.arange(-3, 3) / 100, clients=2, timeout=30)
    assert found.names == {"OSError": 4}
    assert found.counted().names == {"OSError": 1}


def test_arrivals_by_chance_are_the_same_for_one_seed_and_of_the_rate_that_was_asked_for() -> None:
    load = Load(rate=50, seconds=200, warmup=10)
    times = load.schedule()
    assert (times == load.schedule()).all()
    assert not np.array_equal(times, Load(rate=50, seconds=200, warmup=10, seed=2).schedule())
    assert times.min() >= -10
    assert times.max() <= 200
    assert (np.diff(times) >= 0).all()
    assert len(times) / 210 == pytest.approx(50, rel=0.05)
    # The gaps of a Poisson process spread as widely as they are long.
    assert np.diff(times).std() == pytest.approx(np.diff(times).mean(), rel=0.05)


def test_constant_arrivals_are_evenly_apart() -> None:
    times = Load(rate=4, seconds=2, warmup=1, arrivals="constant").schedule()
    assert times.tolist() == [-1 + number / 4 for number in range(12)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": math.nan},
        {"rate": math.inf},
        {"seconds": 0},
        {"timeout": 0},
        {"warmup": -1},
        {"clients": 0},
    ],
)
def test_a_load_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Load(**wrong).schedule()  # type: ignore[arg-type]


def test_unknown_arrivals_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="poisson"):
        Load(arrivals="poison").schedule()


def test_no_arrivals_are_driven_to_nothing() -> None:
    found = drive(lambda _: None, np.zeros(0), clients=3, timeout=1)
    assert math.isnan(found.success)
    assert found.most_at_once == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=30))
def test_how_many_overlap_agrees_with_counting(spans: list[tuple[int, int]]) -> None:
    arrived = np.array([start for start, _ in spans], np.float64)
    ended = np.array([start + length for start, length in spans], np.float64)
    counted = [sum(start <= moment < start + length for start, length in spans) for moment in range(30)]
    assert most_at_once(arrived, ended) == max(counted)


def test_what_several_saw_is_one() -> None:
    def one(count: int) -> Outcomes:
        times = np.arange(count, dtype=np.float64)
        return Outcomes(times, times, times + 1, np.array(["Busy"] * count), 5.0)

    found = together([one(2), one(3)])
    assert len(found.arrived) == 5
    assert found.names == Counter({"Busy": 5})


@settings(deadline=None)
@given(st.floats(1, 900))
def test_the_highest_that_holds_is_found_to_a_tenth(true: float) -> None:
    tried: list[float] = []

    def holds(rate: float) -> bool:
        tried.append(rate)
        return rate <= true

    found = highest(holds, start=20, most=1000)
    assert true / 1.1 <= found <= true
    assert len(tried) < 20


def test_the_highest_is_bounded_and_zero_where_nothing_holds() -> None:
    assert highest(lambda _: True, start=3, most=100) == 100
    assert highest(lambda _: False, start=8, most=100) == 0
    with pytest.raises(UsageError):
        highest(lambda _: True, start=0, most=100)


def test_the_highest_rate_of_a_service_is_that_at_which_it_can_keep_up() -> None:
    def within(rate: float) -> bool:
        """One client whose service takes 10 ms, in a clock of our own: it keeps up with less than 100 a second."""
        free, worst = 0.0, 0.0
        for due in Load(rate=rate, seconds=60, warmup=0).schedule():
            free = max(free, due) + 0.01
            worst = max(worst, free - due)
        return worst <= 0.2

    assert 60 < highest(within, start=10, most=10_000) < 100
