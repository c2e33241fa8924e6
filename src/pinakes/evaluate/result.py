"""What an evaluation found: figures with intervals and chance levels, for each way of searching; to and from JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pinakes.errors import BadInput
from pinakes.metrics.ranked import Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's mean over the queries that count, the interval it lies in, and what a random order reaches."""

    metric: str
    value: float
    low: float
    high: float
    chance: float
    queries: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision over recall, and how it was interpolated."""

    name: str
    interpolation: str
    recall: Floats
    precision: Floats


@dataclass(frozen=True, slots=True)
class Scope:
    """One way of searching that was measured.

    `names` tells which: from, to, space, mode, fusion, bits, whatever applies. `scores` holds for each metric its value
    for each of `queries`, NaN where a query did not count.
    """

    names: Mapping[str, str]
    figures: tuple[Figure, ...]
    queries: tuple[str, ...]
    scores: Mapping[str, Floats]
    curves: tuple[Curve, ...] = ()
    # What was asked for, modality or label, and the share of what was found instead.
    confusion: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its names in a line."""
        return ", ".join(f"{name} {value}" for name, value in self.names.items())

    def figure(self, metric: str) -> Figure:
        """The figure of a metric."""
        for figure in self.figures:
            if figure.metric == metric:
                return figure
        raise BadInput(f"{metric} was not measured.", f"Measured: {', '.join(one.metric for one in self.figures)}.")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured in one go, with the rules and settings it was measured by."""

    title: str
    # labels, captions, judgements, run or clicks.
    kind: str
    scopes: tuple[Scope, ...]
    # How ties, unjudged things, empty queries and interpolation are dealt with, in words.
    rules: tuple[str, ...]
    settings: Mapping[str, Any]
    seed: int
    version: str
    machine: str
    date: str
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON; NaN is null."""
        return {
            "title": self.title,
            "kind": self.kind,
            "scopes": [_scope_as_dict(scope) for scope in self.scopes],
            "rules": list(self.rules),
            "settings": dict(self.settings),
            "seed": self.seed,
            "version": self.version,
            "machine": self.machine,
            "date": self.date,
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evaluation:
        """The inverse of `as_dict`."""
        try:
            scopes = tuple(_scope(scope) for scope in data["scopes"])
            told = {name: data[name] for name in ("title", "kind", "settings", "seed", "version", "machine", "date")}
            return cls(scopes=scopes, rules=tuple(data["rules"]), notes=tuple(data.get("notes", ())), **told)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadInput(
                f"This is not an evaluation as Pinakes writes it: {type(error).__name__} {error}.",
                "Write one with: pinakes evaluate --json",
            ) from error


def _scope_as_dict(scope: Scope) -> dict[str, Any]:
    return {
        "names": dict(scope.names),
        "figures": [
            {
                "metric": one.metric,
                "value": _null(one.value),
                "low": _null(one.low),
                "high": _null(one.high),
                "chance": _null(one.chance),
                "queries": one.queries,
            }
            for one in scope.figures
        ],
        "queries": list(scope.queries),
        "scores": {metric: _nulls(values) for metric, values in scope.scores.items()},
        "curves": [
            {
                "name": curve.name,
                "interpolation": curve.interpolation,
                "recall": _nulls(curve.recall),
                "precision": _nulls(curve.precision),
            }
            for curve in scope.curves
        ],
        "confusion": {asked: dict(shares) for asked, shares in scope.confusion.items()},
    }


def _scope(data: Mapping[str, Any]) -> Scope:
    numbers = ("value", "low", "high", "chance")
    figures = tuple(
        Figure(metric=one["metric"], queries=one["queries"], **{name: _number(one[name]) for name in numbers})
        for one in data["figures"]
    )
    curves = tuple(
        Curve(one["name"], one["interpolation"], _array(one["recall"]), _array(one["precision"]))
        for one in data["curves"]
    )
    scores = {metric: _array(values) for metric, values in data["scores"].items()}
    confusion = {asked: dict(shares) for asked, shares in data["confusion"].items()}
    return Scope(dict(data["names"]), figures, tuple(data["queries"]), scores, curves, confusion)


def _null(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _nulls(values: Floats) -> list[float | None]:
    return [_null(value) for value in values.tolist()]


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _array(values: list[float | None]) -> Floats:
    return np.array([_number(value) for value in values], np.float64)
