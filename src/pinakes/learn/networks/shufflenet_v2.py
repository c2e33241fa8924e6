"""ShuffleNetV2: half of the channels go by, half through a branch, then all are shuffled; made for speed, not size.

Ma, Zhang, Zheng and Sun: ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, ECCV 2018.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional
from pinakes.learn.networks.layers import check_stages, convolution, depthwise, pooled, scaled
from pinakes.learn.networks.shufflenet_v1 import Shuffle
from pinakes.learn.networks.squeeze import squeezed

_STEM = 24
# Table 5: the channels of the three stages and of the last convolution, by the size of the network.
_X05 = (48, 96, 192, 1024)
_X10 = (116, 232, 464, 1024)


class Halves(nn.Module):
    """One half of the channels as it is and one through a branch; where the side halves, all channels through both."""

    def __init__(self, inputs: int, outputs: int, stride: int, squeeze: int) -> None:
        super().__init__()
        half = outputs // 2
        self.beside = (
            nn.Sequential(depthwise(inputs, stride=2, activation=None), convolution(inputs, half, 1))
            if stride == 2
            else None
        )
        self.branch = nn.Sequential(
            convolution(half if self.beside is None else inputs, half, 1),
            depthwise(half, stride=stride, activation=None),
            convolution(half, half, 1),
            *squeezed(half, squeeze),
        )
        self.shuffle = Shuffle(2)

    def forward(self, maps: Tensor) -> Tensor:
        """From (n, inputs, height, width) to (n, outputs, height / stride, width / stride)."""
        if self.beside is None:
            kept, changed = maps.chunk(2, 1)
        else:
            kept, changed = self.beside(maps), maps
        shuffled: Tensor = self.shuffle(torch.cat([kept, self.branch(changed)], 1))
        return shuffled


def shufflenet_v2(
    width: float = 1.0,
    channels: Sequence[int] = _X10,
    depths: Sequence[int] = (4, 8, 4),
    classes: int = 0,
    dropout: float = 0.0,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """ShuffleNetV2 with so many units in each of its three stages; the channels are those of its size, x0.5 or x1.0."""
    check_stages("ShuffleNetV2", depths, 3)
    if len(channels) != len(depths) + 1 or any(each < 2 or each % 2 for each in channels):
        raise BadInput(
            f"The channels {tuple(channels)} do not fit ShuffleNetV2.",
            "Give four even numbers: of its three stages and of its last convolution.",
        )
    *each, last = (scaled(published, width) for published in channels)
    inputs = scaled(_STEM, width)
    stages: dict[str, nn.Module] = {"stem": nn.Sequential(convolution(COLOURS, inputs, 3, 2), nn.MaxPool2d(3, 2, 1))}
    made = [inputs]
    for n, (outputs, depth) in enumerate(zip(each, depths, strict=True), 1):
        units: list[nn.Module] = list(_units(inputs, outputs, depth, squeeze))
        if n == len(depths):
            units.append(convolution(outputs, last, 1))
        stages[f"stage{n}"] = nn.Sequential(*units)
        inputs = outputs
        made.append(outputs)
    made[-1] = last
    return Convolutional(stages, made, pooled(), last, classes=classes, dropout=dropout, side=side)


def _units(inputs: int, outputs: int, depth: int, squeeze: int) -> Iterator[Halves]:
    yield Halves(inputs, outputs, 2, squeeze)
    for _ in range(depth - 1):
        yield Halves(outputs, outputs, 1, squeeze)


for _size, _channels, _parameters in (("0.5", _X05, 1_366_792), ("1.0", _X10, 2_278_604)):
    file(
        Network(
            name=f"shufflenet_v2_x{_size}",
            modality="image",
            build=partial(shufflenet_v2, channels=_channels),
            paper="Ma, Zhang, Zheng and Sun: ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture "
            "Design, ECCV 2018",
            parameters=_parameters,
            counted_by="torchvision",
            size=224,
            about=f"Half of the channels go by, half through a branch; the size x{_size}.",
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
