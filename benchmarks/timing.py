"""Timing: what is compared takes turns within one run, and the median counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

from pinakes.evaluate.timing import seconds


def alternately(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each, after one round to warm up, all of them taken in turn."""
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds(run))
    return {name: median(found) for name, found in times.items()}
