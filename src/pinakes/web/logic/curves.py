"""Lines over epochs or trials as the points of a drawing: what a template needs to draw them, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]
# The drawing, and the frame within it.
WIDTH, HEIGHT = 640, 260
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 12, 12, 28
_MOST_LINES, _TICKS = 6, 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points as an SVG has them, and its last value."""

    name: str
    points: str
    # A line of a single point is drawn as a dot.
    dot: tuple[float, float] | None
    last: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A frame with lines, and the marks at its sides: where each stands, and what it says."""

    key: str
    lines: tuple[Line, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def chart(key: str, series: Mapping[str, Points]) -> Chart | None:
    """A chart of the first few lines; None where there is no point to show."""
    drawn = {name: [(x, y) for x, y in points if math.isfinite(y)] for name, points in series.items()}
    drawn = {name: points for name, points in list(drawn.items())[:_MOST_LINES] if points}
    if not drawn:
        return None
    xs = [x for points in drawn.values() for x, _ in points]
    ys = [y for points in drawn.values() for _, y in points]
    ups = ticks(min(ys), max(ys))
    acrosses = [tick for tick in ticks(min(xs), max(xs)) if tick == int(tick)]
    low, high = min(ups[0], min(ys)), max(ups[-1], max(ys))
    first, last = min(xs), max(xs)
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (right - _LEFT) * ((x - first) / (last - first) if last > first else 0.5)
        return round(across, 1), round(bottom - (bottom - _TOP) * (y - low) / (high - low), 1)

    lines = [
        Line(
            name,
            " ".join("{:g},{:g}".format(*at(*point)) for point in points),
            at(*points[0]) if len(points) == 1 else None,
            shown(points[-1][1]),
        )
        for name, points in drawn.items()
    ]
    marks = tuple((at(tick, low)[0], f"{tick:g}") for tick in acrosses if first <= tick <= last)
    return Chart(key, tuple(lines), marks, tuple((at(first, tick)[1], shown(tick)) for tick in ups))


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from below the lowest to above the highest."""
    if high <= low:
        low, high = (low - 0.5, high + 0.5) if low else (0.0, 1.0)
    rough = (high - low) / (_TICKS - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.999)
    start = math.floor(low / step)
    return [round(step * count, 12) for count in range(start, math.ceil(high / step) + 1)]


def shown(value: float) -> str:
    """A number in four digits."""
    return f"{value:.4g}"


def of_training(figures: Sequence[Mapping[str, object]]) -> list[Chart]:
    """The loss, and what the validation rows say, over the epochs of a training."""
    losses = ["loss", *_names(figures, "loss.")]
    valid = _names(figures, "valid.")
    # The figure of all directions together, and that of each.
    first = valid[0].removeprefix("valid.").partition(",")[0] if valid else ""
    chosen = [name for name in valid if name.removeprefix("valid.").partition(",")[0] == first]
    found = (
        chart("loss", {name.removeprefix("loss."): _line(figures, "epoch", name) for name in losses}),
        chart("valid", {name.removeprefix("valid."): _line(figures, "epoch", name) for name in chosen}),
    )
    return [one for one in found if one is not None]


def of_tuning(figures: Sequence[Mapping[str, object]], names: tuple[str, str]) -> list[Chart]:
    """What each trial reached and the best until then, under the names that are told for the two."""
    told = {names[0]: _line(figures, "trial", "value", 0), names[1]: _line(figures, "trial", "best", 0)}
    found = chart("trials", told)
    return [found] if found else []


def _names(figures: Sequence[Mapping[str, object]], prefix: str) -> list[str]:
    return list(dict.fromkeys(name for line in figures for name in line if name.startswith(prefix)))


def _line(figures: Sequence[Mapping[str, object]], x: str, y: str, from_: int = 1) -> list[tuple[float, float]]:
    """The points of one figure; epochs are counted from 0 where they are kept, and from 1 where they are shown."""
    found = []
    for line in figures:
        across, up = line.get(x), line.get(y)
        if isinstance(across, int) and isinstance(up, int | float) and not isinstance(up, bool):
            found.append((float(across + from_), float(up)))
    return found
