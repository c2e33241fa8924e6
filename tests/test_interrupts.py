"""Signals that come into the middle of a step that must not be broken."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from pinakes.interrupts import unbroken

pytestmark = [pytest.mark.reliability, pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")]


def test_a_signal_is_put_off_until_the_step_is_done() -> None:
    """E1: Ctrl-C within a transaction."""
    done = []
    with pytest.raises(KeyboardInterrupt), unbroken():
        signal.raise_signal(signal.SIGINT)
        done.append("after the signal")
    assert done == ["after the signal"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_asks_twice_is_heard_at_once() -> None:
    """E1: a step that takes long can be broken all the same."""
    done = []
    with pytest.raises(KeyboardInterrupt), unbroken():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        done.append("never")
    assert done == []


def test_a_step_within_a_step_is_no_end_of_the_outer_one() -> None:
    """E1: the outermost step counts."""
    done = []
    with pytest.raises(KeyboardInterrupt), unbroken():
        with unbroken():
            signal.raise_signal(signal.SIGINT)
        done.append("the outer step")
    assert done == ["the outer step"]


def test_an_error_of_the_step_is_not_hidden() -> None:
    """E1: what failed is said."""
    with pytest.raises(ValueError, match="reason"), unbroken():
        raise ValueError("reason")


def test_other_threads_have_no_signals_to_put_off() -> None:
    """E1: signals are handled in the main thread alone."""
    seen: list[object] = []

    def step() -> None:
        with unbroken():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=step)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
