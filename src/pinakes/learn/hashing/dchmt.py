"""DCHMT: J. Tu et al., Differentiable Cross-Modal Hashing via Multimodal Transformers, MM 2022.

A bit is chosen, not cut off: for each there are two logits, of which a softmax takes the greater, so that the code is
differentiable all the way. Half the difference of the logits is what `embed` gives, for its hyperbolic tangent is the
softmax's difference. Rows that share a label shall be near and all others further than a threshold, by the Euclidean
distance of codes, between the modalities and within each; and every choice shall be decided.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.learn.base import Batch, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, complete, file, labels_of
from pinakes.learn.hashing.tokens import Reader, TokenConfig
from pinakes.learn.losses.hashing import mean, shares


@dataclass(frozen=True, slots=True)
class Config(TokenConfig):
    """DCHMT's settings."""

    # Of the bits, how many shall differ between rows that share no label; and the weight of being decided.
    threshold: float = bounded(0.5, most=1)
    decide: float = bounded(0.01)
    within: float = bounded(0.5)


def thresholded(first: Tensor, second: Tensor, alike: Tensor, threshold: float) -> Tensor:
    """Squared distances of who is alike, and of what is missing to the threshold of who is not (n, m): their mean.

    Distances are Euclidean over twice the root of the bits: two codes with nothing in common are 1 apart.
    """
    bits = first.shape[1]
    squares = (first.square().sum(1)[:, None] + second.square().sum(1) - 2 * first @ second.T) / (4 * bits)
    # The root has no derivative at 0.
    apart = (squares.clamp(min=0) + 1e-6).sqrt()
    return mean(alike * apart.square() + (1 - alike) * (threshold**0.5 - apart).clamp(min=0).square())


class Choices(nn.Module):
    """Two logits for each bit, of what was read from the tokens."""

    def __init__(self, token_dim: int, config: Config) -> None:
        super().__init__()
        self.reader = Reader(token_dim, 1, config)
        self.logits = nn.Sequential(
            nn.Linear(config.width, config.width),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.width, 2 * config.bits),
        )

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Half the difference of each bit's logits (n, bits)."""
        logits: Tensor = self.logits(self.reader(tokens, mask)[:, 0])
        return (logits[:, 1::2] - logits[:, ::2]) / 2


class Dchmt(Hasher):
    """A choice for each bit from the tokens of each modality."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.heads = nn.ModuleDict({name: Choices(tower.token_dim, config) for name, tower in task.towers.items()})

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Relaxed codes (n, bits)."""
        codes: Tensor = self.heads[modality](*self.tower(modality).tokens(inputs))
        return codes

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Near and far, across and within; and how undecided the choices are."""
        batch, config = complete(batch), self.config
        labels = labels_of(batch)
        alike = shares(labels, labels)
        first, second = (torch.tanh(codes) for codes in self.both(batch))
        within = torch.stack([thresholded(codes, codes, alike, config.threshold) for codes in (first, second)]).sum()
        undecided = mean((1 - first.abs()).square()) + mean((1 - second.abs()).square())
        return {
            "across": thresholded(first, second, alike, config.threshold),
            "within": config.within * within,
            "undecided": config.decide * undecided,
        }


METHOD = file(
    "dchmt",
    Config,
    Dchmt,
    "Tu, Liu, Lin, Hong and Wang, Differentiable Cross-Modal Hashing via Multimodal Transformers, MM 2022",
    "each bit chosen between two logits, from tokens",
)
