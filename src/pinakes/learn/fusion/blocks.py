"""Attention over tokens with weights that can be taken out, and the layers made of it.

Vaswani and others, "Attention is all you need", NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.bounded import bounded
from pinakes.learn.fusion.base import FusionConfig, Parts, Towers


@dataclass(frozen=True, slots=True)
class TransformerConfig(FusionConfig):
    """How deep, and with how many heads."""

    layers: int = bounded(2, least=1)
    heads: int = bounded(4, least=1)

    def __post_init__(self) -> None:
        # slots=True makes the class anew, so that super() without arguments would not find it.
        FusionConfig.__post_init__(self)
        if self.dim % self.heads:
            raise BadInput(f"{self.dim} dimensions can not be shared by {self.heads} heads.", "Choose a divisor.")


class Look(nn.Module):
    """Tokens look at others, or at nothing: a learned key, so that a row without others has somewhere to look."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.asks, self.shows, self.out = nn.Linear(dim, dim), nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)
        self.nothing = nn.Parameter(torch.randn(dim) * 0.02)

    def forward(self, tokens: Tensor, others: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """What tokens (n, t, dim) see in others (n, s, dim), where real (n, s), and the weights (n, heads, t, s).

        What the weights of a token lack to one is how much it looked at nothing.
        """
        count = others.shape[0]
        others = torch.cat([self.nothing.expand(count, 1, -1), others], 1)
        real = torch.cat([real.new_ones(count, 1), real], 1)
        keys, values = map(self._split, self.shows(others).chunk(2, -1))
        logits = self._split(self.asks(tokens)) @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5
        weights = logits.masked_fill(~real[:, None, None], torch.finfo(logits.dtype).min).softmax(-1)
        seen: Tensor = self.out((weights @ values).transpose(1, 2).flatten(2))
        return seen, weights[..., 1:]

    def _split(self, values: Tensor) -> Tensor:
        count, length, width = values.shape
        return values.view(count, length, self.heads, width // self.heads).transpose(1, 2)


class Layer(nn.Module):
    """Tokens look at others, or at themselves, and each is thought over."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        dim = config.dim
        self.before, self.after = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.look = Look(dim, config.heads)
        self.think = nn.Sequential(
            nn.Linear(dim, 2 * dim), nn.GELU(), nn.Dropout(config.dropout), nn.Linear(2 * dim, dim)
        )

    def forward(self, tokens: Tensor, others: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens (n, t, dim), and where they looked (n, heads, t, s)."""
        seen, weights = self.look(self.before(tokens), self.before(others), real)
        tokens = tokens + seen
        return tokens + self.think(self.after(tokens)), weights


class Tokens(nn.Module):
    """The tokens of each modality in one width, each with a sign of its modality; zeros where a row lacks it."""

    def __init__(self, towers: Towers, dim: int) -> None:
        super().__init__()
        self.ways = nn.ModuleDict(
            {
                name: nn.Sequential(nn.LayerNorm(tower.token_dim), nn.Linear(tower.token_dim, dim))
                for name, tower in towers.items()
            }
        )
        self.kinds = nn.ParameterDict({name: nn.Parameter(torch.randn(dim) * 0.02) for name in towers})

    def forward(self, parts: Parts) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """By modality, tokens (n, t, dim), and which are real in rows that have it (n, t) bool."""
        tokens = {name: self.ways[name](part.tokens) + self.kinds[name] for name, part in parts.items()}
        real = {name: part.real & part.present[:, None] for name, part in parts.items()}
        return tokens, real


def streams(towers: Towers, config: TransformerConfig) -> nn.ModuleDict:
    """Layers for each modality, by its name and their level: text0, text1, image0, image1."""
    return nn.ModuleDict({f"{name}{level}": Layer(config) for name in towers for level in range(config.layers)})


def pooled(tokens: Mapping[str, Tensor], real: Mapping[str, Tensor]) -> Tensor:
    """The mean of each modality's real tokens (n, modalities, dim), zeros where there are none."""
    means = [(tokens[name] * real[name][..., None]).sum(1) / real[name].sum(1).clamp(min=1)[:, None] for name in tokens]
    return torch.stack(means, 1)
