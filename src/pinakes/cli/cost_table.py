"""Measured costs as tables for people."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pinakes.cli.columns import table
from pinakes.cli.output import Output, printable

if TYPE_CHECKING:
    from pinakes.evaluate.cost import Cost, Loaded

_LOADS = {"fixed": "at a fixed rate", "fastest": "highest rate sustained", "at once": "most at the same moment"}


def lines(cost: Cost, output: Output) -> Iterator[str]:
    """Everything that was found, a table for each kind."""
    machine = cost.machine
    yield output.bold(printable(cost.title))
    yield (
        f"{cost.date}, seed {cost.seed}: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, Python {machine['python']}"
    )
    yield ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    for title, head, rows in _tables(cost):
        if rows:
            yield ""
            yield output.bold(title)
            yield from table(head, rows)
    for note in cost.notes:
        yield ""
        yield from textwrap.wrap(note, output.width)


def _tables(cost: Cost) -> Iterator[tuple[str, Sequence[str], list[list[str]]]]:
    yield (
        "Made",
        ("items", "parts", "seconds", "parts/s", "of"),
        [[f"{g.items:,}", f"{g.parts:,}", number(g.seconds), number(g.parts_per_second), g.what] for g in cost.growths],
    )
    yield (
        "Response times in ms, one search after the other",
        ("parts", "mode", "asked", "searches", "p50", "p95", "p99", "worst"),
        [
            [f"{t.size:,}", t.mode, t.asked, f"{t.searches:,}", *map(number, (t.p50, t.p95, t.p99, t.worst))]
            for t in cost.timings
        ],
    )
    yield (
        "Under load: times in ms from the scheduled arrival",
        ("parts", "load", "mode", "clients", "rate/s", "answered", "%", "p50", "p95", "p99", "at once"),
        [_load(one) for one in cost.loads],
    )
    yield (
        "The machine meanwhile, all processes together",
        ("parts", "load", "processes", "CPU %", "memory MB", "memory %", "energy J"),
        [_use(one) for one in cost.loads],
    )
    yield (
        "On disk",
        ("parts", "kind", "MB", "bytes a part"),
        [[f"{s.size:,}", s.kind, number(s.bytes / 1e6), number(s.bytes / max(1, s.size))] for s in cost.stored],
    )
    yield (
        "Beside published figures",
        ("what", "published", "ours", "unit", "times better"),
        [[c.what, number(c.published), number(c.ours), c.unit, number(c.times)] for c in cost.compared],
    )


def _load(one: Loaded) -> list[str]:
    times = [number(value) for value in (one.p50, one.p95, one.p99)]
    answered = f"{one.answered:,}/{one.scheduled:,}"
    share = f"{one.success_percent:.2f}"
    rate = number(one.rate)
    return [
        f"{one.size:,}", _LOADS[one.what], one.mode, f"{one.clients:,}", rate, answered, share, *times,
        f"{one.most_at_once:,}",
    ]  # fmt: skip


def _use(one: Loaded) -> list[str]:
    used = (one.processor_percent, one.memory_mb, one.memory_percent, one.joules)
    return [f"{one.size:,}", _LOADS[one.what], f"{one.processes:,}", *map(number, used)]


def number(value: float) -> str:
    """A number in three digits, or whole where it is large; a dash where nothing tells it."""
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
