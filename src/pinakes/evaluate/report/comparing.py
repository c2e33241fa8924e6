"""What a report says of two ways of searching beside each other: what differs, by how much, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from pinakes.evaluate import plots
from pinakes.evaluate.compare import LEVEL
from pinakes.evaluate.plots import Axis, Interval
from pinakes.evaluate.report.model import Block, Column, Number, Section, Table, line, worded
from pinakes.evaluate.result import Comparison, Difference


def comparisons(compared: Sequence[Comparison]) -> Section:
    """For each comparison a chart and a table of the differences, and the settings in which the two differ."""
    runs = [one for one in compared if not one.shared]
    blocks = [block for place, one in enumerate(runs) for block in _blocks(f"compared-{place + 1}", one)]
    directions: dict[str, list[Comparison]] = {}
    for one in compared:
        if one.shared:
            directions.setdefault(" → ".join(one.shared.values()), []).append(one)
    blocks += [_ways(f"ways-{place + 1}", way, pairs) for place, (way, pairs) in enumerate(directions.items())]
    lead = (
        "Differences are paired: the same queries were asked of both. An interval that reaches over 0, or a p above "
        f"{LEVEL:g} after correction, means that no difference was shown; not that there is none."
    )
    return Section("comparison", "Comparison", lead, tuple(blocks))


def _ways(key: str, direction: str, pairs: Sequence[Comparison]) -> Block:
    """All pairs of ways from one modality to another: a row to a pair, those whose difference holds in a chart."""
    title = f"Ways of searching beside each other, {direction}"
    found = [(one, difference) for one in pairs for difference in one.differences]
    columns = tuple(Column(name, True) for name in ("first", "second", "metric"))
    heads = ("difference", "p", "p, corrected", "better", "worse", "same")
    rows = tuple(
        line(
            one.first,
            one.second,
            each.metric,
            Number(each.difference, interval=(each.low, each.high), signed=True, best=each.corrected < LEVEL),
            *(Number(p, 4) for p in (each.p, each.corrected)),
            *(Number(queries, 0) for queries in (each.better, each.worse, each.same)),
        )
        for one, each in found
    )
    held = [(one, each) for one, each in found if each.corrected < LEVEL]
    said = f"{len(held):,} of {len(found):,} differences hold (p < {LEVEL:g} after correction); they are bold."
    table = Table(key, title, (*columns, *map(Column, heads)), rows, (said, "Above zero the second is better."))
    drawn = [_better(one, each) for one, each in held][: plots.MOST_ROWS]
    ends = [value for row in drawn for value in (row.value, row.low, row.high) if math.isfinite(value)]
    if not ends:
        return Block(table)
    about = f"Dot: by how much the first is better. Line: the interval it lies in. {said}"
    axis = Axis(f"difference in {held[0][1].metric}", min(0.0, *ends) * 1.15, max(ends) * 1.15)
    return Block(table, partial(plots.intervals, f"{key}-chart", title, about, drawn, axis, signed=True))


def _better(one: Comparison, each: Difference) -> Interval:
    """By how much the better of two is better."""
    if each.difference < 0:
        return Interval(f"{one.first} > {one.second}", -each.difference, -each.high, -each.low, 0.0)
    return Interval(f"{one.second} > {one.first}", each.difference, each.low, each.high, 0.0)


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
