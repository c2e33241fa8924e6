"""A load generator with open-loop arrivals: operations arrive by a schedule, whether or not others were answered.

How long one took counts from when it was to arrive. A loop that asks only after it was answered asks less while the
answers are slow, and so leaves out just those that would have waited ("coordinated omission").
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import UnknownName, UsageError, nearest

Seconds: TypeAlias = NDArray[np.float64]
# A share of failures that is no failure of the service: one in a thousand.
SUSTAINED = 0.999


@dataclass(frozen=True, slots=True)
class Load:
    """Operations that arrive at a rate; those of the warm-up go before the time that counts."""

    rate: float = 10.0
    seconds: float = 60.0
    # How many operations can be under way at once; one that arrives while all are busy waits for its turn.
    clients: int = 92
    # After so many seconds an operation counts as failed; if it was not begun by then, it is given up.
    timeout: float = 5.0
    warmup: float = 5.0
    arrivals: str = "poisson"
    seed: int = 1

    def check(self) -> None:
        """Refuse a load that is none."""
        for name, value in (("rate", self.rate), ("seconds", self.seconds), ("timeout", self.timeout)):
            if not 0 < value < math.inf:
                raise UsageError(f"The {name} of a load must be more than zero, not {value:g}.")
        if not 0 <= self.warmup < math.inf:
            raise UsageError(f"The warm-up of a load must be zero seconds or more, not {self.warmup:g}.")
        if self.clients < 1:
            raise UsageError(f"A load needs one client at least, not {self.clients}.")
        if self.arrivals not in ARRIVALS:
            raise UnknownName(f"There are no arrivals named {self.arrivals}.", nearest(self.arrivals, ARRIVALS))

    def schedule(self) -> Seconds:
        """When operations arrive (n,), in seconds; those of the warm-up before zero."""
        self.check()
        return ARRIVALS[self.arrivals](self) - self.warmup


def _constant(load: Load) -> Seconds:
    return np.arange(int(load.rate * (load.warmup + load.seconds)), dtype=np.float64) / load.rate


def _poisson(load: Load) -> Seconds:
    """Independent of each other, as of many people who know nothing of each other."""
    span = load.warmup + load.seconds
    count = np.random.default_rng(load.seed).poisson(load.rate * span)
    return np.sort(np.random.default_rng((load.seed, 1)).random(count)) * span


ARRIVALS: dict[str, Callable[[Load], Seconds]] = {"poisson": _poisson, "constant": _constant}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of operations: when each was to arrive, was begun and ended (n,), in seconds of one clock.

    NaN stands for what never happened; `errors` (n,) holds the name of what an operation raised, or nothing.
    """

    arrived: Seconds
    begun: Seconds
    ended: Seconds
    errors: NDArray[np.str_]
    timeout: float

    @property
    def raised(self) -> NDArray[np.bool_]:
        """Which raised an error."""
        found: NDArray[np.bool_] = self.errors != ""
        return found

    @property
    def names(self) -> Counter[str]:
        """How many operations raised which error."""
        return Counter(self.errors[self.raised].tolist())

    @property
    def timed_out(self) -> NDArray[np.bool_]:
        """Which took longer than the timeout, or were never answered."""
        return ~self.raised & ~(self.ended - self.arrived <= self.timeout)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which were answered in time."""
        return ~self.raised & ~self.timed_out

    @property
    def success(self) -> float:
        """The share that was answered in time; NaN of none."""
        return float(self.answered.mean()) if len(self.arrived) else math.nan

    @property
    def latencies(self) -> Seconds:
        """Seconds from arrival to answer of all that did not raise; of those never answered, the timeout."""
        taken = (self.ended - self.arrived)[~self.raised]
        return np.where(np.isnan(taken), self.timeout, taken)

    @property
    def services(self) -> Seconds:
        """Seconds from begin to answer: what a loop that waits for each answer would have told."""
        taken = (self.ended - self.begun)[~self.raised]
        return taken[~np.isnan(taken)]

    @property
    def most_at_once(self) -> int:
        """The most that had arrived and had not ended."""
        return most_at_once(self.arrived, np.where(np.isnan(self.ended), self.arrived + self.timeout, self.ended))

    def counted(self) -> Outcomes:
        """Without those of the warm-up."""
        kept = self.arrived >= 0
        return Outcomes(self.arrived[kept], self.begun[kept], self.ended[kept], self.errors[kept], self.timeout)


def most_at_once(arrived: Seconds, ended: Seconds) -> int:
    """How many of the spans from arrival to end overlap at most; where one ends as another arrives, they do not."""
    moments = np.concatenate([ended, arrived])
    changes = np.concatenate([np.full(len(ended), -1), np.ones(len(arrived), int)])
    return int(np.cumsum(changes[np.argsort(moments, kind="stable")]).max(initial=0))


def drive(
    operate: Callable[[int], object], arrivals: Seconds, clients: int, timeout: float, zero: float | None = None
) -> Outcomes:
    """Run operation n when the n-th arrival is due, each by the next free of so many client threads.

    `zero` is the moment of `time.perf_counter` from which arrivals count; without it the first is due at once. Returns
    when all have ended, or the last has timed out: one that hangs holds up nothing but its own client.
    """
    count = len(arrivals)
    begun, ended = np.full(count, np.nan), np.full(count, np.nan)
    errors = np.full(count, "", "<U64")
    numbers, lock = itertools.count(), threading.Lock()
    start = time.perf_counter() - (float(arrivals[0]) if count else 0.0) if zero is None else zero

    def client() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= count:
                return
            due = float(arrivals[number])
            time.sleep(max(0.0, start + due - time.perf_counter()))
            now = time.perf_counter() - start
            if now - due > timeout:
                # Whoever asked has gone by now.
                continue
            begun[number] = now
            try:
                operate(number)
            except Exception as error:
                errors[number] = type(error).__name__
            ended[number] = time.perf_counter() - start

    threads = [threading.Thread(target=client, daemon=True) for _ in range(min(clients, count))]
    for thread in threads:
        thread.start()
    last = start + (float(arrivals[-1]) if count else 0.0) + timeout
    for thread in threads:
        thread.join(max(0.0, last - time.perf_counter()))
    # Copies: a client that hangs may still write.
    return Outcomes(arrivals, begun.copy(), ended.copy(), errors.copy(), timeout)


def together(outcomes: Sequence[Outcomes]) -> Outcomes:
    """What several processes saw, as one."""
    names = ("arrived", "begun", "ended", "errors")
    arrived, begun, ended, errors = (np.concatenate([getattr(one, name) for one in outcomes]) for name in names)
    return Outcomes(arrived, begun, ended, errors, outcomes[0].timeout)


def highest(holds: Callable[[float], bool], start: float, most: float, within: float = 0.1) -> float:
    """The highest number that holds, to a tenth: doubled while it holds, halved while it does not, then closed in on.

    Zero where nothing holds down to a hundredth of the start.
    """
    if not 0 < start <= most:
        raise UsageError(f"A search for the highest rate must start between 0 and {most:g}, not at {start:g}.")
    good, bad = 0.0, math.inf
    trial = start
    while trial >= start / 100:
        if holds(trial):
            good = trial
            if good >= most:
                return good
        else:
            bad = trial
        if good and bad <= good * (1 + within):
            return good
        if not good:
            trial = bad / 2
        else:
            trial = min(most, good * 2) if bad == math.inf else math.sqrt(good * bad)
    return good
