"""ShuffleNet: pointwise convolutions in groups, and a shuffle of the channels so that the groups hear of each other.

Zhang, Zhou, Lin and Sun: ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices, CVPR 2018.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional
from pinakes.learn.networks.layers import check_stages, convolution, depthwise, pooled, scaled
from pinakes.learn.networks.squeeze import squeezed

_STEM = 24
# Table 1: the channels of the first stage by the number of groups, chosen so that all cost the same; each next stage
# has twice as many.
_CHANNELS = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
_NARROWER = 4


class Shuffle(nn.Module):
    """Deals the channels of all groups out again, so that each group gets some of every other."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, maps: Tensor) -> Tensor:
        """Channel g * m + i of (n, groups * m, height, width) goes to place i * groups + g."""
        _, channels, height, width = maps.shape
        dealt = maps.reshape(-1, self.groups, channels // self.groups, height, width).transpose(1, 2)
        return dealt.reshape(-1, channels, height, width)


class Unit(nn.Module):
    """Pointwise in groups, shuffle, depthwise, pointwise; added to its input, or beside it where the side halves."""

    def __init__(self, inputs: int, outputs: int, stride: int, groups: int, squeeze: int, *, first: bool) -> None:
        super().__init__()
        narrow = outputs // _NARROWER
        made = outputs - inputs if stride == 2 else outputs
        self.branch = nn.Sequential(
            # Of the few channels of the stem no groups are made.
            convolution(inputs, narrow, 1, groups=1 if first else groups),
            Shuffle(groups),
            depthwise(narrow, stride=stride, activation=None),
            convolution(narrow, made, 1, groups=groups, activation=None),
            *squeezed(made, squeeze),
        )
        self.shortcut = nn.AvgPool2d(3, 2, 1) if stride == 2 else None
        self.relu = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """From (n, inputs, height, width) to (n, outputs, height / stride, width / stride)."""
        branch = self.branch(maps)
        joined = branch + maps if self.shortcut is None else torch.cat([self.shortcut(maps), branch], 1)
        result: Tensor = self.relu(joined)
        return result


def shufflenet_v1(
    width: float = 1.0,
    depths: Sequence[int] = (4, 8, 4),
    groups: int = 3,
    classes: int = 0,
    dropout: float = 0.0,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """ShuffleNet with so many units in each of its three stages, whose pointwise convolutions have so many groups."""
    check_stages("ShuffleNet", depths, 3)
    if groups not in _CHANNELS:
        raise BadInput(f"ShuffleNet was not published with {groups} groups.", "Give 1, 2, 3, 4 or 8.")
    # What is made in a narrow middle, or beside the input, must still divide into the groups.
    multiple = _NARROWER * groups
    inputs = scaled(_STEM, width, multiple)
    stages: dict[str, nn.Module] = {"stem": nn.Sequential(convolution(COLOURS, inputs, 3, 2), nn.MaxPool2d(3, 2, 1))}
    channels = [inputs]
    for n, depth in enumerate(depths):
        outputs = max(scaled(_CHANNELS[groups] * 2**n, width, multiple), inputs + multiple)
        stages[f"stage{n + 1}"] = nn.Sequential(*_units(inputs, outputs, depth, groups, squeeze, first=n == 0))
        inputs = outputs
        channels.append(outputs)
    return Convolutional(stages, channels, pooled(), inputs, classes=classes, dropout=dropout, side=side)


def _units(inputs: int, outputs: int, depth: int, groups: int, squeeze: int, *, first: bool) -> Iterator[Unit]:
    yield Unit(inputs, outputs, 2, groups, squeeze, first=first)
    for _ in range(depth - 1):
        yield Unit(outputs, outputs, 1, groups, squeeze, first=False)


file(
    Network(
        name="shufflenet_v1",
        modality="image",
        build=shufflenet_v1,
        paper="Zhang, Zhou, Lin and Sun: ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile "
        "Devices, CVPR 2018",
        parameters=1_865_728,
        counted_by="pytorchcv",
        size=224,
        about="Pointwise convolutions in three groups, and channels shuffled between them.",
    )
)
