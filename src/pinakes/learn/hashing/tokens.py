"""From the tokens of any tower to one width: what the hashing methods with transformers begin with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import HeadConfig


@dataclass(frozen=True, slots=True)
class TokenConfig(HeadConfig):
    """Settings of what reads tokens."""

    # A multiple of the heads.
    width: int = bounded(256, least=1)
    attention_heads: int = bounded(4, least=1)

    def __post_init__(self) -> None:
        HeadConfig.__post_init__(self)
        if self.width % self.attention_heads:
            raise BadInput(
                f"A width of {self.width} can not be shared by {self.attention_heads} heads of attention.",
                "Choose a width that is a multiple of the heads.",
            )


class Reader(nn.Module):
    """Tokens (n, t, token_dim) to as many vectors as wanted (n, wanted, width): learned questions ask the tokens.

    Where the tower gives but one token, attention has nothing to choose, and what is left is a perceptron.
    """

    def __init__(self, token_dim: int, wanted: int, config: TokenConfig) -> None:
        super().__init__()
        width = config.width
        self.enter = nn.Sequential(
            nn.LayerNorm(token_dim), nn.Linear(token_dim, width), nn.ReLU(), nn.Dropout(config.dropout)
        )
        self.questions = nn.Parameter(torch.randn(wanted, width) / width**0.5)
        self.keys, self.values, self.leave = (nn.Linear(width, width) for _ in range(3))
        self.after = nn.LayerNorm(width)
        self.count = config.attention_heads

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """One vector for each question; rows without any real token read the padding."""
        if tokens.shape[1] == 1:
            # All that is asked is told the same.
            same: Tensor = self.after(self.leave(self.values(self.enter(tokens))))
            return same.expand(-1, len(self.questions), -1)
        entered = self.enter(tokens)
        keys, values = (_split(layer(entered), self.count) for layer in (self.keys, self.values))
        asked = _split(self.questions[None], self.count)
        fits = asked @ keys.transpose(2, 3) / keys.shape[-1] ** 0.5
        hidden = ~mask & mask.any(1, keepdim=True)
        weights = fits.masked_fill(hidden[:, None, None], -torch.inf).softmax(3)
        read: Tensor = self.after(self.leave((weights @ values).transpose(1, 2).flatten(2)))
        return read


def _split(values: Tensor, count: int) -> Tensor:
    """Values (n, t, width) as (n, heads, t, width of a head)."""
    rows, places, width = values.shape
    return values.reshape(rows, places, count, width // count).transpose(1, 2)
