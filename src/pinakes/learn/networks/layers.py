"""What the pages of the convolutional networks share: scaled widths, convolution with its norm, He's initialisation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from torch import nn

from pinakes.errors import BadInput

Make: TypeAlias = Callable[[], nn.Module]
Norm: TypeAlias = Callable[[int], nn.Module]


def scaled(channels: int, width: float, multiple: int = 8) -> int:
    """A published number of channels at a width: a multiple of eight that is not more than a tenth too small.

    The rule is that of the MobileNets (Sandler and others, CVPR 2018). At full width nothing is rounded.
    """
    if not (math.isfinite(width) and width > 0):
        raise BadInput(f"A network can not have the width {width}.", "Give a number above 0; 1 is the published width.")
    if width == 1:
        return channels
    wanted = channels * width
    rounded = max(multiple, int(wanted + multiple / 2) // multiple * multiple)
    return rounded if rounded >= 0.9 * wanted else rounded + multiple


def check_stages(name: str, depths: Sequence[int], stages: int) -> None:
    """Refuse depths that do not fit a network's stages."""
    if len(depths) != stages or min(depths) < 1:
        raise BadInput(
            f"The depths {tuple(depths)} do not fit {name}, which has {stages} stages.",
            f"Give {stages} whole numbers of at least 1.",
        )


def convolution(
    inputs: int,
    outputs: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    activation: Make | None = nn.ReLU,
    norm: Norm = nn.BatchNorm2d,
) -> nn.Sequential:
    """A convolution that keeps the side at stride 1, its norm and, unless there is none, its activation."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        norm(outputs),
    ]
    return nn.Sequential(*layers, *([] if activation is None else [activation()]))


def depthwise(
    channels: int,
    kernel: int = 3,
    stride: int = 1,
    activation: Make | None = nn.ReLU,
    norm: Norm = nn.BatchNorm2d,
) -> nn.Sequential:
    """A convolution of each channel by itself, with its norm."""
    return convolution(channels, channels, kernel, stride, channels, activation, norm)


def pooled() -> nn.Sequential:
    """The mean of a map: from (n, channels, height, width) to (n, channels)."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())


def he(network: nn.Module) -> None:
    """Start the weights of a network as He and others (ICCV 2015) do: gradients keep their size on the way back.

    Their variance is two by the number of outputs that an input of a layer reaches within its group; a bias starts at
    zero, the scale of a norm at one.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            reached = layer.out_channels // layer.groups * math.prod(layer.kernel_size)
            nn.init.normal_(layer.weight, 0.0, math.sqrt(2 / reached))
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, 0.0, math.sqrt(2 / layer.in_features))
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.ones_(layer.weight)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
