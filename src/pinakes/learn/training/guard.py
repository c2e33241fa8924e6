"""Reasons not to begin, and not to go on: what training would make of bad numbers is worse than no training."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, TrainingStopped
from pinakes.learn.base import Whole
from pinakes.learn.training.settings import TrainSettings


def check_set(food: Whole, settings: TrainSettings) -> None:
    """Refuse sets from which nothing can be learned."""
    if food.rows < 2:
        raise BadInput("There is only one row to learn from: nothing to compare it with.", "Give at least two rows.")
    labels = food.labels
    if labels is not None and labels.shape[1] and bool((labels == labels[0]).all()):
        raise BadInput(
            f"All {food.rows:,} rows have the same labels: there is nothing to tell apart.",
            "Give rows of at least two classes, or choose a method that learns from pairs alone.",
        )


def check_losses(losses: Mapping[str, Tensor], where: str) -> None:
    """Stop where a loss is no number."""
    for name, value in losses.items():
        if not math.isfinite(float(value.detach())):
            raise TrainingStopped(f"The loss {name} became {float(value.detach())} in {where}.")


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
