"""Spans of time as filters write them: from one date to another, each as precise as it was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.index.filters import Filter, Operator

DATE = "date"
# What "about 1900" takes, to each side.
ABOUT = 5
# Where the early and the middle years of a decade and of a century end.
_THIRDS = {10: (4, 7), 100: (33, 66)}


@dataclass(frozen=True, slots=True)
class Span:
    """From a year, month or day to another, both taken."""

    first: str
    last: str

    def filters(self) -> tuple[Filter, ...]:
        """As filters: two bounds, for a single equality compares whole values."""
        return (_date(">=", self.first), _date("<=", self.last))

    @property
    def label(self) -> str:
        """In words."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"

    def about(self) -> Span:
        """Some years around it."""
        return Span(f"{max(0, int(self.first[:4]) - ABOUT):04}", f"{int(self.last[:4]) + ABOUT:04}")


@dataclass(frozen=True, slots=True)
class Point:
    """A span as it stands in a text, and whether it is a number that stands for itself and may be no year at all."""

    start: int
    end: int
    span: Span
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text with the words that bound it; `bare` where it is a year that nothing tells to be one."""

    start: int
    end: int
    filters: tuple[Filter, ...]
    bare: str = ""


def year(number: int) -> Span:
    """One year."""
    return Span(f"{number:04}", f"{number:04}")


def years(first: int, last: int, part: str = "") -> Span:
    """Some years, or the early, middle or late third or the first or second half of them."""
    length = last - first + 1
    early, mid = _THIRDS[length]
    begin, end = {
        "": (0, length),
        "early": (0, early),
        "mid": (early, mid),
        "late": (mid, length),
        "first half": (0, length // 2),
        "second half": (length // 2, length),
    }[part]
    return Span(f"{first + begin:04}", f"{first + end - 1:04}")


def century(number: int, part: str = "") -> Span:
    """A century as it is counted: the 19th is 1801 to 1900."""
    return years(100 * number - 99, 100 * number, part)


def decade(first: int, part: str = "") -> Span:
    """Ten years."""
    return years(first, first + 9, part)


def before(span: Span) -> Filter:
    """Earlier than all of it."""
    return _date("<", span.first)


def until(span: Span) -> Filter:
    """Not later than it."""
    return _date("<=", span.last)


def after(span: Span) -> Filter:
    """Later than all of it."""
    return _date(">", span.last)


def since(span: Span) -> Filter:
    """Not earlier than it."""
    return _date(">=", span.first)


_BOUNDS = {"before": before, "until": until, "after": after, "since": since}


def bounded(span: Span, how: str) -> tuple[Filter, ...]:
    """A span as the words beside it bound it: before, until, after, since or about it; otherwise all of it."""
    if how in _BOUNDS:
        return (_BOUNDS[how](span),)
    return span.about().filters() if how == "about" else span.filters()


def between(first: Span, last: Span) -> tuple[Filter, ...]:
    """From the begin of one to the end of the other, the earlier one first."""
    return Span(min(first.first, last.first), max(first.last, last.last)).filters()


def touch(one: Span, other: Span) -> bool:
    """Whether no year lies between two spans."""
    first, second = sorted((one, other), key=lambda span: span.first)
    return int(second.first[:4]) - int(first.last[:4]) <= 1


_SAID = {"<": "before", "<=": "until", ">": "after", ">=": "since"}


def label(filters: Sequence[Filter]) -> str:
    """Filters of the date in words."""
    if len(filters) == 2:
        return Span(filters[0].values[0], filters[1].values[0]).label
    return f"{_SAID[filters[0].operator]} {filters[0].values[0]}"


def _date(operator: Operator, value: str) -> Filter:
    return Filter(DATE, operator, (value,))
