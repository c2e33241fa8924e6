"""Attention within windows of a map, with a learned bias for every distance within a window.

Liu and others: Swin Transformer, ICCV 2021 (windows). Graham and others: LeViT, ICCV 2021 (biases by absolute
distance). Wu and others: TinyViT, ECCV 2022, uses both, and does not shift the windows.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.networks.attention import Attend, side_by_side


class WindowAttention(nn.Module):
    """Cells of a map (n, height, width, dim) that look at the cells of their own window.

    A map that the windows do not fit is filled up at its right and lower edge with cells that nobody looks at.
    """

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.attend = Attend()
        self.out = nn.Linear(dim, dim)
        # For each head and each distance down and across.
        self.biases = nn.Parameter(torch.zeros(heads, window**2))
        self.register_buffer("distances", distances(window), persistent=False)
        self.distances: Tensor

    def forward(self, cells: Tensor) -> Tensor:
        """Cells of the same shape."""
        size, height, width, _ = cells.shape
        cells = self.norm(cells)
        down, across = -height % self.window, -width % self.window
        filled = functional.pad(cells, (0, 0, 0, across, 0, down)) if down or across else cells
        windows = cut(filled, self.window)
        # Queries, keys and values of each head lie side by side: (n * windows, heads, cells, d) three times.
        split = self.qkv(windows).view(windows.shape[0], self.window**2, self.heads, -1).transpose(1, 2).chunk(3, -1)
        found = self.attend(*split, self._mask(size, height, width))
        out = self.out(side_by_side(found))
        return joined(out, self.window, height + down, width + across)[:, :height, :width]

    def _mask(self, size: int, height: int, width: int) -> Tensor:
        """What is added to the scores: (1, heads, cells, cells), or where cells were filled in, for each window."""
        bias = self.biases[:, self.distances][None]
        down, across = -height % self.window, -width % self.window
        if not (down or across):
            return bias
        real = functional.pad(bias.new_zeros(1, height, width, 1), (0, 0, 0, across, 0, down), value=-math.inf)
        # (windows, 1, 1, cells)
        unseen = cut(real, self.window)[:, None, :, 0][:, :, None]
        return (bias + unseen)[None].expand(size, -1, -1, -1, -1).flatten(0, 1)


def cut(cells: Tensor, window: int) -> Tensor:
    """From (n, height, width, dim) to windows (n * windows, window * window, dim), row by row."""
    size, height, width, dim = cells.shape
    blocks = cells.view(size, height // window, window, width // window, window, dim)
    return blocks.transpose(2, 3).reshape(-1, window**2, dim)


def joined(windows: Tensor, window: int, height: int, width: int) -> Tensor:
    """The windows back in their places (n, height, width, dim)."""
    down, across = height // window, width // window
    blocks = windows.view(-1, down, across, window, window, windows.shape[-1])
    return blocks.transpose(2, 3).reshape(-1, height, width, windows.shape[-1])


def distances(window: int) -> Tensor:
    """For each pair of cells of a window the number of their distance (cells, cells), down and across taken apart."""
    places = torch.cartesian_prod(torch.arange(window), torch.arange(window))
    apart = (places[:, None] - places[None]).abs()
    return apart[..., 0] * window + apart[..., 1]
