"""MobileNetV3: the blocks of the second, as a search chose them for a telephone, with squeezing and softer activations.

Howard and others: Searching for MobileNetV3, ICCV 2019. Tables 1 and 2 are below, row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional, staged
from pinakes.learn.networks.layers import convolution, depthwise, pooled, scaled
from pinakes.learn.networks.squeeze import SqueezeExcitation, check_reduction


class Row(NamedTuple):
    """A row of the tables: kernel, channels inside and outside, squeezed or not, hard swish or ReLU, stride."""

    kernel: int
    wide: int
    outputs: int
    squeezed: bool
    swish: bool
    stride: int


_STEM = 16
_LARGE = (
    Row(3, 16, 16, False, False, 1),
    Row(3, 64, 24, False, False, 2),
    Row(3, 72, 24, False, False, 1),
    Row(5, 72, 40, True, False, 2),
    Row(5, 120, 40, True, False, 1),
    Row(5, 120, 40, True, False, 1),
    Row(3, 240, 80, False, True, 2),
    Row(3, 200, 80, False, True, 1),
    Row(3, 184, 80, False, True, 1),
    Row(3, 184, 80, False, True, 1),
    Row(3, 480, 112, True, True, 1),
    Row(3, 672, 112, True, True, 1),
    Row(5, 672, 160, True, True, 2),
    Row(5, 960, 160, True, True, 1),
    Row(5, 960, 160, True, True, 1),
)
_SMALL = (
    Row(3, 16, 16, True, False, 2),
    Row(3, 72, 24, False, False, 2),
    Row(3, 88, 24, False, False, 1),
    Row(5, 96, 40, True, True, 2),
    Row(5, 240, 40, True, True, 1),
    Row(5, 240, 40, True, True, 1),
    Row(5, 120, 48, True, True, 1),
    Row(5, 144, 48, True, True, 1),
    Row(5, 288, 96, True, True, 2),
    Row(5, 576, 96, True, True, 1),
    Row(5, 576, 96, True, True, 1),
)
_SIZES = {"large": (_LARGE, 960, 1280), "small": (_SMALL, 576, 1024)}
_norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)


class Searched(nn.Module):
    """An inverted block whose wide maps may be squeezed, and whose squeezing ends in a hard sigmoid."""

    def __init__(self, inputs: int, row: Row, width: float, reduction: int) -> None:
        super().__init__()
        wide, outputs = scaled(row.wide, width), scaled(row.outputs, width)
        activation = nn.Hardswish if row.swish else nn.ReLU
        layers: list[nn.Module] = []
        if wide != inputs:
            layers.append(convolution(inputs, wide, 1, activation=activation, norm=_norm))
        layers.append(depthwise(wide, row.kernel, row.stride, activation, _norm))
        if row.squeezed and reduction:
            inner = scaled(wide, 1 / reduction)
            layers.append(SqueezeExcitation(wide, inner, nn.Hardsigmoid))
        layers.append(convolution(wide, outputs, 1, activation=None, norm=_norm))
        self.branch = nn.Sequential(*layers)
        self.added = row.stride == 1 and inputs == outputs

    def forward(self, maps: Tensor) -> Tensor:
        """From (n, inputs, height, width) to (n, outputs, height / stride, width / stride)."""
        narrow: Tensor = self.branch(maps)
        return maps + narrow if self.added else narrow


def mobilenet_v3(
    width: float = 1.0,
    size: str = "large",
    classes: int = 0,
    dropout: float = 0.2,
    squeeze: int = 4,
    side: int = 224,
) -> Convolutional:
    """MobileNetV3, large or small; its own rows are squeezed, by four as published, or not at all."""
    if size not in _SIZES:
        raise BadInput(f"There is no MobileNetV3 of the size {size}.", "Give large or small.")
    check_reduction(squeeze)
    rows, last, features = _SIZES[size]
    stages, channels = staged(_layers(rows, scaled(last, width), width, squeeze))
    features = scaled(features, width)
    top = nn.Sequential(pooled(), nn.Linear(channels[-1], features), nn.Hardswish())
    return Convolutional(stages, channels, top, features, classes=classes, dropout=dropout, side=side)


def _layers(rows: tuple[Row, ...], last: int, width: float, squeeze: int) -> Iterator[tuple[nn.Module, int, int]]:
    inputs = scaled(_STEM, width)
    yield convolution(COLOURS, inputs, 3, 2, activation=nn.Hardswish, norm=_norm), inputs, 2
    for row in rows:
        outputs = scaled(row.outputs, width)
        yield Searched(inputs, row, width, squeeze), outputs, row.stride
        inputs = outputs
    yield convolution(inputs, last, 1, activation=nn.Hardswish, norm=_norm), last, 1


for _size, _parameters in (("large", 5_483_032), ("small", 2_542_856)):
    file(
        Network(
            name=f"mobilenet_v3_{_size}",
            modality="image",
            build=partial(mobilenet_v3, size=_size),
            paper="Howard and others: Searching for MobileNetV3, ICCV 2019",
            parameters=_parameters,
            counted_by="torchvision",
            size=224,
            about=f"The {_size} one of two networks that a search chose.",
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
