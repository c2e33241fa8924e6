"""Everything in a report as one CSV: a line to a number, not rounded, so that any program can choose and turn it."""

from __future__ import annotations

import csv as lines
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from io import StringIO
from typing import Any

from pinakes.evaluate.cost import Cost
from pinakes.evaluate.markup import clean
from pinakes.evaluate.report.model import Example
from pinakes.evaluate.result import Difference, Evaluation, Scope

_FIRST = ("table", "of")
_LAST = ("measure", "at", "value", "low", "high", "chance", "queries")
# How a cell begins that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Numbers that say what was measured, not what came out.
_TELLING = ("size", "clients")

Line = dict[str, Any]


def rows(evaluation: Evaluation | None, costs: Sequence[Cost] = (), examples: Sequence[Example] = ()) -> Iterator[Line]:
    """Every number with what it is of."""
    for scope in (*evaluation.scopes, *evaluation.coded) if evaluation else ():
        about = {"of": evaluation.title if evaluation else "", **_apart(scope.names)}
        yield from ({**about, **line} for line in _of_scope(scope))
    for compared in evaluation.comparisons if evaluation else ():
        yield from (
            {"table": "difference", "of": f"{compared.first} and {compared.second}"}
            | _apart(compared.shared)
            | _of_difference(found)
            for found in compared.differences
        )
    for one in examples:
        named = {"table": "example", "kind": one.kind, "query": one.query.caption, "way": one.scope}
        yield {**named, "measure": one.metric, "value": one.value}
    for cost in costs:
        for kind in (cost.timings, cost.growths, cost.stored, cost.loads, cost.compared):
            yield from ({"of": cost.title, **line} for record in kind for line in _of_record(record))


def written(found: Sequence[Mapping[str, Any]]) -> str:
    """Lines as CSV, with all columns that any of them has; an empty cell where there is no number."""
    named = dict.fromkeys(name for line in found for name in line if name not in _FIRST and name not in _LAST)
    out = StringIO()
    table = lines.DictWriter(out, (*_FIRST, *map(_cell, named), *_LAST), restval="", lineterminator="\n")
    table.writeheader()
    table.writerows({_cell(name): _cell(value) for name, value in line.items()} for line in found)
    return out.getvalue()


def _of_scope(scope: Scope) -> Iterator[Line]:
    for one in scope.figures:
        between = {"low": one.low, "high": one.high, "chance": one.chance, "queries": one.queries}
        yield {"table": "quality", "measure": one.metric, "value": one.value, **between}
    for curve in scope.curves:
        told = {"table": "curve", "curve": curve.name, "interpolation": curve.interpolation, "measure": "precision"}
        for recall, precision in zip(curve.recall.tolist(), curve.precision.tolist(), strict=True):
            yield {**told, "at": recall, "value": precision}
    for asked, shares in scope.confusion.items():
        for found, share in shares.items():
            yield {"table": "confusion", "asked": asked, "found": found, "measure": "share", "value": share}


def _of_difference(found: Difference) -> Line:
    told = {field.name: getattr(found, field.name) for field in fields(found)}
    measured = {"measure": told.pop("metric"), "value": told.pop("difference"), "queries": found.queries}
    return {
        **{name: told[name] for name in told if name not in ("low", "high")},
        **measured,
        "low": found.low,
        "high": found.high,
    }


def _of_record(record: Any) -> Iterator[Line]:
    """The numbers of a cost's record, each under what the record says in words."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    telling = {name: value for name, value in values.items() if isinstance(value, str) or name in _TELLING}
    for name, value in values.items():
        if name not in telling:
            yield {"table": type(record).__name__.lower(), **telling, "measure": name, "value": value}


def _apart(names: Mapping[str, str]) -> dict[str, str]:
    """The names of a scope, out of the way of our own columns."""
    return {f"scope {name}" if name in (*_FIRST, *_LAST) else name: value for name, value in names.items()}


def _cell(value: Any) -> Any:
    """A number whole, no number as nothing, a text so that it stays a text."""
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    if isinstance(value, float) and math.isnan(value):
        return ""
    return repr(float(value)) if isinstance(value, float) else value
