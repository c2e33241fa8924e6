"""Squeeze-and-excitation: a network tells itself which of its channels matter in this picture.

Hu, Shen and Sun: Squeeze-and-Excitation Networks, CVPR 2018. Every convolutional network of this room takes the setting
`squeeze`, the reduction within the block (16 as published; 0 for none). As the paper has it (section 3.3), the block
stands at the end of a branch before it is added, and in networks without shortcuts after the activation of each
convolution that mixes channels. MobileNetV3 has blocks of its own, where its search put them.
"""

from __future__ import annotations

from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.layers import Make

# Fewer units than this between squeezing and exciting could all be dead at once in a narrow network.
_FEWEST = 4
# A start for networks without norms: as published each gate is half open, and a dozen of them leave no signal to learn
# from where nothing scales it up again. So they start at 0.95.
OPEN = 3.0


class SqueezeExcitation(nn.Module):
    """Weighs each channel by a gate from 0 to 1 that is computed of the means of all channels."""

    def __init__(self, channels: int, inner: int, gate: Make = nn.Sigmoid, start: float = 0.0) -> None:
        super().__init__()
        # The bias of the gates before anything is learned.
        self.start = start
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, inner, 1)
        self.relu = nn.ReLU()
        self.expand = nn.Conv2d(inner, channels, 1)
        self.gate = gate()

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, channels, height, width), each channel times its gate (n, channels, 1, 1)."""
        gates: Tensor = self.gate(self.expand(self.relu(self.reduce(self.squeeze(maps)))))
        return maps * gates


def check_reduction(reduction: int) -> None:
    """Refuse to squeeze by less than nothing."""
    if reduction < 0:
        raise BadInput(
            f"Channels can not be squeezed by {reduction}.",
            "Give 0 for no squeezing, or the published reduction: 16, in MobileNetV3 4.",
        )


def squeezed(channels: int, reduction: int, start: float = 0.0) -> list[nn.Module]:
    """The block for maps of so many channels, or nothing where the reduction is 0."""
    check_reduction(reduction)
    return [SqueezeExcitation(channels, max(_FEWEST, channels // reduction), start=start)] if reduction else []
