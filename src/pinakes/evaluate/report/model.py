"""What a report is made of, before anything says how it looks: sections of tables, with charts of the same figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pinakes.evaluate.canvas import Drawing

# What stands where there is no number.
NONE = "–"


@dataclass(frozen=True, slots=True)
class Number:
    """A number with as many places as are worth reading; a figure has its interval and its chance level with it."""

    value: float
    places: int = 3
    interval: tuple[float, float] | None = None
    chance: float | None = None
    queries: int | None = None
    best: bool = False
    # A difference says which way it goes.
    signed: bool = False

    @property
    def text(self) -> str:
        """The number alone."""
        return "+" * (self.signed and self.value > 0) + told(self.value, self.places)

    @property
    def between(self) -> tuple[str, str] | None:
        """The ends of its interval."""
        if self.interval is None:
            return None
        return told(self.interval[0], self.places), told(self.interval[1], self.places)


Cell: TypeAlias = str | Number


@dataclass(frozen=True, slots=True)
class Column:
    """A column; those that name what a row is about come first and are its heading."""

    name: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the same on a page, in Markdown and in LaTeX."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A table, or a chart, or a chart with the table of its figures; a chart is drawn when a page asks for it."""

    table: Table | None = None
    chart: Callable[[], Drawing] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that was found, or asked with: what it is called, what it looks like or says, whether it was right."""

    caption: str
    # JPEG, PNG, WebP or GIF; nothing where there is none.
    picture: bytes = b""
    relevant: bool | None = None
    # Some of its text, where it is one.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One query with what was found for it, best first; `kind` is best or worst."""

    kind: str
    query: Shown
    metric: str
    value: float
    found: tuple[Shown, ...]
    # Which way of searching it was.
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure that sums up much, what it is, and what to know of it."""

    figure: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Section:
    """One question that a report answers."""

    key: str
    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()
    points: tuple[str, ...] = ()
    # Shown as pictures where there can be some; the blocks tell the same in a table.
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    about: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    made_by: str


def line(*cells: Cell) -> tuple[Cell, ...]:
    """One row of a table."""
    return cells


def told(value: float, places: int = 3) -> str:
    """A number as people read it: thousands apart, a dash where there is none."""
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:,.{places}f}".replace("-", "−")


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def worded(value: object) -> str:
    """A setting in words: lists and tables without their brackets."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {worded(inner)}" for name, inner in value.items()) or NONE
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(worded, value)) or NONE
    return NONE if value is None else str(value)
