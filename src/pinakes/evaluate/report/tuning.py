"""What a report says of a search for settings: how the figure rose, which settings mattered, and what was tried."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from pinakes import __version__
from pinakes.evaluate import plots
from pinakes.evaluate.plots import Axis, Interval, Line, decades
from pinakes.evaluate.report.model import (
    Block,
    Cell,
    Column,
    Document,
    Headline,
    Number,
    Section,
    Table,
    counted,
    line,
    told,
    worded,
)
from pinakes.learn.tune.record import Tried, Tuned

# Trials that a table tells, the best first.
_MOST_TRIALS = 50
# The share of all trials that counts as the best in the picture of all settings.
_BEST = 0.2
_STATES = {"done": "done", "stopped": "stopped early"}


def document(tuned: Tuned) -> Document:
    """The report of a search."""
    best, budget = tuned.best, tuned.budget
    done = counted(int(budget["trials"]), "trial", "trials")
    headlines = (
        Headline(told(_value(best), 4), tuned.metric, f"on the validation rows; trial {best.number}"),
        Headline(
            f"{budget['trials']:,}", "trials", f"{budget['stopped']:,} stopped early, {budget['failed']:,} failed"
        ),
        Headline(f"{budget['epochs']:,}", "epochs", f"{budget['steps']:,} steps in {budget['seconds']:,.0f} s"),
    )
    about = (
        f"{tuned.method}: {done} of settings, chosen by {tuned.sampler}, judged by {tuned.metric} on validation rows."
    )
    sections = [_history(tuned), _importance(tuned), _slices(tuned), _together(tuned), _trials(tuned), _method(tuned)]
    return Document(
        f"Tuning {tuned.name}",
        about,
        headlines,
        tuple(section for section in sections if section is not None),
        f"Made by Pinakes {__version__}.",
    )


def _value(tried: Tried) -> float:
    return math.nan if tried.ended.value is None else tried.ended.value


def _known(tuned: Tuned, *states: str) -> list[Tried]:
    return [each for each in tuned.trials if each.ended.state in states and math.isfinite(_value(each))]


def _heights(tuned: Tuned, trials: Sequence[Tried]) -> Axis:
    """The axis of the figure, with a little room above and below."""
    values = [_value(each) for each in trials]
    room = 0.06 * (max(values) - min(values)) or 0.01
    return Axis(tuned.metric, min(values) - room, max(values) + room)


def _history(tuned: Tuned) -> Section:
    shown = _known(tuned, "done", "stopped")
    drawn = list(_dots(tuned, {each.number: float(each.number) for each in shown}))
    done = _known(tuned, "done")
    best = np.maximum.accumulate([_value(each) for each in done])
    last = max(each.number for each in tuned.trials)
    # As a staircase: between two trials the best is what it was.
    x = np.repeat([*(float(each.number) for each in done), float(last)], 2)[1:]
    drawn.append(Line("best so far", x[: 2 * len(best)], np.repeat(best, 2), marked=(x[-1:], best[-1:]), colour=2))
    about = "Each mark is a trial; the line is the best until then. Where it no longer rises, more trials may not help."
    chart = partial(
        plots.lines, "history", "The figure over the trials", about, drawn,
        Axis("trial", -0.5, last + 0.5), _heights(tuned, shown),
    )  # fmt: skip
    return Section("history", "How the figure rose", "", (Block(chart=chart),))


def _dots(tuned: Tuned, at: Mapping[int, float]) -> Iterator[Line]:
    """Trials as marks, those that were stopped early with marks of their own."""
    for colour, (state, name) in enumerate(_STATES.items()):
        if found := [each for each in _known(tuned, state) if each.number in at]:
            x = np.array([at[each.number] for each in found])
            yield Line(name, x, np.array([_value(each) for each in found]), colour=colour, dashes="none")


def _importance(tuned: Tuned) -> Section | None:
    if not tuned.importance:
        return None
    shares = sorted(tuned.importance.items(), key=lambda pair: -pair[1])
    rows = [Interval(name, share, math.nan, math.nan, math.nan) for name, share in shares][: plots.MOST_ROWS]
    about = "How differently the best trials are spread over a setting than all trials are; the shares sum to 1."
    chart = partial(plots.intervals, "importance", "Importance of the settings", about, rows, Axis("share", 0.0, 1.0))
    cells = tuple(line(name, Number(share)) for name, share in shares)
    table = Table("importances", "Importance of the settings", (Column("setting", True), Column("share")), cells)
    lead = (
        "Measured by PED-ANOVA among the trials that were not stopped. A setting with a small share had little to do "
        "with who was best, within the space that was searched."
    )
    return Section("importance", "Which settings mattered", lead, (Block(table, chart),))


def _slices(tuned: Tuned) -> Section:
    blocks = [_slice(tuned, place, name) for place, name in enumerate(tuned.space)]
    return Section("slices", "The figure over each setting", "", tuple(Block(chart=each) for each in blocks))


def _slice(tuned: Tuned, place: int, name: str) -> Any:
    shown = _known(tuned, "done", "stopped")
    at = {each.number: _along(tuned.space[name], each.settings[name]) for each in shown}
    about = f"Each mark is a trial. The best has {_said(tuned.best.settings[name])}."
    drawn = list(_dots(tuned, at))
    return partial(
        plots.lines, f"slice-{place + 1}", name, about, drawn, _axis(name, tuned.space[name]), _heights(tuned, shown)
    )


def _along(dimension: Mapping[str, Any], value: Any) -> float:
    """Where a value stands on its axis: choices stand side by side."""
    if "choices" not in dimension:
        return float(value)
    return float([_plain(each) for each in dimension["choices"]].index(_plain(value)))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _axis(name: str, dimension: Mapping[str, Any]) -> Axis:
    if "choices" in dimension:
        words = [worded(each) for each in dimension["choices"]]
        return Axis(name, -0.5, len(words) - 0.5, range(len(words)), words=words)
    low, high = float(dimension["low"]), float(dimension["high"])
    if dimension.get("log"):
        return Axis(
            name,
            low / 1.1,
            high * 1.1,
            [each for each in decades(low, high) if low / 1.1 <= each <= high * 1.1],
            log=True,
        )
    room = 0.04 * (high - low) or 0.5
    return Axis(name, low - room, high + room)


def _together(tuned: Tuned) -> Section | None:
    """All settings side by side, each trial a line through what it had of them."""
    done = sorted(_known(tuned, "done"), key=_value, reverse=True)
    if len(tuned.space) < 2 or len(done) < 2:
        return None
    best = max(1, round(_BEST * len(done)))
    groups = (("the others", done[best:], 1), (f"the best {best:,}", done[:best], 0))
    drawn = [
        Line(name, *_through(tuned, trials), colour=colour, dashes="dotted" if colour else "solid")
        for name, trials, colour in groups
        if trials
    ]
    names = list(tuned.space)
    x = Axis("setting", -0.3, len(names) - 0.7, range(len(names)), words=[each.rpartition(".")[2] for each in names])
    y = Axis("lowest to highest in the space", -0.04, 1.04, (0, 0.5, 1))
    about = "Each line is a trial, at the height of its value between the ends of each setting; choices in their order."
    chart = partial(plots.lines, "together", "All settings of all trials", about, drawn, x, y)
    return Section("together", "Which settings went together", "", (Block(chart=chart),))


def _through(tuned: Tuned, trials: Sequence[Tried]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The points of several trials, with a gap after each."""
    x = [*map(float, range(len(tuned.space))), math.nan]
    heights = [[*(_height(each, one.settings[name]) for name, each in tuned.space.items()), math.nan] for one in trials]
    return np.array(x * len(trials)), np.array(heights).ravel()


def _height(dimension: Mapping[str, Any], value: Any) -> float:
    """Where a value stands between the ends of its setting, from 0 to 1."""
    at = _along(dimension, value)
    low, high = (
        (0.0, len(dimension["choices"]) - 1.0) if "choices" in dimension else (dimension["low"], dimension["high"])
    )
    if dimension.get("log"):
        at, low, high = math.log(at), math.log(low), math.log(high)
    return (at - low) / (high - low) if high > low else 0.5


def _trials(tuned: Tuned) -> Section:
    ranked = sorted(
        tuned.trials,
        key=lambda each: (each.ended.state != "done", -_value(each) if each.ended.value is not None else 0.0),
    )
    heads = ("trial", tuned.metric, *tuned.space, "state", "best epoch", "epochs", "steps", "seconds")
    columns = (Column(heads[0], True), *map(Column, heads[1:]))
    rows = tuple(tuple(_row(tuned, each)) for each in ranked[:_MOST_TRIALS])
    left = len(ranked) - len(rows)
    notes = (f"{left:,} more are in tune.json.",) if left else ()
    reasons = tuple(f"Trial {each.number} failed: {each.ended.reason}" for each in tuned.trials if each.ended.reason)
    table = Table("trials", "All trials, the best first", columns, rows, notes)
    return Section("trials", "What was tried", "", (Block(table),), points=reasons[:_MOST_TRIALS])


def _row(tuned: Tuned, tried: Tried) -> Iterator[Cell]:
    ended = tried.ended
    yield str(tried.number)
    yield Number(_value(tried), 4, best=tried.number == tuned.best.number)
    for name in tuned.space:
        yield _said(tried.settings.get(name))
    yield _STATES.get(ended.state, ended.state)
    yield from (Number(float(each), 0) for each in (ended.best_epoch, ended.epochs, ended.steps))
    yield Number(ended.seconds, 1)


def _said(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else worded(_plain(value))


def _method(tuned: Tuned) -> Section:
    spaces = {name: worded({key: _plain(value) for key, value in each.items()}) for name, each in tuned.space.items()}
    said = {"sampler": tuned.sampler, "seed of the search": tuned.seed, **spaces}
    said["seeds of the trainings"] = sorted({each.ended.seed for each in tuned.trials})
    rows = tuple(line(name, worded(value)) for name, value in said.items())
    table = Table("search", "The search", (Column("setting", True), Column("value")), rows)
    lead = (
        "Trials learn from the training rows and are judged on the validation rows; none reads the rows that ask. "
        "The best figure is a little too good, since it was chosen: what the model is worth, the rows that ask tell."
    )
    return Section("method", "How it was searched", lead, (Block(table),))
