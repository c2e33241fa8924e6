"""Concatenation: the vectors of all modalities end to end, and one layer on top.

h = [h_text, h_image]; with a text of 768 and a picture of 2,048 dimensions it has 2,816. A modality that is lacking is
replaced by a vector that is learned, so that a query of words alone can be compared with works that have pictures too.
Ngiam and others, "Multimodal deep learning", ICML 2011.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.base import Fusion, FusionConfig, Parts, Towers, file
from pinakes.learn.joint.heads import Head


class Concatenation(Fusion):
    """Early fusion."""

    def __init__(self, towers: Towers, config: FusionConfig) -> None:
        super().__init__()
        self.norms = nn.ModuleDict({name: nn.LayerNorm(tower.dim) for name, tower in towers.items()})
        self.lacking = nn.ParameterDict({name: nn.Parameter(torch.zeros(tower.dim)) for name, tower in towers.items()})
        self.width = sum(tower.dim for tower in towers.values())
        self.head = Head(self.width, config.dim, config.hidden, config.dropout)

    def joined(self, parts: Parts) -> Tensor:
        """All vectors end to end (n, width)."""
        found = [
            torch.where(part.present[:, None], self.norms[name](part.vectors), self.lacking[name])
            for name, part in parts.items()
        ]
        return torch.cat(found, 1)

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        vectors: Tensor = self.head(self.joined(parts))
        return vectors


file(
    "fusion-concatenation",
    FusionConfig,
    Concatenation,
    "Ngiam and others, Multimodal Deep Learning, ICML 2011",
    "the vectors of all modalities end to end, and a layer on top",
)
