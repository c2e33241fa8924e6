"""What a report says of two ways of searching beside each other: what differs, by how much, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from pinakes.evaluate import plots
from pinakes.evaluate.plots import Axis, Interval
from pinakes.evaluate.report.model import Block, Column, Number, Section, Table, line, worded
from pinakes.evaluate.result import Comparison, Difference

# Below this, after correction, a difference is taken as shown.
LEVEL = 0.05


def comparisons(compared: Sequence[Comparison]) -> Section:
    """For each comparison a chart and a table of the differences, and the settings in which the two differ."""
    blocks = [block for place, one in enumerate(compared) for block in _blocks(f"compared-{place + 1}", one)]
    lead = (
        "Differences are paired: the same queries were asked of both. An interval that reaches over 0, or a p above "
        f"{LEVEL:g} after correction, means that no difference was shown; not that there is none."
    )
    return Section("comparison", "Comparison", lead, tuple(blocks))


def verdict(one: Comparison) -> str:
    """By which metrics the second is shown to be better or worse than the first, in a sentence."""
    shown = [found for found in one.differences if found.corrected < LEVEL]
    better = [found.metric for found in shown if found.difference > 0]
    worse = [found.metric for found in shown if found.difference < 0]
    said = [f"{how} by {', '.join(names)}" for how, names in (("better", better), ("worse", worse)) if names]
    if not said:
        return f"No difference between {one.first} and {one.second} was shown."
    rest = len(one.differences) - len(better) - len(worse)
    others = "; by the others no difference was shown" if rest else ""
    return f"{one.second} is {' and '.join(said)} than {one.first}{others}."


def _blocks(key: str, one: Comparison) -> Iterator[Block]:
    title = f"From {one.first} to {one.second}"
    table = _differences(key, title, one)
    rows = [Interval(found.metric, found.difference, found.low, found.high, 0.0) for found in one.differences]
    ends = [abs(value) for row in rows for value in (row.value, row.low, row.high) if math.isfinite(value)]
    if ends and len(rows) <= plots.MOST_ROWS:
        reach = max(ends) * 1.15 or 1.0
        drawn = "Dot: the difference of the means. Line: the interval it lies in. Upright tick: no difference."
        about = f"{drawn} {verdict(one)}"
        axis = Axis(f"to the right: {one.second} is better", -reach, reach)
        yield Block(table, partial(plots.intervals, f"{key}-chart", title, about, rows, axis, signed=True))
    else:
        yield Block(table)
    if one.differing:
        settings = tuple(line(name, worded(first), worded(second)) for name, (first, second) in one.differing.items())
        columns = (Column("setting", True), Column(one.first), Column(one.second))
        yield Block(Table(f"{key}-settings", f"{title}: what differs", columns, settings))


def _differences(key: str, title: str, one: Comparison) -> Table:
    heads = (one.first, one.second, "difference", "p", "p, corrected", "p of Student's t", "better", "worse", "same")
    columns = (Column("metric", True), *map(Column, heads))
    rows = tuple(line(found.metric, *_numbers(found)) for found in one.differences)
    note = "better, worse, same: queries for which the second is so. p: of the randomisation test."
    return Table(key, title, columns, rows, (verdict(one), note, *one.notes))


def _numbers(found: Difference) -> Iterator[Number]:
    yield from (Number(found.first), Number(found.second))
    yield Number(found.difference, interval=(found.low, found.high), signed=True)
    yield from (Number(p, 4) for p in (found.p, found.corrected, found.student))
    yield from (Number(queries, 0) for queries in (found.better, found.worse, found.same))
