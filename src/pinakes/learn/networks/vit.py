"""ViT: a picture is cut into patches, and a Transformer reads them as words.

Dosovitskiy, Beyer, Kolesnikov, Weissenborn, Zhai and others: An Image is Worth 16x16 Words: Transformers for Image
Recognition at Scale, ICLR 2021. ViT-S is of Touvron and others: Training data-efficient image transformers, ICML 2021.
"""

from __future__ import annotations

from functools import partial
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import DropBranch, Perceptron, SelfAttention, heads_of, normal
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.convolutional import COLOURS
from pinakes.learn.networks.layers import scaled

Pooling: TypeAlias = Literal["class", "mean"]

_HEAD_WIDTH = 64
_INNER = 4
_QUARTERS = 4


class Block(nn.Module):
    """Attention and a perceptron, each normed before and added after."""

    def __init__(self, dim: int, heads: int, dropout: float, dropped: float, epsilon: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=epsilon)
        self.attention = SelfAttention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, eps=epsilon)
        self.perceptron = Perceptron(dim, _INNER * dim, dropout)
        self.drop = DropBranch(dropped)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (n, t, dim) to tokens of the same shape."""
        tokens = tokens + self.drop(self.attention(self.norm1(tokens)))
        out: Tensor = tokens + self.drop(self.perceptron(self.norm2(tokens)))
        return out


class VisionTransformer(Tower):
    """Pictures (n, 3, height, width) to vectors (n, dim); patches are the tokens.

    Positions are learned on the grid of `side` pixels; for a picture of another size they are interpolated. Without
    classes the vector is the class token's, or the mean of the patches; with them it is the scores of the last layer.
    """

    def __init__(
        self,
        dim: int,
        depth: int,
        heads: int,
        patch: int,
        *,
        side: int = 224,
        classes: int = 0,
        pooling: Pooling = "class",
        dropout: float = 0.0,
        dropped: float = 0.0,
        epsilon: float = 1e-6,
    ) -> None:
        super().__init__(classes or dim, dim)
        if pooling not in ("class", "mean"):
            raise BadInput(f"ViT can not pool by {pooling!r}.", "Choose class or mean.")
        if depth < 1 or patch < 1:
            raise BadInput(f"A ViT of {depth} blocks on patches of {patch} pixels can not be built.", "Give 1 or more.")
        self.patch, self.grid, self.pooling = patch, side // patch, pooling
        self._check(side, side)
        self.patches = nn.Conv2d(COLOURS, dim, patch, patch)
        self.first = nn.Parameter(torch.zeros(1, int(pooling == "class"), dim))
        self.positions = nn.Parameter(torch.zeros(1, self.first.shape[1] + self.grid**2, dim))
        rates = [dropped * number / max(1, depth - 1) for number in range(depth)]
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(dim, heads, dropout, rate, epsilon) for rate in rates)
        self.norm = nn.LayerNorm(dim, eps=epsilon)
        self.head = nn.Linear(dim, classes) if classes else nn.Identity()
        self._start()

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        return self._pooled(self._read(inputs)[-1])

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The patches, row by row (n, patches, token_dim); all of them are real."""
        patches = self._read(inputs)[-1][:, self.first.shape[1] :]
        return patches, torch.ones(patches.shape[:2], dtype=torch.bool, device=patches.device)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """The patches in their places after each quarter of the blocks (n, dim, height, width), all of one size."""
        return self._placed(inputs, self._read(inputs))

    def with_maps(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Both of the same blocks."""
        read = self._read(inputs)
        return self._pooled(read[-1]), self._placed(inputs, read)

    def _pooled(self, tokens: Tensor) -> Tensor:
        vectors: Tensor = self.head(tokens[:, 0] if self.pooling == "class" else tokens.mean(1))
        return vectors

    def _placed(self, inputs: Tensor, read: list[Tensor]) -> dict[str, Tensor]:
        height, width = inputs.shape[-2] // self.patch, inputs.shape[-1] // self.patch
        depth = len(self.blocks)
        ends = sorted({max(1, depth * quarter // _QUARTERS) for quarter in range(1, _QUARTERS + 1)})
        return {
            f"stage{number}": read[end - 1][:, self.first.shape[1] :]
            .transpose(1, 2)
            .reshape(inputs.shape[0], -1, height, width)
            for number, end in enumerate(ends, start=1)
        }

    def _read(self, inputs: Tensor) -> list[Tensor]:
        """The tokens after each block, the class token first where there is one; those of the last are normed."""
        if inputs.ndim != 4 or inputs.shape[1] != COLOURS:
            raise BadInput(
                f"A network for pictures was given numbers of shape {tuple(inputs.shape)}.",
                "It takes (pictures, 3 colours, height, width).",
            )
        self._check(*inputs.shape[2:])
        # (n, dim, height, width)
        patches = self.patches(inputs)
        tokens = torch.cat([self.first.expand(inputs.shape[0], -1, -1), patches.flatten(2).transpose(1, 2)], 1)
        tokens = self.dropout(tokens + self._places(*patches.shape[2:]))
        read = []
        for block in self.blocks:
            tokens = block(tokens)
            read.append(tokens)
        read[-1] = self.norm(read[-1])
        return read

    def _places(self, height: int, width: int) -> Tensor:
        """The learned positions (1, tokens, dim) on a grid of that size."""
        if (height, width) == (self.grid, self.grid):
            return self.positions
        first = self.first.shape[1]
        learned = self.positions[:, first:].transpose(1, 2).reshape(1, -1, self.grid, self.grid)
        stretched = functional.interpolate(learned, (height, width), mode="bicubic", align_corners=False)
        return torch.cat([self.positions[:, :first], stretched.flatten(2).transpose(1, 2)], 1)

    def _check(self, height: int, width: int) -> None:
        if height % self.patch or width % self.patch or min(height, width) < self.patch:
            raise BadInput(
                f"A picture of {height} by {width} pixels can not be cut into patches of {self.patch}.",
                f"Give it sides that are multiples of {self.patch}, as {max(1, height // self.patch) * self.patch} is.",
            )

    def _start(self) -> None:
        normal(self)
        nn.init.trunc_normal_(self.positions, std=0.02)
        nn.init.normal_(self.first, std=1e-6)
        # As a full layer over the pixels of a patch.
        nn.init.trunc_normal_(self.patches.weight, std=(COLOURS * self.patch**2) ** -0.5)
        if self.patches.bias is not None:
            nn.init.zeros_(self.patches.bias)


def vit(
    width: float = 1.0,
    dim: int = 768,
    depth: int = 12,
    patch: int = 16,
    side: int = 224,
    classes: int = 0,
    pooling: Pooling = "class",
    dropout: float = 0.0,
    dropped: float = 0.0,
    epsilon: float = 1e-6,
) -> VisionTransformer:
    """A ViT of any width and depth; its heads are about 64 wide, as published."""
    dim = scaled(dim, width)
    return VisionTransformer(
        dim,
        depth,
        heads_of(dim, _HEAD_WIDTH),
        patch,
        side=side,
        classes=classes,
        pooling=pooling,
        dropout=dropout,
        dropped=dropped,
        epsilon=epsilon,
    )


_PAPER = (
    "Dosovitskiy, Beyer, Kolesnikov, Weissenborn, Zhai, Unterthiner, Dehghani, Minderer, Heigold, Gelly, Uszkoreit and "
    "Houlsby: An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale, ICLR 2021"
)

for _name, _dim, _patch, _parameters in (
    ("vit_s16", 384, 16, 22_050_664),
    ("vit_b16", 768, 16, 86_567_656),
    ("vit_b32", 768, 32, 88_224_232),
):
    file(
        Network(
            _name,
            "image",
            partial(vit, dim=_dim, patch=_patch),
            _PAPER,
            _parameters,
            224,
            f"A Transformer of 12 blocks, {_dim} wide, over patches of {_patch} pixels.",
            counted_by="timm",
        )
    )
