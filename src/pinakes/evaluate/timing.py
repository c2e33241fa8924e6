"""How long calls take, and how the times of many are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies, itself one of them; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
