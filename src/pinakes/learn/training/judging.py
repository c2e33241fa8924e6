"""What the loop asks of a validation: figures of a learner as it stands, the more the better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pinakes.errors import BadSetting, nearest
from pinakes.learn.base import Learner

# Figures by name; the learner is in evaluation mode, and no gradients are kept.
Judge: TypeAlias = Callable[[Learner], Mapping[str, float]]


def watched(figures: Mapping[str, float], monitor: str) -> float:
    """The figure by which the best epoch is chosen."""
    if not monitor:
        return float(next(iter(figures.values())))
    if monitor not in figures:
        raise BadSetting(f"train.monitor names {monitor}, which is not measured.", nearest(monitor, figures))
    return float(figures[monitor])
