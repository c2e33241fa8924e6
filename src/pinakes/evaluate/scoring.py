"""From ranked lists to what is reported: each metric with its interval, its chance level and its values by query."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from pinakes.errors import BadInput
from pinakes.evaluate.result import Curve, Figure, Scope
from pinakes.evaluate.significance import interval
from pinakes.metrics.chance import chance
from pinakes.metrics.curves import INTERPOLATIONS, curve
from pinakes.metrics.names import Metric
from pinakes.metrics.ranked import Floats, Ranked


def scope(
    names: Mapping[str, str],
    queries: Sequence[str],
    ranked: Ranked,
    metrics: Sequence[Metric],
    *,
    seed: int,
    curves: Sequence[str] = ("11",),
) -> Scope:
    """One way of searching, measured; `curves` names interpolations."""
    if len(queries) != len(ranked):
        raise BadInput(f"There are {len(queries):,} queries and {len(ranked):,} lists.")
    scores = {metric.name: metric.of(ranked) for metric in metrics}
    levels = {
        metric.name: chance(metric, ranked, seed=seed)
        if ranked.collection is not None
        else np.full(len(ranked), np.nan)
        for metric in metrics
    }
    figures = tuple(figure(name, values, levels[name], seed=seed) for name, values in scores.items())
    return Scope(dict(names), figures, tuple(queries), scores, tuple(drawn(ranked, kind) for kind in curves))


def figure(metric: str, values: Floats, level: Floats, *, seed: int) -> Figure:
    """The mean of a metric over the queries that count, its interval, and the mean of its chance levels."""
    low, high = interval(values, seed=seed)
    return Figure(metric, mean(values), low, high, mean(level), int((~np.isnan(values)).sum()))


def mean(values: Floats) -> float:
    """The mean of what counts; NaN where nothing does."""
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else math.nan


def drawn(ranked: Ranked, kind: str) -> Curve:
    """Precision and recall of ranked lists, interpolated in one of the known ways."""
    points = curve(ranked, kind)
    return Curve("precision and recall", INTERPOLATIONS[kind], points.recall, points.precision)
