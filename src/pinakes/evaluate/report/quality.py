"""What a report says of quality: the figures of every way of searching, and which of them stand out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from pinakes.errors import PinakesError
from pinakes.evaluate import plots
from pinakes.evaluate.canvas import Drawing
from pinakes.evaluate.plots import Axis, Interval
from pinakes.evaluate.report.model import NONE, Block, Cell, Column, Number, Section, Table
from pinakes.evaluate.report.names import by_direction, called, common, direction, varying
from pinakes.evaluate.result import Evaluation, Figure, Scope
from pinakes.metrics.names import Metric, parse

# Metrics side by side in one table; the rest goes into the next.
ACROSS = 4

NOTE = "With each figure: the interval{} it lies in, and what a random order reaches."
BEST = "Bold: the highest{}; whether it is better by more than chance, only a comparison tells."
EACH = " of those that search the same way from and to"


def metrics(scopes: Sequence[Scope]) -> list[str]:
    """All metrics that were measured, in the order in which they first come."""
    return list(dict.fromkeys(figure.metric for scope in scopes for figure in scope.figures))


def quality(evaluation: Evaluation, across: int = ACROSS) -> Section:
    """The figures of all scopes: a chart of the first metric, then tables of all."""
    scopes = evaluation.scopes
    names = metrics(scopes)
    # The fewer columns say which way it is, the more are left for figures.
    heads = len(varying(scopes))
    groups = evenly(names, max(2, across + max(0, 3 - heads) - (heads > 4)))
    level = _level(evaluation)
    tables = [_table(scopes, group, place, len(groups), NOTE.format(level)) for place, group in enumerate(groups)]
    blocks = [Block(chart=chart) for chart in _charts(scopes, names[:1])] + [Block(table) for table in tables]
    lead = _meaning(names[0]) if names else "Nothing was measured: there is no query with a relevant answer."
    return Section("quality", "Quality", lead, tuple(blocks))


def best(scopes: Sequence[Scope], metric: str) -> dict[str, float]:
    """For each direction the highest value, where there are several to choose from."""
    found = {}
    for way, group in by_direction(scopes).items():
        values = [one.value for scope in group for one in scope.figures if one.metric == metric]
        known = [value for value in values if not math.isnan(value)]
        if len(known) > 1 and max(known) > min(known):
            found[way] = max(known)
    return found


def evenly(names: Sequence[str], most: int) -> list[Sequence[str]]:
    """Groups of at most so many, none much smaller than the others."""
    count = -(-len(names) // most)
    return [names[len(names) * group // count : len(names) * (group + 1) // count] for group in range(count)]


def meanings(evaluation: Evaluation) -> Iterator[Block]:
    """What each metric says, and how it deals with what is missing, unless the rules tell."""
    told = [
        name for name in metrics(evaluation.scopes) if any(rule.startswith(f"{name}:") for rule in evaluation.rules)
    ]
    known = [one for name in metrics(evaluation.scopes) if name not in told and (one := _known(name)) is not None]
    rows = tuple((one.name, one.meaning, one.rule) for one in known)
    columns = (Column("metric", True), Column("meaning"), Column("rule"))
    if rows:
        yield Block(Table("metrics", "Metrics", columns, rows))


def _known(name: str) -> Metric | None:
    """One of our metrics; nothing for one that somebody else measured."""
    try:
        return parse(name)
    except PinakesError:
        return None


def _meaning(name: str) -> str:
    known = _known(name)
    return f"{name}: {known.meaning}." if known else ""


def _level(evaluation: Evaluation) -> str:
    """How sure the intervals are, where the settings say so."""
    level = evaluation.settings.get("confidence")
    return f" of {level:.0%} confidence" if isinstance(level, float) else ""


def _table(scopes: Sequence[Scope], names: Sequence[str], place: int, of: int, note: str) -> Table:
    apart = varying(scopes)
    heads = apart or ("way of searching",)
    top = {name: best(scopes, name) for name in names}
    rows = []
    for scope, title in zip(scopes, called(scopes), strict=True):
        measured = {figure.metric: figure for figure in scope.figures}
        counts = {one.queries for name, one in measured.items() if name in names}
        common_count = max(counts, default=0)
        cells: list[Cell] = [scope.names.get(name, NONE) for name in apart] or [title]
        cells += [_cell(measured.get(name), top[name].get(direction(scope), math.nan), common_count) for name in names]
        rows.append((*cells, Number(common_count, 0)))
    columns = [Column(name, heading=True) for name in heads] + [Column(name) for name in names] + [Column("queries")]
    title = "Quality" if of == 1 else f"Quality, {place + 1} of {of}: {', '.join(names)}"
    notes = (
        [note]
        + [BEST.format(EACH * (len(by_direction(scopes)) > 1))] * any(top.values())
        + [text for text in (common(scopes),) if text]
    )
    return Table(f"quality-{place + 1}", title, tuple(columns), tuple(rows), tuple(notes))


def _cell(figure: Figure | None, top: float, common_count: int) -> Cell:
    if figure is None:
        return NONE
    return Number(
        figure.value,
        interval=None if math.isnan(figure.value) else (figure.low, figure.high),
        chance=figure.chance,
        queries=figure.queries if figure.queries != common_count else None,
        best=figure.value == top,
    )


def _charts(scopes: Sequence[Scope], names: Sequence[str]) -> Iterator[partial[Drawing]]:
    """The first metric of all scopes, so many rows to a chart as can be read."""
    titles = called(scopes)
    rows = [
        Interval(title, one.value, one.low, one.high, one.chance)
        for scope, title in zip(scopes, titles, strict=True)
        for one in scope.figures
        if one.metric in names
    ]
    known = [value for row in rows for value in (row.value, row.high, row.chance) if math.isfinite(value)]
    if len(rows) < 2 or not known:
        return
    high = min(max(known) * 1.08, max(max(known), 1.0))
    for start in range(0, len(rows), plots.MOST_ROWS):
        drawn = rows[start : start + plots.MOST_ROWS]
        title = f"{names[0]} of each way of searching"
        about = (
            f"Dot: {names[0]}, the mean over the queries. Line: the interval it lies in. "
            "Upright tick: what a random order reaches."
        )
        key = f"figures-{start // plots.MOST_ROWS + 1}"
        yield partial(plots.intervals, key, title, about, drawn, Axis(names[0], 0, high or 1.0))
