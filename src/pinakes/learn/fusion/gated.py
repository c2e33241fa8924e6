"""Gated fusion: each dimension of each row decides how much of every modality it takes.

Arevalo and others, "Gated multimodal units for information fusion", 2017: h = z * tanh(W x) + (1 - z) * tanh(V y), with
a gate z that sees both. With more than two modalities the gates of a dimension are a softmax; what is lacking has none.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.base import Fusion, FusionConfig, Parts, Projections, Towers, file, presence


class Gated(Fusion):
    """Gated multimodal units."""

    def __init__(self, towers: Towers, config: FusionConfig) -> None:
        super().__init__()
        self.projections = Projections(towers, config.dim, config.dropout)
        self.gates = nn.Linear(len(towers) * config.dim, len(towers) * config.dim)
        self.top = nn.Linear(config.dim, config.dim)

    def open(self, parts: Parts, projected: Tensor) -> Tensor:
        """How much each dimension takes of each modality (n, modalities, dim)."""
        logits: Tensor = self.gates(projected.flatten(1)).view_as(projected)
        there = presence(parts)[..., None]
        return logits.masked_fill(there == 0, torch.finfo(logits.dtype).min).softmax(1) * there

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        projected = self.projections(parts)
        vectors: Tensor = self.top((self.open(parts, projected) * projected.tanh()).sum(1))
        return vectors


file(
    "fusion-gated",
    FusionConfig,
    Gated,
    "Arevalo and others, Gated Multimodal Units for Information Fusion, 2017",
    "every dimension of every row decides by a gate how much of each modality it takes",
)
