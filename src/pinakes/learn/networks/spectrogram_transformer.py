"""AST: a Transformer reads the spectrogram of a sound as patches that overlap.

Gong, Chung and Glass: AST: Audio Spectrogram Transformer, Interspeech 2021. There, positions are learned for ten
seconds; here they are learned along the bands and are waves along time, so that a sound may be of any length.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import heads_of, normal
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.hearing import COEFFICIENTS, Heard
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.transformer import Encoder, waves

_BANDS = 128
_HEAD_WIDTH = 64
_PATCH, _STRIDE = 16, 10


class SpectrogramTransformer(Tower):
    """Sounds (n, samples) at 16 kHz to vectors (n, dim), the class token's; patches are the tokens."""

    def __init__(
        self,
        dim: int,
        depth: int,
        heads: int,
        *,
        bands: int = _BANDS,
        patch: int = _PATCH,
        stride: int = _STRIDE,
        dropout: float = 0.0,
        classes: int = 0,
    ) -> None:
        super().__init__(classes or dim, dim)
        if not 1 <= stride <= patch <= bands:
            raise BadInput(
                f"{bands} bands can not be cut into patches of {patch} every {stride}.",
                "Give a stride of at most the patch, and a patch of at most the bands.",
            )
        self.heard = Heard("mel", bands, COEFFICIENTS, frames=patch)
        self.patches = nn.Conv2d(1, dim, patch, stride)
        self.first = nn.Parameter(torch.zeros(1, 1, dim))
        self.rows = nn.Parameter(torch.zeros(1, dim, 1, (bands - patch) // stride + 1))
        self.dropout = nn.Dropout(dropout)
        self.encoder = Encoder(dim, depth, heads, dropout)
        self.head = nn.Linear(dim, classes) if classes else nn.Identity()
        normal(self)
        for value in (self.first, self.rows):
            nn.init.trunc_normal_(value, std=0.02)
        # What is heard begins as loud as the waves that tell its time.
        nn.init.trunc_normal_(self.patches.weight, std=1 / patch)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        vectors: Tensor = self.head(self._read(inputs)[:, 0])
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The patches, one time after the other (n, patches, token_dim); all of them are real."""
        patches = self._read(inputs)[:, 1:]
        return patches, torch.ones(patches.shape[:2], dtype=torch.bool, device=patches.device)

    def _read(self, inputs: Tensor) -> Tensor:
        """The tokens after the last block, the class token first."""
        # (n, dim, times, rows of bands)
        patches = self.patches(self.heard(inputs)) + self.rows
        times = waves(patches.shape[2], self.token_dim, patches).T[None, :, :, None]
        tokens = (patches + times).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.first.expand(tokens.shape[0], -1, -1), tokens], 1)
        read: Tensor = self.encoder(self.dropout(tokens))
        return read


def spectrogram_transformer(
    width: float = 1.0,
    dim: int = 768,
    depth: int = 12,
    bands: int = _BANDS,
    patch: int = _PATCH,
    stride: int = _STRIDE,
    dropout: float = 0.0,
    classes: int = 0,
) -> SpectrogramTransformer:
    """An AST of any width and depth; its heads are about 64 wide, as published."""
    dim = scaled(dim, width)
    return SpectrogramTransformer(
        dim,
        depth,
        heads_of(dim, _HEAD_WIDTH),
        bands=bands,
        patch=patch,
        stride=stride,
        dropout=dropout,
        classes=classes,
    )


for _name, _dim, _depth in (("ast_tiny", 192, 12), ("ast_base", 768, 12)):
    file(
        Network(
            _name,
            "audio",
            partial(spectrogram_transformer, dim=_dim, depth=_depth),
            "Gong, Chung and Glass: AST: Audio Spectrogram Transformer, Interspeech 2021",
            None,
            0,
            f"A Transformer of {_depth} blocks, {_dim} wide, over patches of the spectrogram.",
        )
    )
