"""Two towers of one descent become one: their weights' mean sees better what neither has learned by heart.

Wortsman and others, "Robust fine-tuning of zero-shot models", CVPR 2022. What layers that norm by batches know of their
inputs is measured anew, for it is of neither tower.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from pinakes.learn.builtin.looking import Looking
from pinakes.learn.builtin.seeing import ordered


def mix(first: Looking, second: Looking, share: float, batches: Iterable[Tensor]) -> Looking:
    """The second, changed: so much of it and the rest of the first, its norms measured on batches of pictures."""
    with torch.no_grad():
        for mine, other in ((second.tower, first.tower), (second.picture, first.picture)):
            before = other.state_dict()
            for name, value in mine.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(before[name], 1 - share)
        _measure(second.tower, batches)
    return second.eval()


def _measure(tower: nn.Module, batches: Iterable[Tensor]) -> None:
    norms = [layer for layer in tower.modules() if isinstance(layer, nn.BatchNorm2d)]
    usual = [layer.momentum for layer in norms]
    tower.eval()
    for layer in norms:
        layer.reset_running_stats()
        # Of all batches the plain mean.
        layer.momentum = None
        layer.train()
    for pictures in batches:
        tower(ordered(pictures))
    for layer, momentum in zip(norms, usual, strict=True):
        layer.momentum = momentum
    tower.eval()
