"""Separate Transformers: each modality is read by its own, and what they say is summed or joined.

The late counterpart of cross-modal attention: Vaswani and others, "Attention is all you need", NeurIPS 2017, for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.learn.bounded import among
from pinakes.learn.fusion.base import Fusion, Parts, Towers, file, presence
from pinakes.learn.fusion.blocks import Tokens, TransformerConfig, pooled, streams

MERGES = ("sum", "concatenation")


@dataclass(frozen=True, slots=True)
class Config(TransformerConfig):
    """How what the Transformers say is merged: by a weighted sum, or end to end."""

    merge: str = among("sum", MERGES)


class Separate(Fusion):
    """A Transformer for each modality, and what merges them."""

    wants_tokens = True

    def __init__(self, towers: Towers, config: Config) -> None:
        super().__init__()
        self.tokens = Tokens(towers, config.dim)
        self.layers, self.depth = streams(towers, config), config.layers
        self.sum = config.merge == "sum"
        self.weights = nn.Parameter(torch.zeros(len(towers)))
        self.lacking = nn.Parameter(torch.zeros(len(towers), config.dim))
        self.top = nn.Linear(config.dim if self.sum else len(towers) * config.dim, config.dim)

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        tokens, real = self.tokens(parts)
        for name in tokens:
            for level in range(self.depth):
                tokens[name] = self.layers[f"{name}{level}"](tokens[name], tokens[name], real[name])[0]
        vectors, there = pooled(tokens, real), presence(parts)
        if self.sum:
            weights = self.weights.softmax(0) * there
            merged = (vectors * weights[..., None]).sum(1) / weights.sum(1, keepdim=True).clamp(min=1e-6)
        else:
            merged = torch.where(there[..., None] > 0, vectors, self.lacking).flatten(1)
        top: Tensor = self.top(merged)
        return top


file(
    "fusion-separate",
    Config,
    Separate,
    "Vaswani and others, Attention Is All You Need, NeurIPS 2017, one for each modality",
    "a Transformer for each modality, then a sum or a concatenation",
)
