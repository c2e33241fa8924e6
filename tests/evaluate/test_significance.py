"""Intervals and tests: against exact answers, against scipy, and on data of which the truth is known."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import special, stats

from pinakes.errors import BadInput
from pinakes.evaluate.significance import holm, incomplete_beta, interval, randomisation, student

NAN = math.nan


def test_the_interval_holds_the_true_mean_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    inside = 0
    for number in range(300):
        low, high = interval(random.beta(2, 5, 100), seed=number, resamples=500)
        inside += low <= 2 / 7 <= high
    # 95 % of 300, within three times the error of counting and what the percentile method is known to lose.
    assert 0.90 <= inside / 300 <= 0.99


def test_the_interval_equals_that_of_scipy_within_the_error_of_resampling() -> None:
    values = np.random.default_rng(2).beta(2, 5, 200)
    low, high = interval(values, seed=0)
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(0)
    )
    # Both draw for themselves: each end wanders by some 0.0005 with what is drawn.
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval), abs=3e-3)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    values = np.random.default_rng(3).random(50)
    assert interval(values, seed=1) == interval(values, seed=1) != interval(values, seed=2)
    assert randomisation(values - 0.55, seed=1) == randomisation(values - 0.55, seed=1)
    assert randomisation(values - 0.55, seed=1) != randomisation(values - 0.55, seed=2)


def test_the_order_of_the_queries_changes_nothing() -> None:
    random = np.random.default_rng(5)
    values = random.beta(2, 5, 80)
    for _ in range(5):
        other = random.permutation(values)
        assert interval(other, seed=3) == pytest.approx(interval(values, seed=3), abs=1e-12)
        assert randomisation(other - 0.25, seed=3) == randomisation(values - 0.25, seed=3)


def test_what_does_not_count_is_left_out() -> None:
    values = np.array([0.1, NAN, 0.4, 0.8, NAN])
    counted = values[~np.isnan(values)]
    assert interval(values, seed=0) == interval(counted, seed=0)
    assert randomisation(values, seed=0) == randomisation(counted, seed=0)
    assert student(values) == student(counted)


def test_too_few_values_have_no_interval_and_no_test() -> None:
    for values in ([], [0.5], [NAN, 0.5]):
        assert all(map(math.isnan, interval(np.array(values), seed=0)))
        assert math.isnan(student(np.array(values)))
    assert math.isnan(randomisation(np.array([]), seed=0))
    assert randomisation(np.array([0.5]), seed=0) == 1.0


def test_few_pairs_have_all_their_signs_tried() -> None:
    differences = np.array([0.3, -0.1, 0.2, 0.25, 0.05, 0.0, 0.4])
    seen = abs(differences.sum())
    ways = [abs(np.dot(signs, differences)) >= seen - 1e-12 for signs in product((1, -1), repeat=len(differences))]
    assert randomisation(differences, seed=0) == pytest.approx(np.mean(ways))


def test_many_pairs_come_near_the_test_of_scipy() -> None:
    differences = np.random.default_rng(4).normal(0.1, 0.5, 60)
    expected = stats.permutation_test(
        (differences, np.zeros(60)), lambda one, other, axis: np.mean(one - other, axis=axis),
        permutation_type="samples", vectorized=True, n_resamples=20_000, rng=np.random.default_rng(1),
    )  # fmt: skip
    assert randomisation(differences, seed=0) == pytest.approx(expected.pvalue, abs=0.02)


def test_p_is_never_zero_and_is_one_where_nothing_differs() -> None:
    assert randomisation(np.full(100, 0.5), seed=0) == 1 / 10_001
    assert randomisation(np.zeros(100), seed=0) == 1.0
    assert student(np.zeros(100)) == 1.0
    assert student(np.full(100, 0.5)) == 0.0


def test_under_no_difference_p_is_below_a_twentieth_about_as_seldom() -> None:
    random = np.random.default_rng(5)
    small = [randomisation(random.normal(0, 1, 30), seed=number, resamples=400) <= 0.05 for number in range(400)]
    # 5 % of 400, within three times the error of counting.
    assert abs(np.mean(small) - 0.05) < 3 * math.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("seed", range(30))
def test_students_t_equals_that_of_scipy(seed: int) -> None:
    random = np.random.default_rng(seed)
    differences = random.normal(random.normal(0, 0.5), 1, random.integers(2, 400))
    assert student(differences) == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, rel=1e-9, abs=1e-14)


def test_the_incomplete_beta_function_equals_that_of_scipy() -> None:
    for a, b in product((0.5, 1, 2.5, 40, 2_500), (0.5, 3, 70)):
        for x in (0.0, 1e-9, 0.1, 0.5, 0.77, 1 - 1e-6, 1.0):
            assert incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-13)


def test_holm_corrects_step_by_step() -> None:
    # Holm 1979: the smallest by all, the next by one less, never falling, never above 1.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    assert holm([]) == ()
    corrected = holm([0.02, NAN, 0.01])
    assert corrected[0] == pytest.approx(0.02)
    assert math.isnan(corrected[1])
    assert corrected[2] == pytest.approx(0.02)


def test_a_confidence_that_is_none_is_refused() -> None:
    for confidence in (0.0, 1.0, 95.0):
        with pytest.raises(BadInput, match="between 0 and 1"):
            interval(np.array([0.1, 0.2]), seed=0, confidence=confidence)
