"""A moving average of all weights, which wanders less than the weights themselves (Polyak and Juditsky, 1992)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn


class Average(nn.Module):
    """The average as buffers of its own, so that checkpoints hold it."""

    def __init__(self, learner: nn.Module, decay: float) -> None:
        super().__init__()
        self.decay = decay
        self.names = [name for name, each in learner.named_parameters() if each.requires_grad]
        for name, each in self._of(learner):
            self.register_buffer(_flat(name), each.detach().clone())

    def update(self, learner: nn.Module, steps: int) -> None:
        """Take in the weights after a step; the first steps count more, as there is little to average yet."""
        decay = min(self.decay, (1 + steps) / (10 + steps))
        with torch.no_grad():
            for name, each in self._of(learner):
                self._mean(name).lerp_(each, 1 - decay)

    def swap(self, learner: nn.Module) -> None:
        """Exchange the learner's weights for the averaged ones, and the next time back."""
        with torch.no_grad():
            for name, each in self._of(learner):
                own = each.detach().clone()
                each.copy_(self._mean(name))
                self._mean(name).copy_(own)

    def _mean(self, name: str) -> Tensor:
        return self.get_buffer(_flat(name))

    def _of(self, learner: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
        parameters = dict(learner.named_parameters())
        return ((name, parameters[name]) for name in self.names)


def _flat(name: str) -> str:
    return name.replace(".", "/")
