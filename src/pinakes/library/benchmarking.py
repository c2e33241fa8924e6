"""Measuring what searching a library costs: response times, use of the machine under load, sizes on disk."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pinakes.catalogue.sizes import on_server
from pinakes.errors import UnknownName, UsageError, nearest
from pinakes.evaluate.cost import Cost, Loaded, Stored, Timing
from pinakes.evaluate.load import SUSTAINED, Load, Outcomes, Seconds, highest
from pinakes.evaluate.machine import described
from pinakes.evaluate.questions import Question, given, of_library
from pinakes.evaluate.resources import Energy, Watch
from pinakes.evaluate.timing import Tell, percentile, seconds, silent
from pinakes.library.clients import Clients, processes_for
from pinakes.search.request import MODES
from pinakes.settings import MOST_AT_ONCE

if TYPE_CHECKING:
    from pinakes.library.facade import Library

_TRIAL_SECONDS, _TRIAL_WARMUP, _FASTEST, _MOST_AT_ONCE = 10.0, 2.0, 10_000.0, 2_048
_PACK = re.compile(r"-(words|columns|rows|space)\b.*\.pack$")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how."""

    # Searches of each kind in each mode, one after the other.
    searches: int = 100
    modes: Sequence[str] = MODES
    # The user's own questions; without any, the library's own titles and items are asked for.
    questions: Sequence[str] = ()
    load: Load | None = field(default_factory=Load)
    # Processes that the clients are shared among; 0: one for each core.
    processes: int = 0
    # Look for the highest rate whose p99 stays below so many milliseconds; 0: do not.
    fastest_ms: float = 0.0
    # Look for the most operations that are answered in time when all arrive at the same moment.
    at_once: bool = False
    seed: int = 1
    # Hears how far it is.
    # Made by a call, since the reference would print where a function lies.
    tell: Tell = field(default_factory=lambda: silent)

    def check(self) -> None:
        """Refuse a plan that measures nothing."""
        if self.searches < 1:
            raise UsageError(f"At least one search must be timed, not {self.searches}.")
        for mode in self.modes:
            if mode not in MODES:
                raise UnknownName(f"There is no mode named {mode}.", nearest(mode, MODES))
        if not self.modes:
            raise UsageError("No mode of searching is named.", f"There are {' and '.join(MODES)}.")
        if self.processes < 0 or self.seed < 0:
            raise UsageError("The number of processes and the seed must be zero or more.")
        if self.processes > MOST_AT_ONCE:
            raise UsageError(f"{self.processes:,} processes can not search at once; the limit is {MOST_AT_ONCE:,}.")
        if not 0 <= self.fastest_ms < math.inf:
            raise UsageError(f"The limit of the p99 must be some milliseconds, not {self.fastest_ms:g}.")
        if self.load is None and (self.fastest_ms or self.at_once):
            raise UsageError("The highest rate and the most at once can not be looked for without a load.")
        if self.load is not None:
            self.load.check()


def measured(library: Library, plan: Plan, questions: Sequence[Question] = ()) -> Cost:
    """The cost of searching one library as it is; nothing in it is changed."""
    plan.check()
    asked = list(questions) or questions_for(library, plan)
    size = int(library.status()["parts"])
    timings = tuple(response(library, asked, size, plan))
    loads = tuple(loaded(library, asked, size, plan))
    return cost(f"The library {library.folder}", plan, timings=timings, loads=loads, stored=stored(library, size))


def questions_for(library: Library, plan: Plan) -> list[Question]:
    """The user's own questions, or those that the library's material gives."""
    return given(plan.questions) if plan.questions else of_library(library._catalogue, plan.searches, plan.seed)


def cost(title: str, plan: Plan, **found: tuple[object, ...]) -> Cost:
    """What was found, with what is needed to judge and to repeat it."""
    notes = (
        "Response times are of searches one after the other, in one process that has searched before; those under load "
        "count from the moment at which an operation was to arrive, whether or not others were answered.",
        *(() if Energy().is_told else ("This machine does not tell what energy it takes, or not to this user.",)),
    )
    about = {"title": title, "date": date.today().isoformat(), "seed": plan.seed, "machine": described({})}
    return Cost(**about, notes=notes, **found)  # type: ignore[arg-type]


def response(library: Library, questions: Sequence[Question], size: int, plan: Plan) -> list[Timing]:
    """Response times of each kind of question in each mode; modes take turns, so that a slow moment meets both."""
    by_kind: dict[str, list[Question]] = {}
    for question in questions:
        by_kind.setdefault(question.asked, []).append(question)
    taken: dict[tuple[str, str], list[float]] = {}
    steps = [(kind, mode) for kind in by_kind for mode in plan.modes]
    for number in range(-1, plan.searches):
        for kind, mode in steps:
            asked = by_kind[kind][number % len(by_kind[kind])]
            spent = seconds(lambda asked=asked, mode=mode: library.search(**asked.terms(), mode=mode))  # type: ignore[misc]
            # The first of each opens what the others find open.
            if number >= 0:
                taken.setdefault((kind, mode), []).append(1000 * spent)
        plan.tell("searching", number + 1, plan.searches)
    return [_timing(size, mode, kind, times) for (kind, mode), times in taken.items()]


def _timing(size: int, mode: str, kind: str, times: Sequence[float]) -> Timing:
    p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
    return Timing(size, mode, kind, len(times), p50, p95, p99, max(times))


def stored(library: Library, size: int) -> tuple[Stored, ...]:
    """Bytes on disk of each kind of file in a library's folder, and of a catalogue that a server keeps."""
    found: dict[str, int] = {}
    for path in library.folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            kind = _kind(path.relative_to(library.folder))
            found[kind] = found.get(kind, 0) + path.stat().st_size
    with library._catalogue.reading() as connection:
        if kept := on_server(connection):
            found["catalogue, PostgreSQL"] = kept
    return tuple(Stored(size, kind, number) for kind, number in sorted(found.items()))


def _kind(path: Path) -> str:
    folder = path.parts[0]
    if folder == "index":
        pack = _PACK.search(path.name)
        return f"index: {pack[1] if pack else 'other'}"
    if folder.startswith("catalogue.sqlite"):
        return "catalogue"
    return folder if folder in ("previews", "models", "uploads") else "other"


def loaded(library: Library, questions: Sequence[Question], size: int, plan: Plan) -> list[Loaded]:
    """What becomes of operations that arrive by a schedule, and what the machine gives for them."""
    load = plan.load
    if load is None:
        return []
    mode = plan.modes[-1]
    processes = plan.processes or processes_for(load.clients)
    with Clients(library.folder, library.settings, questions, mode, min(processes, load.clients)) as clients:
        run = Loading(clients, load, size, mode, plan.tell)
        found = [run.fixed(load, "fixed")]
        if plan.fastest_ms:
            found.append(run.fastest(plan.fastest_ms))
        if plan.at_once:
            found.append(run.at_once())
    return found


@dataclass(frozen=True, slots=True)
class Loading:
    """Loads that one set of clients is put under."""

    clients: Clients
    load: Load
    size: int
    mode: str
    tell: Tell

    def fixed(self, load: Load, what: str) -> Loaded:
        """At one rate."""
        arrivals = load.schedule()
        if not (arrivals >= 0).any():
            raise UsageError(
                f"At {load.rate:g} a second, nothing arrives in {load.seconds:g} s.", "Load it for longer."
            )
        self.tell(f"{load.rate:.4g} arrivals a second for {load.seconds + load.warmup:g} s", 0, 0)
        return self._told(what, load, *self._watched(arrivals, load.clients, load.timeout))

    def fastest(self, p99_ms: float) -> Loaded:
        """At the highest rate at which one in a thousand fails at most, and 99 of 100 take no more than that."""
        best: list[Loaded] = []

        def holds(rate: float) -> bool:
            span = min(self.load.seconds, _TRIAL_SECONDS)
            trial = Load(
                rate, span, self.load.clients, self.load.timeout, _TRIAL_WARMUP, self.load.arrivals, self.load.seed
            )
            found = self.fixed(trial, "fastest")
            good = found.p99 <= p99_ms and found.success_percent >= 100 * SUSTAINED
            best[:] = [found] if good or not best else best
            return good

        highest(holds, self.load.rate, max(_FASTEST, self.load.rate))
        return best[0]

    def at_once(self) -> Loaded:
        """With the most that are all answered in time when they arrive at the same moment."""
        best: list[Loaded] = []

        def holds(number: float) -> bool:
            count = int(number)
            self.tell(f"{count} at once", 0, 0)
            load = Load(math.nan, 0.0, count, self.load.timeout, 0.0, "at once", self.load.seed)
            found = self._told("at once", load, *self._watched(np.zeros(count), count, self.load.timeout))
            good = found.answered == found.scheduled
            best[:] = [found] if good or not best else best
            return good

        highest(holds, min(self.load.clients, _MOST_AT_ONCE), _MOST_AT_ONCE)
        return best[0]

    def _watched(self, arrivals: Seconds, clients: int, timeout: float) -> tuple[Outcomes, Watch]:
        with Watch(os.getpid()) as watch:
            return self.clients.run(arrivals, clients, timeout), watch

    def _told(self, what: str, load: Load, outcomes: Outcomes, watch: Watch) -> Loaded:
        counted, use = outcomes.counted(), watch.use(self.clients.used)
        times = (1000 * counted.latencies).tolist()
        return Loaded(
            what=what,
            size=self.size,
            mode=self.mode,
            clients=load.clients,
            processes=min(self.clients.processes, load.clients),
            arrivals=load.arrivals,
            rate=load.rate,
            seconds=load.seconds,
            scheduled=len(counted.arrived),
            answered=int(counted.answered.sum()),
            failed=int(counted.raised.sum()),
            timed_out=int(counted.timed_out.sum()),
            success_percent=100 * counted.success,
            p50=percentile(times, 0.5),
            p95=percentile(times, 0.95),
            p99=percentile(times, 0.99),
            worst=max(times, default=math.nan),
            most_at_once=counted.most_at_once,
            processor_percent=use.processor_percent,
            memory_mb=use.memory_mb,
            memory_percent=use.memory_percent,
            joules=use.joules,
        )
