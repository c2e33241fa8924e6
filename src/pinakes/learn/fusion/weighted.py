"""Weighted fusion: each modality counts so much, the same for all rows.

Of what a row has, the weights are made to sum to one, so that a row that lacks a modality is as long as the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.base import Fusion, FusionConfig, Parts, Projections, Towers, file, presence


@dataclass(frozen=True, slots=True)
class Config(FusionConfig):
    """Whether the weights are learned, or all modalities count the same."""

    learned: bool = True


class Weighted(Fusion):
    """The sum of all modalities in one space, each with a weight."""

    def __init__(self, towers: Towers, config: Config) -> None:
        super().__init__()
        self.projections = Projections(towers, config.dim, config.dropout)
        self.logits = nn.Parameter(torch.zeros(len(towers)), requires_grad=config.learned)

    def weights(self, parts: Parts) -> Tensor:
        """What each modality counts in each row (n, modalities)."""
        held = self.logits.softmax(0) * presence(parts)
        return held / held.sum(1, keepdim=True).clamp(min=1e-6)

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        projected: Tensor = self.projections(parts)
        return (self.weights(parts)[..., None] * projected).sum(1)


file(
    "fusion-weighted",
    Config,
    Weighted,
    "Atrey and others, Multimodal Fusion for Multimedia Analysis: A Survey, Multimedia Systems 2010",
    "a weighted sum in one space; the weights are learned, and the same for all rows",
)
