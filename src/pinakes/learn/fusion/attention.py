"""Attention over modalities: each row, so each query, weighs its own modalities.

weight = softmax over modalities of v . tanh(W h), over those that the row has. After Bahdanau, Cho and Bengio, "Neural
machine translation by jointly learning to align and translate", ICLR 2015.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.base import Fusion, FusionConfig, Parts, Projections, Towers, file, presence


class Attention(Fusion):
    """A weighted sum whose weights are read from the row itself."""

    def __init__(self, towers: Towers, config: FusionConfig) -> None:
        super().__init__()
        self.projections = Projections(towers, config.dim, config.dropout)
        # Which modality it is counts beside what it says.
        self.kinds = nn.Parameter(torch.zeros(len(towers), config.dim))
        self.score = nn.Sequential(nn.Linear(config.dim, config.dim), nn.Tanh(), nn.Linear(config.dim, 1))

    def weights(self, parts: Parts) -> Tensor:
        """What each modality counts in each row (n, modalities)."""
        return self._weights(parts, self.projections(parts))

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        projected: Tensor = self.projections(parts)
        return (self._weights(parts, projected)[..., None] * projected).sum(1)

    def _weights(self, parts: Parts, projected: Tensor) -> Tensor:
        logits, there = self.score(projected + self.kinds)[..., 0], presence(parts)
        shares: Tensor = logits.masked_fill(there == 0, torch.finfo(logits.dtype).min).softmax(1) * there
        return shares


file(
    "fusion-attention",
    FusionConfig,
    Attention,
    "Bahdanau, Cho and Bengio, Neural Machine Translation by Jointly Learning to Align and Translate, ICLR 2015",
    "every row, so every query, weighs its own modalities",
)
