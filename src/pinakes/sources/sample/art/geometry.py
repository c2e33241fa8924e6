"""Curves and outlines as arrays (n, 2), and the small unsteadiness of a hand that cuts or paints them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
Outline: TypeAlias = Points | Sequence[tuple[float, float]]

_TABLE = 4096


def points(outline: Outline) -> Points:
    """Any outline as an array (n, 2)."""
    return np.asarray(outline, dtype=np.float64)


@cache
def path(words: str) -> Points:
    """Points written as `x,y x,y ...`, as the tables of shapes hold them."""
    fixed = points([(float(x), float(y)) for x, y in (pair.split(",") for pair in words.split())])
    fixed.flags.writeable = False
    return fixed


def arc(cx: float, cy: float, rx: float, ry: float, start: float = 0.0, stop: float = 360.0, n: int = 0) -> Points:
    """Points on an ellipse from one angle to another, in degrees, anticlockwise where y points up."""
    n = n or max(8, int(abs(stop - start) / 7))
    angles = np.radians(np.linspace(start, stop, n, endpoint=abs(stop - start) < 360))
    return np.column_stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)])


def box(x0: float, y0: float, x1: float, y1: float) -> Points:
    """A rectangle."""
    return points([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


@cache
def _basis(each: int) -> NDArray[np.float64]:
    """How much each of four neighbouring points counts along a span of a Catmull-Rom spline, (each, 4)."""
    t = np.arange(each)[:, None] / each
    powers = np.hstack([t**0, t, t**2, t**3])
    return powers @ (0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]], dtype=np.float64))


def curve(outline: Outline, *, closed: bool = False, each: int = 8) -> Points:
    """A Catmull-Rom spline through the points, `each` points for every span."""
    p = points(outline)
    if len(p) < 3:
        return p
    padded = np.concatenate([p[-1:], p, p[:2]] if closed else [p[:1], p, p[-1:]])
    n = len(p) if closed else len(p) - 1
    four = np.stack([padded[k : k + n] for k in range(4)], axis=1)
    spans: Points = (_basis(each) @ four).reshape(-1, 2)
    return spans if closed else np.concatenate([spans, p[-1:]])


def turned(outline: Outline, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """The outline turned about a point."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((points(outline) - about) @ matrix + about)


def moved(outline: Outline, dx: float, dy: float, scale: float = 1.0) -> Points:
    """The outline scaled about the origin, then moved."""
    return points(outline) * scale + (dx, dy)


def mirrored(outline: Outline, about: float = 0.0) -> Points:
    """The outline followed by its mirror image across a vertical line, as one closed outline."""
    p = points(outline)
    return np.vstack([p, np.column_stack([2 * about - p[::-1, 0], p[::-1, 1]])])


def resampled(outline: Points, step: float, *, closed: bool) -> tuple[Points, NDArray[np.float64]]:
    """Points at nearly even steps along the outline that keep its corners, and how far along each lies."""
    p = np.concatenate([outline, outline[:1]]) if closed else outline
    d = p[1:] - p[:-1]
    lengths = np.sqrt(d[:, 0] * d[:, 0] + d[:, 1] * d[:, 1])
    counts = np.maximum((lengths / step).astype(np.int64), 1)
    ends = counts.cumsum()
    share = (np.arange(ends[-1]) - (ends - counts).repeat(counts)) / counts.repeat(counts)
    dense = p[:-1].repeat(counts, axis=0) + d.repeat(counts, axis=0) * share[:, None]
    along = (lengths.cumsum() - lengths).repeat(counts) + lengths.repeat(counts) * share
    if closed:
        return dense, along
    return np.concatenate([dense, p[-1:]]), np.append(along, lengths.sum())


@cache
def _unsteadiness() -> NDArray[np.float64]:
    """Smooth periodic noise of about unit size, (2, table)."""
    noise = np.random.default_rng(7).normal(size=(2, _TABLE))
    spectrum = np.fft.rfft(noise, axis=1)
    rate = np.fft.rfftfreq(_TABLE) * 32
    smooth = np.fft.irfft(spectrum * np.exp(-(rate**2)), axis=1)
    return np.asarray(smooth / smooth.std())


def unsteady(outline: Points, amount: float, wave: float, phase: float, *, closed: bool = True) -> Points:
    """The outline as an unsteady hand draws it: `amount` pixels off, turning about every `wave` pixels."""
    if amount <= 0 or len(outline) < 2:
        return outline
    p, along = resampled(outline, max(3.0, wave / 6), closed=closed)
    table = _unsteadiness()
    index = (along / wave * 16 + phase * _TABLE).astype(np.int64)
    slow, quick = table[:, index % _TABLE], table[:, (index * 4 + 911) % _TABLE]
    return p + amount * (0.8 * slow + 0.35 * quick).T


def ribbon(path: Points, widths: NDArray[np.float64] | float) -> Points:
    """The outline of a stroke along a path, as wide at each point as said."""
    if len(path) < 2:
        return path
    step = np.empty_like(path)
    step[1:-1] = path[2:] - path[:-2]
    step[0], step[-1] = path[1] - path[0], path[-1] - path[-2]
    length = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1]) + 1e-9
    across = step[:, ::-1] * (widths / 2 / length)[:, None]
    across[:, 0] *= -1
    return np.concatenate([path + across, (path - across)[::-1]])
