"""Cross-modal Transformers: words attend to the regions of a picture, and regions to words.

Two streams, as in Lu, Batra, Parikh and Lee, "ViLBERT: pretraining task-agnostic visiolinguistic representations for
vision-and-language tasks", NeurIPS 2019: in each layer the tokens of a modality look at those of the others, then at
their own. One stream, as in Li and others, "VisualBERT: a simple and performant baseline for vision and language",
2019: all tokens are one sequence. From both, how much each word looked at each region can be taken out.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.base import Fusion, Parts, Towers, file, presence
from pinakes.learn.fusion.blocks import Layer, Tokens, TransformerConfig, pooled, streams

# By the modality that looks and the one that is looked at: (n, t, s), the mean over heads, of the last layer.
Looks = dict[tuple[str, str], Tensor]


class CrossModal(Fusion):
    """Two streams or more, which look at each other."""

    wants_tokens = True

    def __init__(self, towers: Towers, config: TransformerConfig) -> None:
        super().__init__()
        self.tokens = Tokens(towers, config.dim)
        self.depth = config.layers
        self.across, self.within = streams(towers, config), streams(towers, config)
        self.top = nn.Sequential(nn.LayerNorm(config.dim), nn.Linear(config.dim, config.dim))

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim): the mean of those of the modalities that are there."""
        vectors, there = self.run(parts)[0], presence(parts)[..., None]
        top: Tensor = self.top((vectors * there).sum(1) / there.sum(1).clamp(min=1))
        return top

    def looks(self, parts: Parts) -> Looks:
        """How much each token of one modality looked at each of another."""
        return self.run(parts)[1]

    def run(self, parts: Parts) -> tuple[Tensor, Looks]:
        """A vector for each modality (n, modalities, dim), and who looked where."""
        tokens, real = self.tokens(parts)
        looks: Looks = {}
        for level in range(self.depth):
            seen = dict(tokens)
            for name in tokens:
                others = [other for other in tokens if other != name]
                seen[name], weights = self.across[f"{name}{level}"](
                    tokens[name], torch.cat([tokens[o] for o in others], 1), torch.cat([real[o] for o in others], 1)
                )
                looks |= _cut(name, weights, {other: tokens[other] for other in others})
            tokens = {name: self.within[f"{name}{level}"](each, each, real[name])[0] for name, each in seen.items()}
        return pooled(tokens, real), looks


class OneStream(Fusion):
    """All tokens, and one that stands for the whole, in one sequence."""

    wants_tokens = True

    def __init__(self, towers: Towers, config: TransformerConfig) -> None:
        super().__init__()
        self.tokens = Tokens(towers, config.dim)
        self.whole = nn.Parameter(torch.randn(config.dim) * 0.02)
        self.layers = nn.ModuleList([Layer(config) for _ in range(config.layers)])
        self.top = nn.Sequential(nn.LayerNorm(config.dim), nn.Linear(config.dim, config.dim))

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        return self.run(parts)[0]

    def looks(self, parts: Parts) -> Looks:
        """How much each token of one modality looked at each of another."""
        return self.run(parts)[1]

    def run(self, parts: Parts) -> tuple[Tensor, Looks]:
        """One vector of all (n, dim), and who looked where."""
        tokens, real = self.tokens(parts)
        count = next(iter(tokens.values())).shape[0]
        sequence = torch.cat([self.whole.expand(count, 1, -1), *tokens.values()], 1)
        known = torch.cat([sequence.new_ones(count, 1, dtype=torch.bool), *real.values()], 1)
        weights = sequence
        for layer in self.layers:
            sequence, weights = layer(sequence, sequence, known)
        vectors: Tensor = self.top(sequence[:, 0])
        sizes = [each.shape[1] for each in tokens.values()]
        rows = dict(zip(tokens, torch.split(weights[:, :, 1:, 1:], sizes, 2), strict=True))
        looks: Looks = {}
        for name, each in rows.items():
            looks |= _cut(name, each, tokens)
        return vectors, looks


def _cut(name: str, weights: Tensor, others: Mapping[str, Tensor]) -> Looks:
    """Weights (n, heads, t, all tokens of the others) by who is looked at."""
    sizes = [each.shape[1] for each in others.values()]
    return {(name, other): each for other, each in zip(others, torch.split(weights.mean(1), sizes, 2), strict=True)}


file(
    "fusion-crossmodal",
    TransformerConfig,
    CrossModal,
    "Lu, Batra, Parikh and Lee, ViLBERT, NeurIPS 2019",
    "words attend to regions and regions to words, in streams of their own",
)
file(
    "fusion-onestream",
    TransformerConfig,
    OneStream,
    "Li and others, VisualBERT, 2019",
    "words and regions attend to each other in one sequence",
)
