"""BERT: a Transformer encoder over word pieces, from whose first token a vector is made.

Devlin, Chang, Lee and Toutanova: BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding,
NAACL 2019. The smaller ones are of Turc, Chang, Lee and Toutanova: Well-Read Students Learn Better, 2019.
"""

from __future__ import annotations

from functools import partial
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import Perceptron, SelfAttention, heads_of, normal
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.text import VOCABULARY, mean, real_ones
from pinakes.words.vocabulary import PADDING

Vector: TypeAlias = Literal["pooler", "first", "mean"]
_VECTORS = ("pooler", "first", "mean")
_INNER = 4
_HEAD_WIDTH = 64
_LONGEST = 512
_SENTENCES = 2
_EPSILON = 1e-12


class Block(nn.Module):
    """Attention and a perceptron, each added and normed after."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = SelfAttention(dim, heads, dropout)
        self.norm1 = nn.LayerNorm(dim, eps=_EPSILON)
        self.perceptron = Perceptron(dim, _INNER * dim, dropout)
        self.norm2 = nn.LayerNorm(dim, eps=_EPSILON)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, real: Tensor) -> Tensor:
        """Tokens (n, t, dim) to tokens of the same shape."""
        tokens = self.norm1(tokens + self.dropout(self.attention(tokens, real)))
        normed: Tensor = self.norm2(tokens + self.perceptron(tokens))
        return normed


class Bert(Tower):
    """Texts (n, t) as numbers of pieces, the first of them [CLS], to vectors (n, dim).

    The vector is the pooler's, a layer with a hyperbolic tangent over the first token, or that token itself, or the
    mean of all. A text is always the first of the two sentences that BERT tells apart.
    """

    def __init__(
        self,
        vocabulary: int,
        dim: int,
        depth: int,
        heads: int,
        *,
        longest: int = _LONGEST,
        vector: Vector = "pooler",
        dropout: float = 0.1,
        classes: int = 0,
    ) -> None:
        super().__init__(classes or dim, dim)
        if vector not in _VECTORS:
            raise BadInput(f"BERT has no vector {vector!r}.", f"Choose one of {', '.join(_VECTORS)}.")
        if depth < 1 or longest < 1 or vocabulary < 2:
            raise BadInput(
                f"A BERT of {depth} blocks over {longest} of {vocabulary} pieces can not be built.", "Give 1 or more."
            )
        self.vector, self.longest = vector, longest
        self.words = nn.Embedding(vocabulary, dim, padding_idx=PADDING)
        self.positions = nn.Embedding(longest, dim)
        self.sentences = nn.Embedding(_SENTENCES, dim)
        self.norm = nn.LayerNorm(dim, eps=_EPSILON)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(dim, heads, dropout) for _ in range(depth))
        self.pooler = nn.Linear(dim, dim) if vector == "pooler" else None
        self.head = nn.Linear(dim, classes) if classes else nn.Identity()
        self._start()

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        tokens, real = self.tokens(inputs)
        pooled = mean(tokens, real) if self.vector == "mean" else tokens[:, 0]
        if self.pooler is not None:
            pooled = self.pooler(pooled).tanh()
        vectors: Tensor = self.head(self.dropout(pooled))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The pieces after the last block (n, t, token_dim), and which are real."""
        real = real_ones(inputs)
        length = inputs.shape[1]
        if length > self.longest:
            raise BadInput(
                f"A text of {length} pieces is too long for this BERT; the limit is {self.longest}.",
                f"Cut texts to {self.longest} pieces.",
            )
        places = torch.arange(length, device=inputs.device)
        tokens = self.words(inputs) + self.positions(places) + self.sentences.weight[0]
        tokens = self.dropout(self.norm(tokens))
        for block in self.blocks:
            tokens = block(tokens, real)
        return tokens, real

    def _start(self) -> None:
        normal(self)
        for layer in (self.words, self.positions, self.sentences):
            nn.init.trunc_normal_(layer.weight, std=0.02)
        with torch.no_grad():
            self.words.weight[PADDING] = 0


def bert(
    width: float = 1.0,
    dim: int = 768,
    depth: int = 12,
    vocabulary: int = VOCABULARY,
    longest: int = _LONGEST,
    vector: Vector = "pooler",
    dropout: float = 0.1,
    classes: int = 0,
) -> Bert:
    """A BERT of any width and depth; its heads are 64 wide, as published."""
    dim = scaled(dim, width)
    heads = heads_of(dim, _HEAD_WIDTH)
    return Bert(vocabulary, dim, depth, heads, longest=longest, vector=vector, dropout=dropout, classes=classes)


_DEVLIN = (
    "Devlin, Chang, Lee and Toutanova: BERT: Pre-training of Deep Bidirectional Transformers for Language "
    "Understanding, NAACL 2019"
)
_TURC = "Turc, Chang, Lee and Toutanova: Well-Read Students Learn Better: On the Importance of Pre-training, 2019"
for _name, _dim, _depth, _parameters, _paper in (
    ("bert_tiny", 128, 2, 4_385_920, _TURC),
    ("bert_mini", 256, 4, 11_170_560, _TURC),
    ("bert_small", 512, 4, 28_763_648, _TURC),
    ("bert_medium", 512, 8, 41_373_184, _TURC),
    ("bert_base", 768, 12, 109_482_240, _DEVLIN),
    ("bert_large", 1024, 24, 335_141_888, _DEVLIN),
):
    file(
        Network(
            _name,
            "text",
            partial(bert, dim=_dim, depth=_depth),
            _paper,
            _parameters,
            0,
            f"A Transformer of {_depth} blocks, {_dim} wide, over word pieces.",
            counted_by="transformers",
        )
    )
