"""Cosines become probabilities that hold, and a floor below which hardly anything is right."""

from __future__ import annotations

import numpy as np
import pytest

from pinakes.encoders.certainty import probability
from pinakes.errors import BadInput, NoContent
from pinakes.learn.builtin.calibrate import PRECISION, calibrated


def made(queries: int = 400, works: int = 60, lift: float = 0.25, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of unrelated pairs by chance, and of one right work for each query that lie higher."""
    random = np.random.default_rng(seed)
    cosines = random.normal(0.1, 0.08, (queries, works))
    right = np.zeros((queries, works), np.bool_)
    right[:, 0] = True
    cosines[:, 0] += lift
    order = random.permuted(np.tile(np.arange(works), (queries, 1)), axis=1)
    return np.take_along_axis(cosines, order, 1).astype(np.float32), np.take_along_axis(right, order, 1)


def first_hits(cosines: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places = np.argsort(-cosines, axis=1)[:, :10]
    return np.take_along_axis(cosines, places, 1).ravel(), np.take_along_axis(right, places, 1).ravel()


def test_probabilities_are_the_shares_of_right_hits_that_are_found_with_both_kinds_equally_common() -> None:
    told = calibrated(*made(2_000))
    cosines, right = first_hits(*made(2_000, seed=1))
    probabilities = probability((told[0], told[1], -1.0), cosines.astype(np.float32))
    weights = np.where(right, 1 / right.sum(), 1 / (~right).sum())
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        there = (probabilities >= low) & (probabilities < high)
        found = float((weights * right)[there].sum() / weights[there].sum())
        assert found == pytest.approx(float(np.average(probabilities[there], weights=weights[there])), abs=0.07)


def test_below_the_floor_hardly_a_hit_is_right_and_most_right_ones_lie_above_it() -> None:
    slope, _, floor = calibrated(*made())
    cosines, right = first_hits(*made(seed=1))
    weights = np.where(right, 1 / right.sum(), 1 / (~right).sum())
    below = cosines < floor
    assert slope > 0
    assert 0 < (weights * right)[below].sum() / weights[below].sum() < 1.5 * PRECISION
    assert below[~right].mean() > 0.3 and below[right].mean() < 0.05


def test_the_better_the_model_the_more_a_floor_leaves_out() -> None:
    wrong_left_out = []
    for lift in (0.1, 0.25, 0.5):
        floor = calibrated(*made(lift=lift))[2]
        cosines, right = first_hits(*made(lift=lift, seed=1))
        wrong_left_out.append(float((cosines[~right] < floor).mean()))
    assert wrong_left_out == sorted(wrong_left_out) and wrong_left_out[-1] > 0.95


def test_the_line_is_the_one_of_a_slow_descent() -> None:
    cosines, right = made(50, 20)
    slope, offset, _ = calibrated(cosines, right)
    found, is_right = first_hits(cosines, right)
    weights = np.where(is_right, 1 / is_right.sum(), 1 / (~is_right).sum())
    scaled = (found - found.mean()) / found.std()
    a = b = 0.0
    for _ in range(20_000):
        odds = 1 / (1 + np.exp(-(a * scaled + b)))
        a += 0.5 * (float((weights * (is_right - odds) * scaled).sum()) - 1e-3 * a)
        b += 0.5 * (float((weights * (is_right - odds)).sum()) - 1e-3 * b)
    assert slope == pytest.approx(a / found.std(), rel=1e-3)
    assert offset == pytest.approx(b - a * found.mean() / found.std(), rel=1e-3)


def test_hits_that_are_told_apart_wholly_keep_a_finite_slope_and_a_floor_between_them() -> None:
    cosines, right = made(lift=3.0)
    slope, offset, floor = calibrated(cosines, right)
    assert np.isfinite([slope, offset, floor]).all()
    assert cosines[~right].max() < floor < cosines[right].min()


def test_a_query_is_not_its_own_answer() -> None:
    cosines, right = made(60, 60)
    alone = cosines.copy()
    np.fill_diagonal(cosines, 1.0)
    np.fill_diagonal(alone, np.nan)
    right &= ~np.eye(60, dtype=np.bool_)
    assert calibrated(alone, right)[0] > calibrated(cosines, right)[0]


def test_what_says_nothing_is_refused() -> None:
    cosines, right = made()
    with pytest.raises(BadInput, match="no higher cosines"):
        calibrated(np.where(right, cosines - 0.4, cosines).astype(np.float32), right, 60)
    with pytest.raises(BadInput, match="must be of the same queries"):
        calibrated(cosines, right[:, :-1])
    with pytest.raises(NoContent, match="4 are right and 36 wrong; 8 of each are needed"):
        calibrated(*made(4, lift=1.0))
