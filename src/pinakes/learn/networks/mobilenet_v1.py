"""MobileNet: a convolution split in two, each channel by itself, then all cell by cell, at a ninth of its cost.

Howard and others: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, arXiv 2017.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from pinakes.learn.networks.base import Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional, staged
from pinakes.learn.networks.layers import check_stages, convolution, depthwise, pooled, scaled
from pinakes.learn.networks.squeeze import squeezed

_STEM = 32
_CHANNELS = (64, 128, 256, 512, 1024)


def separable(inputs: int, outputs: int, stride: int, squeeze: int) -> nn.Sequential:
    """A depthwise convolution of 3 by 3 and a pointwise one, each with its norm and ReLU."""
    return nn.Sequential(depthwise(inputs, stride=stride), convolution(inputs, outputs, 1), *squeezed(outputs, squeeze))


def full_cost(kernel: int, inputs: int, outputs: int, side: int) -> int:
    """Multiplications of a convolution over a map of a side (equation 2)."""
    return kernel**2 * inputs * outputs * side**2


def separable_cost(kernel: int, inputs: int, outputs: int, side: int) -> int:
    """Multiplications of the two that stand for it (equation 5): 1 / outputs + 1 / kernel² of the full ones."""
    return kernel**2 * inputs * side**2 + inputs * outputs * side**2


def mobilenet_v1(
    width: float = 1.0,
    depths: Sequence[int] = (1, 2, 2, 6, 2),
    classes: int = 0,
    dropout: float = 0.001,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """MobileNet with so many separable convolutions at each of its five sides."""
    check_stages("MobileNet", depths, len(_CHANNELS))
    stages, channels = staged(_layers(width, depths, squeeze))
    return Convolutional(stages, channels, pooled(), channels[-1], classes=classes, dropout=dropout, side=side)


def _layers(width: float, depths: Sequence[int], squeeze: int) -> Iterator[tuple[nn.Module, int, int]]:
    inputs = scaled(_STEM, width)
    yield convolution(COLOURS, inputs, 3, 2), inputs, 2
    for n, (each, depth) in enumerate(zip(_CHANNELS, depths, strict=True)):
        outputs = scaled(each, width)
        for m in range(depth):
            stride = 2 if n and not m else 1
            yield separable(inputs, outputs, stride, squeeze), outputs, stride
            inputs = outputs


file(
    Network(
        name="mobilenet_v1",
        modality="image",
        build=mobilenet_v1,
        paper="Howard and others: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, "
        "arXiv 2017",
        parameters=4_231_976,
        counted_by="the authors' checkpoint",
        size=224,
        about="Convolutions split in two: by channel, then by cell.",
    )
)
