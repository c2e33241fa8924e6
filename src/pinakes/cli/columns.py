"""Text in columns of a terminal, where a Chinese character takes two and a combining mark none."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

_WIDE = ("W", "F")


def across(text: str) -> int:
    """The columns that a text takes."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1


def fit(text: str, width: int) -> str:
    """A text in no more than so many columns; what is cut off is marked."""
    if across(text) <= width:
        return text
    room, kept = width - 1, []
    for letter in text:
        room -= _columns(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def wrapped(text: str, width: int, rows: int) -> list[str]:
    """A text in rows of so many columns, broken between words or wide characters; the last is cut if it must be."""
    lines: list[str] = []
    left = text.strip()
    while left and len(lines) < rows - 1 and across(left) > width:
        room, end = width, 0
        for number, letter in enumerate(left):
            room -= _columns(letter)
            if room < 0:
                break
            if letter == " " or not letter.isascii():
                end = number + 1
        end = end or number
        lines.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return [*lines, fit(left, width)] if left else lines


def plural(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 part, 2 parts."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def near(path: str) -> str:
    """A path as one types it here: relative to this folder where it lies below it."""
    if not path:
        return path
    try:
        here = Path.cwd()
    except OSError:
        return path
    below = path.removeprefix(str(here) + os.sep)
    return below if below != path and here != Path(here.root) else path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns as wide as they must be: what is a number in every row stands to the right."""
    widths = [max(across(row[place]) for row in (head, *rows)) for place in range(len(head))]
    right = [all(_is_number(row[place]) for row in rows) for place in range(len(head))]
    for row in (head, *rows):
        cells = zip(row, widths, right, strict=True)
        yield "  ".join(
            " " * (width - across(cell)) + cell if to_right else cell + " " * (width - across(cell))
            for cell, width, to_right in cells
        ).rstrip()


def _is_number(cell: str) -> bool:
    return cell == "-" or cell.lstrip("+-<")[:1].isdecimal()
