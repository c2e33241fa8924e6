"""How a step follows from its gradients, and how long these may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from pinakes.learn.losses.norms import l1, l2
from pinakes.learn.training.settings import TrainSettings
from pinakes.registry import Registry

Make: TypeAlias = Callable[[list[nn.Parameter], float, TrainSettings], Optimizer]
OPTIMISERS: Registry[Make] = Registry("optimiser", "pinakes.optimisers")


@OPTIMISERS.register("sgd")
def sgd(parameters: list[nn.Parameter], rate: float, settings: TrainSettings) -> Optimizer:
    """Stochastic gradient descent with momentum."""
    return SGD(parameters, lr=rate, momentum=settings.momentum, weight_decay=settings.weight_decay)


@OPTIMISERS.register("adam")
def adam(parameters: list[nn.Parameter], rate: float, settings: TrainSettings) -> Optimizer:
    """Adam (Kingma and Ba, ICLR 2015), whose decay of weights is a part of the gradient."""
    return Adam(parameters, lr=rate, betas=(settings.momentum, 0.999), weight_decay=settings.weight_decay)


@OPTIMISERS.register("adamw")
def adamw(parameters: list[nn.Parameter], rate: float, settings: TrainSettings) -> Optimizer:
    """AdamW (Loshchilov and Hutter, ICLR 2019), whose decay of weights stands apart; vectors and scalars have none."""
    matrices = [each for each in parameters if each.ndim > 1]
    others = [each for each in parameters if each.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return AdamW([group for group in groups if group["params"]], lr=rate, betas=(settings.momentum, 0.999))


def length(parameters: Iterable[nn.Parameter]) -> Tensor:
    """The length of all gradients taken as one vector."""
    found = [torch.linalg.vector_norm(each.grad) for each in parameters if each.grad is not None]
    return torch.linalg.vector_norm(torch.stack(found)) if found else torch.zeros(())


def shorten(parameters: Iterable[nn.Parameter], now: float, limit: float) -> None:
    """Scale gradients of a length down to a limit."""
    if now > limit:
        for each in parameters:
            if each.grad is not None:
                each.grad.mul_(limit / now)


def burden(parameters: Iterable[nn.Parameter], settings: TrainSettings) -> dict[str, Tensor]:
    """What weights add to the loss by their size: absolute values, and halves of squares; of matrices alone."""
    matrices = [each for each in parameters if each.ndim > 1]
    told = {"l1": (settings.l1, l1), "l2": (settings.l2, l2)}
    return {name: weight * price(matrices) for name, (weight, price) in told.items() if weight and matrices}
