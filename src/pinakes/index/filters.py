"""Filters on metadata: which items of a segment may be found at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.index.columns import Columns, folded

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = ("<=", ">=", "!=", "=", "<", ">")

_DATE = re.compile(r"(?<!\d)\d{4}(?:-\d{2}(?:-\d{2})?)?(?!\d)")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field: equal to any of the values, to none of them, or on one side of the only one."""

    field: str
    operator: Operator
    values: tuple[str, ...]


def chosen_items(columns: Columns, count: int, condition: Filter) -> NDArray[np.bool_]:
    """Which of a segment's `count` items meet a condition."""
    if condition.operator in ("=", "!="):
        indexes = [index for value in condition.values for index in columns.equal(condition.field, value)]
    else:
        meets = _comparison(condition.operator, condition.values[0])
        first, values = columns.values(condition.field)
        indexes = [first + index for index, value in enumerate(values) if meets(value)]
    chosen = np.zeros(count, np.bool_)
    chosen[columns.items(indexes)] = True
    return ~chosen if condition.operator == "!=" else chosen


def _comparison(operator: Operator, bound: str) -> Callable[[str], bool]:
    """A test of one value: as dates to the precision of the bound, else as numbers, else by the alphabet."""
    if _DATE.fullmatch(bound):
        return lambda value: any(
            _ordered(operator, date[: len(bound)].ljust(len(bound), "~"), bound) for date in _DATE.findall(value)[:1]
        )
    if _NUMBER.fullmatch(bound):
        number = float(bound)
        return lambda value: any(_ordered(operator, float(found), number) for found in _NUMBER.findall(value)[:1])
    word = folded(bound)
    return lambda value: _ordered(operator, folded(value), word)


def _ordered(operator: Operator, value: str | float, bound: str | float) -> bool:
    return _TESTS[operator](value, bound)


_TESTS: dict[str, Callable[[str | float, str | float], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def in_words(conditions: Sequence[Filter]) -> str:
    """Conditions as a query writes them."""
    return " ".join(f"{c.field}{c.operator}{','.join(c.values)}" for c in conditions)
