"""What the pages of the Transformers share: attention whose weights can be looked at, its heads, dropped branches.

Vaswani and others: Attention Is All You Need, NIPS 2017. Huang and others: Deep Networks with
Stochastic Depth, ECCV 2016.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput


class Attend(nn.Module):
    """Values weighed by how well their keys answer the queries: the one place where attention is computed.

    Queries (n, heads, t, d), keys and values (n, heads, s, d). The mask, which spreads to (n, heads, t, s), is true
    where a query may look, or is added to the scores. Every query must see some key: what it finds otherwise is not the
    same in torch and in an exported graph. Torch's fused function never holds the weights; whoever wants to see them
    watches this module and asks `weights` for the same queries and keys.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """What each query found (n, heads, t, d)."""
        dropped = self.dropout if self.training else 0.0
        return functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, dropout_p=dropped)

    @staticmethod
    def weights(queries: Tensor, keys: Tensor, mask: Tensor | None = None) -> Tensor:
        """How each query shares its attention out (n, heads, t, s); each row sums to one."""
        scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf) if mask.dtype == torch.bool else scores + mask
        return scores.softmax(-1)


def side_by_side(heads: Tensor) -> Tensor:
    """What all heads found (n, heads, t, d) as one vector for each token (n, t, heads * d)."""
    # Copied, though torch's fused attention leaves it in this order: not so where the exporter takes that apart.
    return heads.transpose(1, 2).clone(memory_format=torch.contiguous_format).flatten(2)


class SelfAttention(nn.Module):
    """Tokens (n, t, dim) that look at each other with several heads."""

    def __init__(self, dim: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.attend = Attend(dropout)
        self.out = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, real: Tensor | None = None) -> Tensor:
        """Tokens (n, t, dim); those that are not real (n, t) are looked at by none."""
        size, length, dim = tokens.shape
        # (3, n, heads, t, d)
        split = self.qkv(tokens).view(size, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        mask = None if real is None else real[:, None, None, :]
        found = self.attend(split[0], split[1], split[2], mask)
        out: Tensor = self.out(side_by_side(found))
        return out


class Perceptron(nn.Sequential):
    """Two layers that work on each token by itself."""

    def __init__(self, dim: int, inner: int, dropout: float = 0.0) -> None:
        super().__init__(
            nn.Linear(dim, inner), nn.GELU(), nn.Dropout(dropout), nn.Linear(inner, dim), nn.Dropout(dropout)
        )


class DropBranch(nn.Module):
    """In training, leaves a branch out for some rows, and makes it as much larger for the others."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise BadInput(f"Branches can not be dropped at a rate of {rate}.", "Give a rate from 0 to below 1.")
        self.rate = rate

    def forward(self, branch: Tensor) -> Tensor:
        """The branch (n, ...), with some rows at zero."""
        if not self.training or self.rate == 0:
            return branch
        kept = branch.new_empty((len(branch), *[1] * (branch.ndim - 1))).bernoulli_(1 - self.rate)
        return branch * kept / (1 - self.rate)


def heads_of(dim: int, each: int) -> int:
    """How many heads share a width out: as many as come nearest to the published width of each, and share it evenly."""
    wanted = max(1, round(dim / each))
    return next(heads for heads in range(wanted, 0, -1) if dim % heads == 0)


def normal(network: nn.Module) -> None:
    """Start all full layers with small weights, cut off at two deviations, and no bias."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            nn.init.trunc_normal_(layer.weight, std=0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
