"""Two ways of searching beside each other: what differs in their settings, and by how much their figures differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from pinakes.errors import BadInput
from pinakes.evaluate.result import Comparison, Difference, Scope
from pinakes.evaluate.scoring import mean
from pinakes.evaluate.significance import holm, interval, randomisation, student
from pinakes.metrics.ranked import Floats

# Below this, after correction, a difference is taken as shown.
LEVEL = 0.05
WITHIN = (
    "Ways of searching are compared in pairs that differ in one thing, by the first metric; p is corrected after Holm "
    "for all pairs of all directions, and the ways were not chosen by what they reached."
)
# Two values of a metric that are this close count as the same.
_HAIR = 1e-12
# Between what is asked with and what is asked for in different modalities there is nothing to be paired.
_ENDS = ("from", "to")


def compare(
    scopes: Sequence[Scope], settings: Sequence[Mapping[str, Any]] | None = None, *, seed: int
) -> tuple[Comparison, ...]:
    """Every two of several scopes, in their order; p is corrected for all metrics of all pairs together."""
    told = settings or [{}] * len(scopes)
    if len(told) != len(scopes):
        raise BadInput(f"There are {len(scopes)} runs and settings of {len(told)}.")
    pairs = [
        _pair(
            scopes[one],
            scopes[other],
            differing(_settings(scopes[one], told[one]), _settings(scopes[other], told[other])),
            seed,
        )
        for one, other in combinations(range(len(scopes)), 2)
    ]
    return _corrected(pairs)


def within(scopes: Sequence[Scope], *, seed: int) -> tuple[Comparison, ...]:
    """Every two ways of searching that differ in the mode alone, or in one mode in how lists are fused, or in which.

    They are compared by the first metric: the more is tested at once, the less can be shown. The ways of a direction
    stand together, and p is corrected for all pairs of all directions.
    """
    pairs = []
    for shared, group in _by_direction(scopes).items():
        for one, other in combinations(group, 2):
            first, second = _way(one), _way(other)
            if (first.get("mode") == second.get("mode")) != (_without_mode(first) == _without_mode(second)):
                pair = _pair(one, other, differing(first, second), seed, [one.figures[0].metric])
                pairs.append(replace(pair, first=_called(first), second=_called(second), shared=dict(shared)))
    return _corrected(pairs)


def _by_direction(scopes: Sequence[Scope]) -> dict[tuple[tuple[str, str], ...], list[Scope]]:
    found: dict[tuple[tuple[str, str], ...], list[Scope]] = {}
    for scope in scopes:
        shared = tuple((name, scope.names[name]) for name in _ENDS if name in scope.names)
        found.setdefault(shared, []).append(scope)
    return found


def _way(scope: Scope) -> dict[str, str]:
    return {name: value for name, value in scope.names.items() if name not in _ENDS}


def _without_mode(names: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in names.items() if name != "mode"}


def _called(names: Mapping[str, str]) -> str:
    """A way of searching in few words, as the tables of figures call it."""
    return ", ".join([*_without_mode(names).values(), *([names["mode"]] if "mode" in names else [])])


def _corrected(pairs: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same with every p corrected for all that were tested at once."""
    corrected = iter(holm([one.p for pair in pairs for one in pair.differences]))
    return tuple(
        replace(pair, differences=tuple(replace(one, corrected=next(corrected)) for one in pair.differences))
        for pair in pairs
    )


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings that are not the same, the parts of nested ones by names with dots; None where there is none."""
    one, other = _flat(first), _flat(second)
    names = [*one, *(name for name in other if name not in one)]
    return {name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)}


def _settings(scope: Scope, settings: Mapping[str, Any]) -> dict[str, Any]:
    # Runs differ in their names, which stand above the comparison.
    return {name: value for name, value in scope.names.items() if name != "run"} | dict(settings)


def _flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = list(value) if isinstance(value, tuple) else value
    return flat


def _pair(
    first: Scope,
    second: Scope,
    settings: dict[str, tuple[Any, Any]],
    seed: int,
    metrics: Sequence[str] | None = None,
) -> Comparison:
    rows = {query: row for row, query in enumerate(second.queries)}
    shared = [(row, rows[query]) for row, query in enumerate(first.queries) if query in rows]
    if not shared:
        raise BadInput(
            f"{first.title} and {second.title} have no query in common.", "Compare runs of the same queries."
        )
    one, other = np.array(shared).T
    metrics = [metric for metric in metrics or first.scores if metric in second.scores]
    differences = tuple(
        _difference(metric, first.scores[metric][one], second.scores[metric][other], seed) for metric in metrics
    )
    alone = len(first.queries) + len(second.queries) - 2 * len(shared)
    notes = (f"Queries of one of the two alone, which were left out: {alone:,}.",) if alone else ()
    return Comparison(first.title, second.title, settings, differences, notes)


def _difference(metric: str, first: Floats, second: Floats, seed: int) -> Difference:
    counted = ~(np.isnan(first) | np.isnan(second))
    first, second = first[counted], second[counted]
    each = second - first
    low, high = interval(each, seed=seed)
    p = randomisation(each, seed=seed)
    better, worse = int((each > _HAIR).sum()), int((each < -_HAIR).sum())
    return Difference(
        metric=metric,
        first=mean(first),
        second=mean(second),
        difference=mean(each),
        low=low,
        high=high,
        p=p,
        corrected=p,
        student=student(each),
        better=better,
        worse=worse,
        same=len(each) - better - worse,
    )
