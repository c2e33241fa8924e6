"""The charts of reports: lines with bands, rows with intervals, squares, clouds. From arrays to SVG, nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pinakes.evaluate.canvas import Canvas, Drawing, canvas, wide
from pinakes.evaluate.theme import SERIES, light
from pinakes.metrics.ranked import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 640.0
# What one chart holds before nobody can read it.
MOST_LINES = len(SERIES)
MOST_ROWS = 40
MOST_SQUARES = 14

_MARKERS = ("o", "s", "^", "D", "v", "P")
_DASHES: dict[str, Any] = {"solid": "-", "dashed": (0, (5, 2)), "dotted": (0, (1.2, 1.8)), "none": ""}
# From which share on a square has the next shade: small shares are told apart more finely.
_SHADES = (0.05, 0.15, 0.3, 0.5, 0.7)
_LETTER, _LINE = 6.4, 19.0
_LEFT, _TOP = 62.0, 12.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points, where wanted a band about it and where to mark it, and how it is told from others."""

    name: str
    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    # Where the markers stand, if not at the points.
    marked: tuple[Floats, Floats] | None = None
    # Lines of one colour belong together; None takes the next.
    colour: int | None = None
    # "solid", "dashed", "dotted", or "none" where points alone are shown.
    dashes: str = "solid"


@dataclass(frozen=True, slots=True)
class Axis:
    """What one axis measures, from where to where, and with which marks; a logarithmic one has marks of its own."""

    name: str
    low: float
    high: float
    ticks: Sequence[float] = ()
    log: bool = False
    # Marks whose text is not the number itself.
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """One row of a chart of intervals: a value, where it lies between, and what chance reaches; NaN where unknown."""

    name: str
    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points (n, 2) of one group."""

    name: str
    points: Floats
    marker: int = 0
    colour: str = ""


def lines(key: str, title: str, about: str, drawn: Sequence[Line], x: Axis, y: Axis, tall: float = 300.0) -> Drawing:
    """Lines in one frame, told apart by colour, marker and dashes, with their names beneath."""
    below = 56.0 + _LINE * len(drawn)
    with canvas(key, WIDTH, below + tall + _TOP) as sheet:
        axes = sheet.axes(_LEFT, below, WIDTH - _LEFT - 20, tall)
        _scale(axes, sheet, x, y)
        handles = [_line(axes, one, place) for place, one in enumerate(drawn)]
        # The names stand in a column of their own: however long they are, they cover nothing.
        names = sheet.axes(_LEFT, 0, WIDTH - _LEFT, below - 46)
        names.set_axis_off()
        names.legend(
            handles, [sheet.say(one.name, 84) for one in drawn], loc="upper left", handlelength=3.2, borderpad=0
        )
        return sheet.finish(title, about)


def intervals(key: str, title: str, about: str, rows: Sequence[Interval], axis: Axis, signed: bool = False) -> Drawing:
    """Values in rows, with their intervals as whiskers and the chance level as a tick."""
    left = _margin([one.name for one in rows])
    tall = 26.0 * len(rows) + 10
    with canvas(key, WIDTH, tall + 50 + _TOP) as sheet:
        axes = sheet.axes(left, 50, WIDTH - left - 58, tall)
        _across(axes, sheet, axis)
        heights = list(range(len(rows) - 1, -1, -1))
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_yticks(heights, [sheet.say(one.name) for one in rows])
        axes.tick_params(axis="y", length=0, labelcolor=light("ink"))
        axes.spines["left"].set_visible(False)
        for height, one in zip(heights, rows, strict=True):
            axes.plot([one.chance], [height], marker="|", markersize=11, mew=2, color=light("quiet"))
            axes.plot([one.low, one.high], [height, height], color=light("one"), linewidth=2.4)
            axes.plot([one.value], [height], marker="o", markersize=7, color=light("one"))
            if math.isfinite(one.value):
                # Beyond whatever is drawn, so that the number covers nothing.
                at = max(value for value in (one.value, one.high, one.chance) if math.isfinite(value))
                axes.annotate(
                    sheet.say(f"{one.value:{'+' if signed else ''}.3f}".replace("-", "−")),
                    (at, height),
                    (8, 0),
                    textcoords="offset points",
                    va="center",
                )
        return sheet.finish(title, about)


def squares(
    key: str,
    title: str,
    about: str,
    names: tuple[Sequence[str], Sequence[str]],
    shares: Floats,
    axes_names: Sequence[str],
) -> Drawing:
    """Shares (rows, columns) between 0 and 1 as shaded squares, each with its number."""
    rows, columns = names
    left, high = _margin(rows) + 22, 34.0 if len(rows) > 8 else 44.0
    slack = 0.8 * _LETTER * min(max(map(wide, columns), default=0), 24)
    across = min((WIDTH - left - 20 - slack) / max(len(columns), 1), 110.0)
    room = max(int(across / _LETTER) - 1, 3)
    slanted = max(map(wide, columns), default=0) > room
    top = 34 + (0.62 * _LETTER * min(max(map(wide, columns), default=0), 24) + 12 if slanted else 18)
    with canvas(key, WIDTH, high * len(rows) + top + 8) as sheet:
        axes = sheet.axes(left, 8, across * len(columns), high * len(rows))
        axes.set_xlim(0, max(len(columns), 1))
        axes.set_ylim(max(len(rows), 1), 0)
        for (row, column), share in np.ndenumerate(shares):
            _square(axes, sheet, row, column, float(share))
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        turned: dict[str, Any] = {"rotation": 38, "ha": "left", "rotation_mode": "anchor"} if slanted else {}
        axes.set_xticks(np.arange(len(columns)) + 0.5, [sheet.say(one, 24) for one in columns], **turned)
        axes.set_yticks(np.arange(len(rows)) + 0.5, [sheet.say(one, 34) for one in rows])
        axes.tick_params(length=0, labelcolor=light("ink"))
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xlabel(sheet.say(axes_names[1]), labelpad=8)
        axes.set_ylabel(sheet.say(axes_names[0]), labelpad=8)
        return sheet.finish(title, about)


def clouds(key: str, title: str, about: str, groups: Sequence[Cloud], axes_names: Sequence[str]) -> Drawing:
    """Points in a plane, one marker and colour to a group; neither axis has a unit."""
    tall, each = 430.0, 3
    below = 34.0 + _LINE * math.ceil(len(groups) / each)
    with canvas(key, WIDTH, below + tall + 4) as sheet:
        axes = sheet.axes(26, below, WIDTH - 30, tall)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[["top", "right"]].set_visible(True)
        axes.set_xlabel(sheet.say(axes_names[0], 90), labelpad=6)
        axes.set_ylabel(sheet.say(axes_names[1], 60), labelpad=6)
        handles = [
            axes.plot(
                one.points[:, 0],
                one.points[:, 1],
                linestyle="",
                marker=_MARKERS[one.marker % len(_MARKERS)],
                markersize=4.6,
                markeredgewidth=0.5,
                markeredgecolor=light("paper"),
                color=light(one.colour or SERIES[place % len(SERIES)]),
            )[0]
            for place, one in enumerate(groups)
        ]
        axes.set_aspect("equal", adjustable="datalim")
        names = sheet.axes(26, 0, WIDTH - 30, below - 26)
        names.set_axis_off()
        said = [sheet.say(one.name, 28) for one in groups]
        names.legend(handles, said, loc="upper left", ncols=each, borderpad=0, handletextpad=0.3)
        return sheet.finish(title, about)


def _line(axes: Axes, one: Line, place: int) -> Any:
    """Draw one line; what the legend shows of it."""
    from matplotlib.lines import Line2D

    number = place if one.colour is None else one.colour
    style: dict[str, Any] = {"color": light(SERIES[number % len(SERIES)]), "linestyle": _DASHES[one.dashes]}
    marker: dict[str, Any] = {
        "marker": _MARKERS[number % len(_MARKERS)],
        "markeredgecolor": light("paper"),
        "markeredgewidth": 0.8,
    }
    if one.low is not None and one.high is not None:
        axes.fill_between(one.x, one.low, one.high, color=style["color"], alpha=0.14, linewidth=0)
    axes.plot(one.x, one.y, **style)
    at, height = one.marked or (one.x, one.y)
    # A point on the frame shows whole.
    axes.plot(at, height, color=style["color"], linestyle="", clip_on=False, zorder=3, **marker)
    return Line2D([], [], **style, **marker)


def _square(axes: Axes, sheet: Canvas, row: int, column: int, share: float) -> None:
    """One square, as dark as its share is large, with the number in an ink that stands out."""
    from matplotlib.patches import Rectangle

    known = math.isfinite(share)
    heat = int(np.searchsorted(_SHADES, share, side="right")) if known else 0
    ink = light("quiet") if not known else light(f"heatink{heat}")
    edge = light("paper")
    axes.add_patch(Rectangle((column, row), 1, 1, facecolor=light(f"heat{heat}"), edgecolor=edge, linewidth=2))
    said = sheet.say(f"{share:.2f}" if known else "–")
    axes.text(column + 0.5, row + 0.5, said, ha="center", va="center", color=ink)


def _scale(axes: Axes, sheet: Canvas, x: Axis, y: Axis) -> None:
    """Limits, marks, names and a quiet grid for both axes."""
    _across(axes, sheet, x)
    axes.set_ylabel(sheet.say(y.name, 60), labelpad=8)
    _marked(axes, sheet, "y", y)


def _across(axes: Axes, sheet: Canvas, x: Axis) -> None:
    axes.set_xlabel(sheet.say(x.name, 90), labelpad=6)
    _marked(axes, sheet, "x", x)


def _marked(axes: Axes, sheet: Canvas, side: Literal["x", "y"], along: Axis) -> None:
    """Limits, marks and grid of one axis."""
    axes.grid(True, axis=side)
    if along.log:
        axes.set(**{f"{side}scale": "log"})
    axes.set(**{f"{side}lim": (along.low, along.high)})
    if along.ticks:
        own = axes.xaxis if side == "x" else axes.yaxis
        own.set_ticks(along.ticks, [sheet.say(one) for one in _words(along)])
        own.set_ticks([], minor=True)


def _words(axis: Axis) -> Sequence[str]:
    return axis.words or [f"{tick:,g}" if abs(tick) < 1000 else f"{tick:,.0f}" for tick in axis.ticks]


def _margin(names: Sequence[str]) -> float:
    """The room that the names of rows need on the left."""
    return 16 + _LETTER * min(max(map(wide, names), default=0), 46)


def decades(low: float, high: float) -> list[float]:
    """Marks for a logarithmic axis about these values: 1, 10, 100; with 2 and 5 where those are few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= 3 else (1,)
    marks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    inside = [mark for mark in marks if low / 2.5 <= mark <= high * 2.5]
    return inside or [low]
