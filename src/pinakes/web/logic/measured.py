"""A measurement as tables: for each direction the ways of searching, best first, with their figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.evaluate.result import Evaluation, Figure, Scope

_MOST_COMPARED = 40


@dataclass(frozen=True, slots=True)
class Way:
    """One way of searching: how it is called within its table, and its figures in the order of the columns."""

    name: str
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class Direction:
    """From one modality to another: the metrics that were measured, and the ways of searching."""

    source: str
    target: str
    metrics: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One difference that was tested: which is better than which, by how much, and how surely."""

    first: str
    second: str
    metric: str
    difference: float
    low: float
    high: float
    p: float


def directions(told: Evaluation) -> list[Direction]:
    """One table for each direction."""
    grouped: dict[tuple[str, str], list[Scope]] = {}
    for scope in told.scopes:
        grouped.setdefault((scope.names.get("from", ""), scope.names.get("to", "")), []).append(scope)
    return [_direction(source, target, scopes) for (source, target), scopes in grouped.items()]


def _direction(source: str, target: str, scopes: Sequence[Scope]) -> Direction:
    metrics = tuple(dict.fromkeys(figure.metric for scope in scopes for figure in scope.figures))
    ways = []
    for scope in scopes:
        named = {figure.metric: figure for figure in scope.figures}
        name = ", ".join(value for key, value in scope.names.items() if key not in ("from", "to"))
        ways.append(Way(name, tuple(named.get(metric) for metric in metrics)))
    return Direction(source, target, metrics, tuple(sorted(ways, key=_by_first)))


def _by_first(way: Way) -> float:
    first = way.figures[0] if way.figures else None
    return math.inf if first is None or math.isnan(first.value) else -first.value


def held(told: Evaluation) -> list[Held]:
    """The differences that hold, the largest first."""
    found = [
        Held(one.first, one.second, each.metric, each.difference, each.low, each.high, each.corrected)
        for one in told.comparisons
        for each in one.differences
        if each.corrected < 0.05
    ]
    return sorted(found, key=lambda one: -abs(one.difference))[:_MOST_COMPARED]
