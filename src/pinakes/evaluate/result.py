"""What an evaluation found: figures with intervals and chance levels, for each way of searching; to and from JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
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
class Difference:
    """How much better the second of two is than the first by one metric, and how surely: paired by query."""

    metric: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    # Of the randomisation test, as it is and corrected for all that was tested at once; and of Student's t.
    p: float
    corrected: float
    student: float
    # Queries for which the second is better, worse, or the same.
    better: int
    worse: int
    same: int

    @property
    def queries(self) -> int:
        """How many queries counted in both."""
        return self.better + self.worse + self.same


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ways of searching beside each other: the settings in which they differ, and by how much figures do."""

    first: str
    second: str
    # Setting: its value in the first and in the second; None where one of them does not have it.
    differing: Mapping[str, tuple[Any, Any]]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    # What both have in common that others do not, such as from and to which modality they search.
    shared: Mapping[str, str] = field(default_factory=dict)


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
    comparisons: tuple[Comparison, ...] = ()
    # Codes of several lengths, which no search of the library uses, beside its full vectors.
    coded: tuple[Scope, ...] = ()

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
            "comparisons": [_comparison_as_dict(one) for one in self.comparisons],
            "coded": [_scope_as_dict(scope) for scope in self.coded],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evaluation:
        """The inverse of `as_dict`."""
        try:
            scopes = tuple(_scope(scope) for scope in data["scopes"])
            told = {name: data[name] for name in ("title", "kind", "settings", "seed", "version", "machine", "date")}
            notes, compared = tuple(data.get("notes", ())), tuple(map(_comparison, data.get("comparisons", ())))
            coded = tuple(map(_scope, data.get("coded", ())))
            rules = tuple(data["rules"])
            return cls(scopes=scopes, rules=rules, notes=notes, comparisons=compared, coded=coded, **told)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadInput(
                f"This is not an evaluation as Pinakes writes it: {type(error).__name__} {error}.",
                "Write one with: pinakes evaluate --json",
            ) from error


def _scope_as_dict(scope: Scope) -> dict[str, Any]:
    return {
        "names": dict(scope.names),
        "figures": [_as_dict(one) for one in scope.figures],
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
    figures = tuple(Figure(**_with_numbers(one)) for one in data["figures"])
    curves = tuple(
        Curve(one["name"], one["interpolation"], _array(one["recall"]), _array(one["precision"]))
        for one in data["curves"]
    )
    scores = {metric: _array(values) for metric, values in data["scores"].items()}
    confusion = {asked: dict(shares) for asked, shares in data["confusion"].items()}
    return Scope(dict(data["names"]), figures, tuple(data["queries"]), scores, curves, confusion)


def _comparison_as_dict(one: Comparison) -> dict[str, Any]:
    return {
        "first": one.first,
        "second": one.second,
        "differing": {name: list(pair) for name, pair in one.differing.items()},
        "differences": [_as_dict(difference) for difference in one.differences],
        "notes": list(one.notes),
        "shared": dict(one.shared),
    }


def _comparison(data: Mapping[str, Any]) -> Comparison:
    differing = {name: (first, second) for name, (first, second) in data["differing"].items()}
    differences = tuple(Difference(**_with_numbers(one)) for one in data["differences"])
    notes, shared = tuple(data["notes"]), dict(data.get("shared", {}))
    return Comparison(data["first"], data["second"], differing, differences, notes, shared)


def _as_dict(one: Figure | Difference) -> dict[str, Any]:
    values = {named.name: getattr(one, named.name) for named in fields(one)}
    return {name: _null(value) if isinstance(value, float) else value for name, value in values.items()}


def _with_numbers(data: Mapping[str, Any]) -> dict[str, Any]:
    """Only numbers with a fraction are ever missing."""
    return {name: math.nan if value is None else value for name, value in data.items()}


def _null(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _nulls(values: Floats) -> list[float | None]:
    return [_null(value) for value in values.tolist()]


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _array(values: list[float | None]) -> Floats:
    return np.array([_number(value) for value in values], np.float64)
