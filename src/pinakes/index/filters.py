"""Filters on metadata: which items of a segment may be found at all."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.index.columns import Columns, folded, folder_value
from pinakes.index.documents import PATH
from pinakes.media.metadata.dates import DATE

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = ("<=", ">=", "!=", "=", "<", ">")

# The field whose values are dates; in others a year may be a title or a number.
_DATED = "date"
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
        indexes = [index for value in condition.values for index in _same(columns, condition.field, value)]
    else:
        indexes = _on_one_side(columns, condition.field, condition.operator, condition.values[0])
    chosen = np.zeros(count, np.bool_)
    chosen[columns.items(indexes)] = True
    return ~chosen if condition.operator == "!=" else chosen


def _same(columns: Columns, field: str, value: str) -> list[int]:
    """The indexes of the values of a field that are the same but for case, or the same date to its precision."""
    # A folder is often written with a stroke at its end.
    found = columns.equal(field, folder_value(value.strip("/")) if field == PATH else value)
    if field == _DATED and DATE.fullmatch(value):
        first, dates = columns.dates(field, len(value))
        found += (first + np.flatnonzero(dates == value)).tolist()
    return found


def _on_one_side(columns: Columns, field: str, operator: Operator, bound: str) -> list[int]:
    """The indexes of the values of a field on one side of a bound: as dates to its precision, numbers, or words."""
    if DATE.fullmatch(bound):
        first, dates = columns.dates(field, len(bound))
        found: list[int] = (first + np.flatnonzero(_TESTS[operator](dates, bound) & (dates != ""))).tolist()
        return found
    meets = _comparison(operator, bound)
    first, values = columns.values(field)
    return [first + index for index, value in enumerate(values) if meets(value)]


def _comparison(operator: Operator, bound: str) -> Callable[[str], bool]:
    """A test of one value: as a number, else by the alphabet."""
    if _NUMBER.fullmatch(bound):
        number = float(bound)
        return lambda value: any(_ordered(operator, float(found), number) for found in _NUMBER.findall(value)[:1])
    word = folded(bound)
    return lambda value: _ordered(operator, folded(value), word)


def _ordered(operator: Operator, value: str | float, bound: str | float) -> bool:
    return bool(_TESTS[operator](value, bound))


# Of single values, and of arrays of them.
_TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def in_words(conditions: Sequence[Filter]) -> str:
    """Conditions as a query writes them."""
    return " ".join(f"{c.field}{c.operator}{','.join(c.values)}" for c in conditions)
