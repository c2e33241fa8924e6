"""What a training tells while it runs, to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Step:
    """A step was made."""

    epoch: int
    epochs: int
    # Steps of this epoch that are done, and how many it has.
    step: int
    steps: int
    losses: Mapping[str, float]
    rate: float
    rows_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch ended: its mean losses, and what the validation rows say."""

    epoch: int
    epochs: int
    figures: Mapping[str, Any]
    best: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that was begun before goes on, or is done already."""

    epoch: int
    steps: int
    done: bool = False
    # Of checkpoints that could not be used, why.
    damaged: tuple[str, ...] = ()


Event: TypeAlias = Step | Epoch | Taken
# Hears of steps and epochs; what it raises stops the training, which keeps its last checkpoint.
Listener: TypeAlias = Callable[[Event], None]
