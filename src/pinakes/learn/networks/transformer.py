"""A Transformer encoder over words, with positions as waves, so that a text may be of any length.

Vaswani and others: Attention Is All You Need, NIPS 2017; the norms stand before each part, as in Xiong and others: On
Layer Normalization in the Transformer Architecture, ICML 2020, which learns without a warm-up.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import Perceptron, SelfAttention, heads_of, normal
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.text import VOCABULARY, Embed, Pool, Pooling, real_ones
from pinakes.types import Floats

_INNER = 4
_HEAD_WIDTH = 64
_LONGEST_WAVE = 10_000


class Encoder(nn.Module):
    """Blocks of attention and a perceptron over tokens (n, t, dim), with a norm behind the last."""

    def __init__(self, dim: int, depth: int, heads: int, dropout: float) -> None:
        super().__init__()
        if depth < 1:
            raise BadInput(f"A Transformer of {depth} blocks can not be built.", "Give 1 or more.")
        self.blocks = nn.ModuleList(Block(dim, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)

    def forward(self, tokens: Tensor, real: Tensor | None = None) -> Tensor:
        """Tokens of the same shape; those that are not real (n, t) are looked at by none."""
        for block in self.blocks:
            tokens = block(tokens, real)
        normed: Tensor = self.norm(tokens)
        return normed


class Block(nn.Module):
    """Attention and a perceptron, each normed before and added after."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = SelfAttention(dim, heads, dropout)
        self.norm2 = nn.LayerNorm(dim)
        self.perceptron = Perceptron(dim, _INNER * dim, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, real: Tensor | None) -> Tensor:
        """Tokens (n, t, dim) to tokens of the same shape."""
        tokens = tokens + self.dropout(self.attention(self.norm1(tokens), real))
        added: Tensor = tokens + self.perceptron(self.norm2(tokens))
        return added


def waves(count: int, dim: int, like: Tensor) -> Tensor:
    """Positions as sines and cosines of wave lengths from 2 pi to 10,000 times that (count, dim)."""
    places = torch.arange(count, device=like.device, dtype=torch.float32)[:, None]
    speeds = torch.exp(torch.arange(0, dim, 2, device=like.device) * (-math.log(_LONGEST_WAVE) / dim))
    angles = places * speeds
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)[:, :dim].to(like.dtype)


class TextTransformer(Tower):
    """Texts (n, t) as numbers of words to vectors (n, dim); the words after the last block are the tokens."""

    def __init__(
        self,
        words: Embed,
        dim: int,
        depth: int,
        heads: int,
        *,
        pooling: Pooling = "mean",
        dropout: float = 0.0,
        classes: int = 0,
    ) -> None:
        super().__init__(classes or dim, dim)
        inner = words.embedding_dim
        self.words = words
        self.widen = nn.Identity() if inner == dim else nn.Linear(inner, dim)
        self.dropout = nn.Dropout(dropout)
        self.encoder = Encoder(dim, depth, heads, dropout)
        self.pool = Pool(pooling, dim)
        self.head = nn.Linear(dim, classes) if classes else nn.Identity()
        normal(self)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        vectors: Tensor = self.head(self.pool(*self.tokens(inputs)))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The words (n, t, token_dim), and which are real."""
        real = real_ones(inputs)
        words = self.widen(self.words(inputs))
        words = self.dropout(words + waves(inputs.shape[1], self.token_dim, words))
        return self.encoder(words, real), real


def transformer(
    width: float = 1.0,
    dim: int = 256,
    depth: int = 4,
    pooling: Pooling = "mean",
    vocabulary: int = VOCABULARY,
    vectors: Floats | None = None,
    frozen: bool = False,
    dropout: float = 0.1,
    classes: int = 0,
) -> TextTransformer:
    """A Transformer encoder of any width and depth; given vectors of words are brought to its width by a layer."""
    dim = scaled(dim, width)
    words = Embed.begun(vocabulary, dim, vectors, frozen=frozen)
    heads = heads_of(dim, _HEAD_WIDTH)
    return TextTransformer(words, dim, depth, heads, pooling=pooling, dropout=dropout, classes=classes)


file(
    Network(
        "transformer",
        "text",
        transformer,
        "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser and Polosukhin: Attention Is All You Need, NIPS "
        "2017",
        None,
        0,
        "a Transformer encoder over words, with positions as waves",
    )
)
