"""Long lists in pieces that a database takes as parameters of one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def pieces(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Consecutive pieces of at most `size` values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
