"""How the learning rate goes: pure functions of how far the training is, and of the figures so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pinakes.learn.training.settings import TrainSettings
from pinakes.registry import Registry


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the training stands."""

    step: int
    steps: int
    epoch: int
    # What was watched after each epoch so far, the more the better.
    watched: Sequence[float] = ()


# The factor, from 0 to 1, of the highest rate.
Schedule: TypeAlias = Callable[[Standing, TrainSettings], float]
SCHEDULES: Registry[Schedule] = Registry("schedule", "pinakes.schedules")


@SCHEDULES.register("constant")
def constant(standing: Standing, settings: TrainSettings) -> float:
    """The same all along."""
    return 1.0


@SCHEDULES.register("step")
def step(standing: Standing, settings: TrainSettings) -> float:
    """Lowered by a factor after every so many epochs."""
    return settings.decay ** (standing.epoch // settings.step_epochs)


@SCHEDULES.register("cosine")
def cosine(standing: Standing, settings: TrainSettings) -> float:
    """Half a wave from the highest rate down to zero (Loshchilov and Hutter, ICLR 2017)."""
    begun = settings.warmup * standing.steps
    done = (standing.step - begun) / max(1.0, standing.steps - begun)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, done))))


@SCHEDULES.register("one-cycle")
def one_cycle(standing: Standing, settings: TrainSettings) -> float:
    """Up from a twenty-fifth within the first 30 %, then down to almost nothing (Smith and Topin, 2018)."""
    low, least, rise = 1 / 25, 1e-4 / 25, 0.3
    done = standing.step / max(1, standing.steps - 1)
    if done < rise:
        return _between(low, 1.0, done / rise)
    return _between(1.0, least, (done - rise) / (1 - rise))


@SCHEDULES.register("plateau")
def plateau(standing: Standing, settings: TrainSettings) -> float:
    """Lowered by a factor whenever what is watched has not become better for so many epochs."""
    best, waited, factor = -math.inf, 0, 1.0
    for figure in standing.watched:
        best, waited = (figure, 0) if figure > best else (best, waited + 1)
        if waited >= settings.plateau_epochs:
            factor, waited = factor * settings.decay, 0
    return factor


def _between(begin: float, end: float, done: float) -> float:
    return end + (begin - end) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def factor(standing: Standing, settings: TrainSettings) -> float:
    """The factor of the schedule that the settings name, after the warm-up."""
    warm = settings.warmup * standing.steps
    rising = min(1.0, (standing.step + 1) / warm) if warm else 1.0
    return rising * SCHEDULES.get(settings.schedule)(standing, settings)
