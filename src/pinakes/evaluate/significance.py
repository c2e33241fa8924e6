"""How sure a figure is: bootstrap intervals, paired tests, and correction for many comparisons; all seeded."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pinakes.errors import BadInput
from pinakes.metrics.ranked import Floats

RESAMPLES = 10_000
# Differences that are this close count as equal: sums in another order differ by less.
_HAIR = 1e-12
# So few pairs have all their signs tried out: at most 4,096 ways.
_ALL_SIGNS = 12
# Random numbers drawn at a time.
_DRAWN = 4_000_000

BOOTSTRAP = f"Intervals hold 95 % of the means of {RESAMPLES:,} resamples of the queries (percentile bootstrap)."
TESTS = (
    "Two-sided paired tests over the queries that count in both: p is of the randomisation test, which swaps the two "
    f"by chance {RESAMPLES:,} times, or in all ways where there are {_ALL_SIGNS} queries or fewer; Student's t stands "
    "beside it."
)
HOLM = "Where several differences are tested at once, p is corrected after Holm."


def interval(values: Floats, *, seed: int, confidence: float = 0.95, resamples: int = RESAMPLES) -> tuple[float, float]:
    """A percentile bootstrap interval of the mean; NaN where fewer than two values count."""
    if not 0 < confidence < 1 or resamples < 1:
        raise BadInput("A confidence lies between 0 and 1, and at least one resample is drawn.")
    counted = _in_order(values)
    if len(counted) < 2:
        return math.nan, math.nan
    random = np.random.default_rng(seed)
    at_once = max(1, _DRAWN // len(counted))
    means = np.concatenate(
        [
            counted[random.integers(0, len(counted), (min(at_once, resamples - start), len(counted)))].mean(axis=1)
            for start in range(0, resamples, at_once)
        ]
    )
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def randomisation(differences: Floats, *, seed: int, resamples: int = RESAMPLES) -> float:
    """The paired randomisation test: how often signs at random give a mean as far from 0. NaN without differences."""
    counted = _in_order(differences)
    if not len(counted):
        return math.nan
    seen = abs(counted.sum()) - _HAIR * len(counted)
    if len(counted) <= _ALL_SIGNS:
        numbers = np.arange(2 ** len(counted))
        signs = 1 - 2 * ((numbers[:, None] >> np.arange(len(counted))) & 1)
        return float((np.abs(signs @ counted) >= seen).mean())
    random = np.random.default_rng(seed)
    at_once = max(1, _DRAWN // len(counted))
    farther = 0
    for start in range(0, resamples, at_once):
        signs = 1 - 2 * random.integers(0, 2, (min(at_once, resamples - start), len(counted)), np.int8)
        farther += int((np.abs(signs @ counted) >= seen).sum())
    # What was seen is one of the ways, so that p is never 0.
    return (farther + 1) / (resamples + 1)


def _in_order(values: Floats) -> Floats:
    """The values that count, sorted: what is drawn of them must not depend on the order in which queries came."""
    return np.sort(values[~np.isnan(values)])


def student(differences: Floats) -> float:
    """The paired t-test, two-sided; 1 where nothing differs, NaN with fewer than two pairs."""
    counted = differences[~np.isnan(differences)]
    if len(counted) < 2:
        return math.nan
    mean, spread = float(counted.mean()), float(counted.std(ddof=1))
    if abs(mean) <= _HAIR:
        return 1.0
    if spread <= _HAIR:
        return 0.0
    freedom = len(counted) - 1
    t = mean / (spread / math.sqrt(len(counted)))
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Each p corrected for all of them; NaN stays NaN and does not count."""
    order = sorted((p, place) for place, p in enumerate(chances) if not math.isnan(p))
    corrected = [math.nan] * len(chances)
    highest = 0.0
    for step, (p, place) in enumerate(order):
        highest = max(highest, min(1.0, p * (len(order) - step)))
        corrected[place] = highest
    return tuple(corrected)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction (Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(logs) / a * _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for step in range(1, 1_000):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d, tiny)
            c = _not_zero(1 + term / c, tiny)
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
