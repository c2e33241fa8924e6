"""What a report says of cost: response times by size, behaviour under load, growth, bytes on disk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from pinakes.evaluate import plots
from pinakes.evaluate.canvas import Drawing
from pinakes.evaluate.cost import Compared, Cost, Growth, Loaded, Stored, Timing
from pinakes.evaluate.plots import Axis, Line
from pinakes.evaluate.report.model import Block, Cell, Column, Number, Section, Table, line, told, worded

_DASHES = {"p50": "solid", "p95": "dashed", "p99": "dotted"}
_MODES_TO_A_CHART = 2
# A share of 99.97 is not 100.
_PLACES = {"success_percent": 2}
_LOADS_ACROSS, _SIZES_ACROSS = 4, 6
_MEGA = 1e6


def costs(measured: Sequence[Cost]) -> Iterator[Section]:
    """One section for each run of the benchmark."""
    for place, cost in enumerate(measured):
        key = "cost" if len(measured) == 1 else f"cost-{place + 1}"
        title = "Cost" if len(measured) == 1 else f"Cost: {cost.title}"
        blocks = (
            *_times(f"{key}-times", cost.timings),
            *_loads(f"{key}-load", cost.loads),
            *_growths(f"{key}-growth", cost.growths),
            *_stored(f"{key}-disk", cost.stored),
            *_compared(f"{key}-published", cost.compared),
            *_machine(f"{key}-machine", cost.machine),
        )
        yield Section(key, title, _circumstances(cost), blocks, cost.notes)


def _circumstances(cost: Cost) -> str:
    return f"{cost.title}, {cost.date}, seed {cost.seed}."


def _times(key: str, timings: Sequence[Timing]) -> Iterator[Block]:
    """For each kind of question: charts of two modes each, and one table beside the first."""
    for number, asked in enumerate(dict.fromkeys(one.asked for one in timings)):
        mine = [one for one in timings if one.asked == asked]
        charts = list(_charts(f"{key}-{number + 1}", asked, mine))
        table = _times_table(f"{key}-{number + 1}", asked, mine)
        yield Block(table, charts[0] if charts else None)
        yield from (Block(chart=chart) for chart in charts[1:])


def _times_table(key: str, asked: str, timings: Sequence[Timing]) -> Table:
    heads = ("p50", "p95", "p99", "worst")
    rows = tuple(
        line(
            one.mode,
            Number(one.size, 0),
            Number(one.searches, 0),
            *(Number(getattr(one, head), _places(getattr(one, head))) for head in heads),
        )
        for one in sorted(timings, key=lambda one: one.size)
    )
    columns = (Column("mode", True), Column("parts", True), Column("searches"), *(Column(f"{h} (ms)") for h in heads))
    note = "One question at a time. p95: 95 of 100 searches were answered in this time or less."
    return Table(key, f"Response time by size, {asked}", columns, rows, (note,))


def _charts(key: str, asked: str, timings: Sequence[Timing]) -> Iterator[partial[Drawing]]:
    """Response time by size on logarithmic axes; none where there are not two sizes to join."""
    sizes = sorted({one.size for one in timings if one.size > 0})
    values = [value for one in timings for value in (one.p50, one.p95, one.p99) if math.isfinite(value) and value > 0]
    if len(sizes) < 2 or not values:
        return
    modes = list(dict.fromkeys(one.mode for one in timings))
    ticks = plots.decades(min(values), max(values))
    y = Axis("milliseconds", min(min(values), ticks[0]) / 1.2, max(max(values), ticks[-1]) * 1.2, ticks, log=True)
    x = Axis("parts in the library", sizes[0] / 1.3, sizes[-1] * 1.3, sizes, log=True)
    for start in range(0, len(modes), _MODES_TO_A_CHART):
        chosen = modes[start : start + _MODES_TO_A_CHART]
        drawn = [_line(timings, mode, share, place) for place, mode in enumerate(chosen) for share in _DASHES]
        about = f"Both axes logarithmic. {_summary(timings, chosen)}"
        title = f"Response time by size, {asked}"
        yield partial(plots.lines, f"{key}-chart-{start + 1}", title, about, drawn, x, y)


def _line(timings: Sequence[Timing], mode: str, share: str, place: int) -> Line:
    mine = sorted((one for one in timings if one.mode == mode and one.size > 0), key=lambda one: one.size)
    x, y = np.array([one.size for one in mine], float), np.array([getattr(one, share) for one in mine], float)
    return Line(f"{mode}, {share}", x, y, colour=place, dashes=_DASHES[share])


def _summary(timings: Sequence[Timing], modes: Sequence[str]) -> str:
    """The response times at both ends, in words."""
    said = []
    for mode in modes:
        mine = sorted((one for one in timings if one.mode == mode), key=lambda one: one.size)
        first, last = mine[0], mine[-1]
        said.append(
            f"{mode}: p95 {told(first.p95, _places(first.p95))} ms at {first.size:,} parts, "
            f"{told(last.p95, _places(last.p95))} ms at {last.size:,}."
        )
    return " ".join(said)


_FATES = {
    "size": "parts",
    "clients": "clients",
    "processes": "processes",
    "rate": "arrivals a second",
    "seconds": "seconds",
    "scheduled": "scheduled",
    "answered": "answered",
    "failed": "failed",
    "timed_out": "timed out",
    "success_percent": "success (%)",
    "p50": "p50 (ms)",
    "p95": "p95 (ms)",
    "p99": "p99 (ms)",
    "worst": "worst (ms)",
    "most_at_once": "most at once",
    "processor_percent": "processor (%)",
    "memory_mb": "memory (MB)",
    "memory_percent": "memory (%)",
    "joules": "energy (J)",
}


def _loads(key: str, loads: Sequence[Loaded]) -> Iterator[Block]:
    """How operations that arrive by a schedule were answered, and what that took; a column to a load."""
    for start in range(0, len(loads), _LOADS_ACROSS):
        chosen = loads[start : start + _LOADS_ACROSS]
        figures = [_numbers(one, _FATES) for one in chosen]
        rows = tuple(line(name, *cells) for name, *cells in zip(_FATES.values(), *figures, strict=True))
        columns = (Column("", True), *(Column(f"{one.what}, {one.mode}, {one.arrivals}") for one in chosen))
        note = "Times count from when an operation was due, so that what waits behind a slow one is counted too."
        yield Block(Table(f"{key}-{start // _LOADS_ACROSS + 1}", "Under load", columns, rows, (note,)))


def _growths(key: str, growths: Sequence[Growth]) -> Iterator[Block]:
    if growths:
        heads = {"items": "items", "parts": "parts", "seconds": "seconds", "parts_per_second": "parts a second"}
        rows = tuple(line(one.what, *_numbers(one, heads)) for one in growths)
        columns = (Column("made of", True), *map(Column, heads.values()))
        yield Block(Table(key, "Making the library", columns, rows))


def _stored(key: str, stored: Sequence[Stored]) -> Iterator[Block]:
    """Megabytes of each kind of files, a column to a size, and all together."""
    sizes = sorted({one.size for one in stored})
    for start in range(0, len(sizes), _SIZES_ACROSS):
        chosen = sizes[start : start + _SIZES_ACROSS]
        held = {(one.kind, one.size): one.bytes / _MEGA for one in stored if one.size in chosen}
        kinds = dict.fromkeys(kind for kind, _ in held)
        rows = [line(kind, *(_megabytes(held.get((kind, size), math.nan)) for size in chosen)) for kind in kinds]
        sums = [sum(held.get((kind, size), 0.0) for kind in kinds) for size in chosen]
        rows.append(line("all", *map(_megabytes, sums)))
        each = [Number(_MEGA * whole / max(size, 1), 0) for whole, size in zip(sums, chosen, strict=True)]
        rows.append(line("bytes a part", *each))
        columns = (Column("files (MB)", True), *(Column(f"{size:,} parts") for size in chosen))
        yield Block(Table(f"{key}-{start // _SIZES_ACROSS + 1}", "Sizes on disk", columns, tuple(rows)))


def _megabytes(value: float) -> Number:
    return Number(value, _places(value))


def _machine(key: str, machine: Mapping[str, Any]) -> Iterator[Block]:
    if machine:
        rows = tuple(line(name, worded(value)) for name, value in machine.items())
        yield Block(Table(key, "Machine", (Column("", True), Column("value")), rows))


def _compared(key: str, compared: Sequence[Compared]) -> Iterator[Block]:
    if compared:
        heads = {"published": "published", "ours": "here", "times": "times better"}
        rows = tuple(line(one.what, one.unit, *_numbers(one, heads)) for one in compared)
        columns = (Column("figure", True), Column("unit", True), *map(Column, heads.values()))
        yield Block(Table(key, "Beside published figures", columns, rows))


def _numbers(one: Any, names: Mapping[str, str]) -> list[Cell]:
    """Fields as numbers: counts whole, the others with as many places as their size calls for."""
    return [Number(getattr(one, name), _PLACES.get(name, _fitting(getattr(one, name)))) for name in names]


def _fitting(value: float) -> int:
    """Places for a number: none for a count, enough for a measure."""
    return 0 if isinstance(value, int) else _places(value)


def _places(value: float) -> int:
    """Places that leave about three digits worth reading."""
    if not math.isfinite(value) or value == 0:
        return 1
    return max(0, min(3, 2 - math.floor(math.log10(abs(value)))))
