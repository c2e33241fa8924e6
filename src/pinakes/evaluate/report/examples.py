"""Queries that went best and worst, with what was found for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pinakes.errors import BadInput
from pinakes.evaluate.report.model import NONE, Block, Column, Example, Number, Section, Table
from pinakes.evaluate.result import Scope

_TITLES = {"best": "Best queries", "worst": "Worst queries"}
_SAID = {True: "relevant", False: "not relevant", None: ""}


def extremes(scope: Scope, metric: str, count: int = 3) -> tuple[list[int], list[int]]:
    """The places in `scope.queries` of the best and of the worst by a metric; none stands in both, ties in order."""
    if metric not in scope.scores:
        raise BadInput(f"{metric} has no scores of single queries.", f"There are: {', '.join(scope.scores) or 'none'}.")
    scores = np.asarray(scope.scores[metric])
    counted = np.flatnonzero(~np.isnan(scores))
    order = counted[np.argsort(-scores[counted], kind="stable")].tolist()
    count = min(count, len(order) // 2)
    return order[:count], order[len(order) - count :][::-1]


def examples(shown: Sequence[Example]) -> Section:
    """The best, then the worst."""
    chosen = tuple(one for kind in _TITLES for one in shown if one.kind == kind)
    lead = "Single queries at both ends of the scale: what works, and what to look into first."
    return Section("examples", "Best and worst queries", lead, (Block(_table(chosen)),), examples=chosen)


def titled(kind: str) -> str:
    """What the best or the worst are called together."""
    return _TITLES.get(kind, kind)


def judged(relevant: bool | None) -> str:
    """Whether it was right to find a thing, in words; nothing where that is not known."""
    return _SAID[relevant]


def _table(chosen: Sequence[Example]) -> Table:
    rows = tuple(
        (
            one.kind,
            one.query.caption,
            one.scope or NONE,
            one.metric,
            Number(one.value),
            "; ".join(_in_list(place + 1, *found) for place, found in enumerate(_told(one))) or NONE,
        )
        for one in chosen
    )
    heads = (Column("", True), Column("query", True), *map(Column, ("way of searching", "metric", "value", "found")))
    return Table("examples-table", "Best and worst queries", heads, rows)


def _told(one: Example) -> list[tuple[str, str]]:
    return [(found.caption, judged(found.relevant)) for found in one.found]


def _in_list(rank: int, caption: str, said: str) -> str:
    return f"{rank}. {caption} ({said})" if said else f"{rank}. {caption}"
