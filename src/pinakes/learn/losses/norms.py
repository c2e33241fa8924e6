"""Regularisation: the price of large weights."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def weights(module: nn.Module) -> list[nn.Parameter]:
    """What is to be kept small: matrices and kernels, not biases, scales and temperatures."""
    return [each for each in module.parameters() if each.requires_grad and each.ndim > 1]


def l1(parameters: Iterable[Tensor]) -> Tensor:
    """The sum of absolute values: it makes weights that are of no use vanish."""
    return torch.stack([each.abs().sum() for each in parameters] or [torch.zeros(())]).sum()


def l2(parameters: Iterable[Tensor]) -> Tensor:
    """Half the sum of squares, whose gradient is the weight itself: it makes weights shrink."""
    return torch.stack([each.square().sum() for each in parameters] or [torch.zeros(())]).sum() / 2
