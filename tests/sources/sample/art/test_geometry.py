"""Curves and outlines against slow and simple twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.sources.sample.art.geometry import (
    arc,
    box,
    curve,
    mirrored,
    moved,
    path,
    resampled,
    ribbon,
    turned,
    unsteady,
)

corners = st.lists(
    st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    min_size=3,
    max_size=8,
    unique_by=lambda p: (round(p[0]), round(p[1])),
)


def catmull_rom(p: np.ndarray, each: int) -> list[tuple[float, float]]:
    """An open spline, one point at a time, by the formula of the textbook."""
    out = []
    for k in range(len(p) - 1):
        a, b, c, d = p[max(k - 1, 0)], p[k], p[k + 1], p[min(k + 2, len(p) - 1)]
        for j in range(each):
            t = j / each
            point = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            out.append((float(point[0]), float(point[1])))
    return [*out, (float(p[-1][0]), float(p[-1][1]))]


@given(corners)
def test_a_curve_is_the_spline_of_the_textbook(outline: list[tuple[float, float]]) -> None:
    assert curve(outline, each=5) == pytest.approx(np.array(catmull_rom(np.array(outline), 5)), abs=1e-9)


@given(corners)
def test_a_curve_goes_through_its_points(outline: list[tuple[float, float]]) -> None:
    assert curve(outline, each=4)[::4] == pytest.approx(np.array(outline), abs=1e-9)
    assert curve(outline, closed=True, each=4)[::4] == pytest.approx(np.array(outline), abs=1e-9)


@given(corners, st.floats(0.5, 30), st.booleans())
def test_resampling_keeps_the_corners_and_the_length(
    outline: list[tuple[float, float]], step: float, closed: bool
) -> None:
    p = np.array(outline)
    dense, along = resampled(p, step, closed=closed)
    whole = np.vstack([p, p[:1]]) if closed else p
    lengths = np.hypot(*np.diff(whole, axis=0).T)
    assert len(dense) == len(along)
    assert np.all(np.diff(along) >= 0)
    for corner in p:
        assert np.min(np.hypot(*(dense - corner).T)) < 1e-6
    assert along[-1] <= lengths.sum() + 1e-6
    assert np.max(np.diff(along), initial=0) < 2 * step + 1e-6


def test_an_unsteady_outline_stays_near_the_steady_one() -> None:
    steady = box(0, 0, 400, 300)
    shaken = unsteady(steady, 2.0, 60.0, 0.3)
    assert len(shaken) > 50
    assert shaken[:, 0].min() > -10
    assert shaken[:, 0].max() < 410
    assert np.array_equal(unsteady(steady, 0.0, 60.0, 0.3), steady)


def test_a_ribbon_is_as_wide_as_said() -> None:
    line = np.column_stack([np.linspace(0, 100, 11), np.zeros(11)])
    outline = ribbon(line, np.full(11, 8.0))
    assert outline[:, 1].min() == pytest.approx(-4)
    assert outline[:, 1].max() == pytest.approx(4)


def test_turning_and_moving_undo_themselves() -> None:
    shape = path("0,0 1,0 1,2 0,3")
    assert turned(turned(shape, 33), -33) == pytest.approx(shape)
    assert moved(moved(shape, 2, -1), -2, 1) == pytest.approx(shape)
    assert mirrored(path("0,0 1,1")).tolist() == [[0, 0], [1, 1], [-1, 1], [0, 0]]


def test_a_written_path_can_not_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        path("0,0 1,1")[0, 0] = 5


def test_an_arc_lies_on_its_ellipse() -> None:
    p = arc(3, 4, 2, 1, 10, 200)
    assert ((p[:, 0] - 3) / 2) ** 2 + (p[:, 1] - 4) ** 2 == pytest.approx(np.ones(len(p)))
