"""How long calls take, how the times of many are told, and who hears how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

# Hears what is being done, how much of it is done, and of how much.
Tell: TypeAlias = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies, itself one of them; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
