"""Measured quality as tables for people."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pinakes.cli.columns import table
from pinakes.cli.output import Output, printable

if TYPE_CHECKING:
    from pinakes.evaluate.result import Comparison, Evaluation, Scope

# Below this a p is not written out.
_SMALLEST = 0.0001


def lines(evaluation: Evaluation, output: Output, *, rules: bool = False) -> Iterator[str]:
    """The figures of each way of searching, the comparisons, and what must be known to read them."""
    yield output.bold(printable(evaluation.title))
    for scope in evaluation.scopes:
        yield ""
        yield from _scope(scope, output)
    for comparison in evaluation.comparisons:
        yield ""
        yield from _comparison(comparison, output)
    told = [*evaluation.notes, *(evaluation.rules if rules else ())]
    if told:
        yield ""
    for sentence in told:
        yield from textwrap.wrap(printable(sentence), output.width)


def _scope(scope: Scope, output: Output) -> Iterator[str]:
    yield output.bold(printable(scope.title))
    rows = [
        [one.metric, _number(one.value), _between(one.low, one.high), _number(one.chance), f"{one.queries:,}"]
        for one in scope.figures
    ]
    yield from table(("metric", "value", "95 % between", "chance", "queries"), rows)


def _comparison(comparison: Comparison, output: Output) -> Iterator[str]:
    yield output.bold(printable(f"{comparison.second}, compared with {comparison.first}"))
    for name, (first, second) in comparison.differing.items():
        yield printable(f"{name}: {_setting(second)}, not {_setting(first)}")
    if not comparison.differing:
        yield "No setting that is known differs."
    rows = [
        [
            one.metric,
            f"{one.difference:+.4f}",
            _between(one.low, one.high),
            _chance(one.p),
            _chance(one.corrected),
            _chance(one.student),
            f"{one.better:,}",
            f"{one.worse:,}",
            f"{one.same:,}",
        ]
        for one in comparison.differences
    ]
    head = ("metric", "difference", "95 % between", "p", "corrected", "p of t", "better", "worse", "same")
    yield from table(head, rows)
    yield from map(printable, comparison.notes)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"


def _between(low: float, high: float) -> str:
    return "-" if math.isnan(low) else f"{low:.4f} to {high:.4f}"


def _chance(p: float) -> str:
    if math.isnan(p):
        return "-"
    return f"<{_SMALLEST}" if p < _SMALLEST else f"{p:.4f}"


def _setting(value: Any) -> str:
    return "none" if value is None else str(value)
