"""Maps made larger by transposed convolution that begins as bilinear interpolation, and cut to each other's size."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Upsampling(nn.Module):
    """Maps (n, channels, height, width) made `factor` times as large on each side.

    It begins as bilinear interpolation, right up to the border: the border is repeated outwards before. Learned, each
    channel may take from all others; fixed, it stays what it is and holds no more than one kernel.
    """

    def __init__(self, channels: int, factor: int, *, learned: bool = True) -> None:
        super().__init__()
        kernel = 2 * factor - factor % 2
        # Of the border that was repeated outwards nothing is left.
        padding = (kernel - factor) // 2 + factor
        groups = 1 if learned else channels
        self.convolution = nn.ConvTranspose2d(channels, channels, kernel, factor, padding, groups=groups, bias=False)
        self.convolution.weight.requires_grad_(learned)
        with torch.no_grad():
            self.convolution.weight.zero_()
            for channel in range(channels):
                self.convolution.weight[channel, channel if learned else 0] = bilinear(factor)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, channels, factor * height, factor * width)."""
        larger: Tensor = self.convolution(functional.pad(maps, (1, 1, 1, 1), mode="replicate"))
        return larger


def bilinear(factor: int) -> Tensor:
    """The kernel whose transposed convolution interpolates between the centres of cells (kernel, kernel)."""
    kernel = 2 * factor - factor % 2
    centre = (kernel - 1) / 2
    slope = 1 - (torch.arange(kernel) - centre).abs() / factor
    return slope[:, None] * slope[None]


def fitted(maps: Tensor, height: int, width: int) -> Tensor:
    """Maps of that size: what is over at the right and lower edge is cut off, what lacks there repeats the border."""
    down, across = max(0, height - maps.shape[2]), max(0, width - maps.shape[3])
    if down or across:
        maps = functional.pad(maps, (0, across, 0, down), mode="replicate")
    return maps[:, :, :height, :width]
