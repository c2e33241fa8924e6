"""Reasons not to begin, and not to go on: what training would make of bad numbers is worse than no training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, BadSetting, TrainingStopped
from pinakes.learn.base import Whole
from pinakes.learn.training.settings import TrainSettings


def check_set(food: Whole, *, classes: bool = True) -> None:
    """Refuse sets from which nothing can be learned; those of a single class where classes are what is learned."""
    if food.rows < 2:
        raise BadInput("There is only one row to learn from: nothing to compare it with.", "Give at least two rows.")
    labels = food.labels if classes else None
    if labels is not None and labels.shape[1] and bool((labels == labels[0]).all()):
        raise BadInput(
            f"All {food.rows:,} rows have the same labels: there is nothing to tell apart.",
            "Give rows of at least two classes, or choose a method that learns from pairs alone.",
        )


def check_watched(settings: TrainSettings) -> None:
    """Refuse settings that go by what is watched, where nothing is."""
    told = {"schedule": settings.schedule == "plateau", "patience": settings.patience > 0, "monitor": settings.monitor}
    for name, needed in told.items():
        if needed:
            raise BadSetting(
                f"train.{name} is {getattr(settings, name)}, but there are no validation rows that tell anything.",
                f"Raise split.validation, set evaluate.relevant to labels, or leave train.{name} out.",
            )


@contextmanager
def roomy(settings: TrainSettings) -> Iterator[None]:
    """Tell of what does not fit into the memory as of any other reason for which a training can not go on."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise TrainingStopped(
                f"There is not enough memory for {settings.batch:,} rows at once: {str(error).partition(chr(10))[0]}.",
                "Lower train.batch, the size of what is read of each row, or the network.",
            ) from error
        raise


def no_number(losses: Mapping[str, Tensor]) -> str:
    """Which of the losses is no number, and what it became; empty where all are numbers."""
    told = {name: float(value.detach()) for name, value in losses.items()}
    return next((f"The loss {name} became {value}" for name, value in told.items() if not math.isfinite(value)), "")


def check_gradient(length: float, settings: TrainSettings, where: str) -> None:
    """Stop where gradients have exploded."""
    if not math.isfinite(length):
        raise TrainingStopped(f"A gradient became {length} in {where}.")
    if length > settings.gradient_limit:
        raise TrainingStopped(
            f"The gradient has length {length:.3g} in {where}; the limit is {settings.gradient_limit:g}.",
            "Lower the rate (train.rate), shorten gradients (train.clip), or raise train.gradient_limit.",
        )


def sound(learner: nn.Module) -> bool:
    """Whether all weights are numbers."""
    return all(bool(torch.isfinite(each).all()) for each in learner.parameters())
