"""Stages in threads of their own, ahead of who takes from them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from pinakes.ingest.ahead import IDLE, Ahead


def numbers(first: int, count: int) -> Iterator[int]:
    yield from range(first, first + count)


def test_all_things_of_all_stages_come_each_stage_in_order() -> None:
    stream = Ahead(numbers(0, 500), numbers(1_000, 300), size=4, stop=threading.Event())
    found = [thing for thing in stream if isinstance(thing, int)]
    stream.close()
    assert [one for one in found if one < 1_000] == list(range(500))
    assert [one for one in found if one >= 1_000] == list(range(1_000, 1_300))


def test_a_stage_is_ahead_by_no_more_than_twice_what_may_wait() -> None:
    made = 0

    def stage() -> Iterator[int]:
        nonlocal made
        for number in range(200):
            made += 1
            yield number

    stream = Ahead(stage(), size=5, stop=threading.Event())
    for taken, thing in enumerate(thing for thing in stream if thing is not IDLE):
        assert thing == taken
        # What was taken at once, what waits, and the one that is about to.
        assert made - taken <= 2 * 5 + 1
    stream.close()
    assert made == 200


def test_a_failure_is_raised_where_things_are_taken_and_ends_the_stream() -> None:
    def stage() -> Iterator[int]:
        yield 1
        raise ValueError("lost")

    stream = Ahead(stage(), size=5, stop=threading.Event())
    with pytest.raises(ValueError, match="lost"):
        list(stream)
    stream.close()


def test_where_nothing_comes_for_a_while_that_is_told() -> None:
    go_on = threading.Event()

    def stage() -> Iterator[int]:
        go_on.wait()
        yield 1

    stream = Ahead(stage(), size=5, stop=threading.Event())
    found = iter(stream)
    assert next(found) is IDLE
    go_on.set()
    assert next(thing for thing in found if thing is not IDLE) == 1
    stream.close()


def test_a_stream_that_is_closed_early_ends_its_stages() -> None:
    closed = threading.Event()

    def stage() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    stop = threading.Event()
    stream = Ahead(stage(), size=5, stop=stop)
    assert next(iter(stream)) == 1
    stream.close()
    assert stop.is_set()
    assert closed.is_set()


def test_what_comes_just_after_a_stage_has_ended_is_handed_over_at_once() -> None:
    begun = threading.Event()

    def short() -> Iterator[int]:
        begun.wait(10)
        time.sleep(0.002)
        yield from ()

    def late() -> Iterator[int]:
        begun.wait(10)
        time.sleep(0.006)
        yield 1
        time.sleep(0.5)

    stream = Ahead(short(), late(), size=4, stop=threading.Event())
    begun.set()
    before = time.monotonic()
    first = next(thing for thing in stream if thing is not IDLE)
    assert first == 1
    assert time.monotonic() - before < 0.09
    stream.close()
