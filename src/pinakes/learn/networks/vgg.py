"""VGG: nothing but 3 by 3 convolutions, in five blocks of which each is pooled to half its side, and two full layers.

Simonyan and Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015. With batch
normalisation (Ioffe and Szegedy, ICML 2015) it trains without the shallower network that the paper starts from; without
it the initialisation of He, made for this depth, does what the paper had that network for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from torch import nn

from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional
from pinakes.learn.networks.layers import check_stages, scaled
from pinakes.learn.networks.squeeze import OPEN, squeezed

_CHANNELS = (64, 128, 256, 512, 512)
_FULL = 4096
_GRID = 7
_SMALLEST = 32


def vgg(
    width: float = 1.0,
    depths: Sequence[int] = (2, 2, 3, 3, 3),
    norm: bool = False,
    classes: int = 0,
    dropout: float = 0.5,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """VGG with so many convolutions in each of its five blocks."""
    check_stages("VGG", depths, len(_CHANNELS))
    channels = [scaled(each, width) for each in _CHANNELS]
    stages, inputs = {}, COLOURS
    for n, (outputs, depth) in enumerate(zip(channels, depths, strict=True), 1):
        stages[f"stage{n}"] = nn.Sequential(*_block(inputs, outputs, depth, norm, squeeze), nn.MaxPool2d(2))
        inputs = outputs
    units, grid = scaled(_FULL, width), max(1, min(_GRID, side // 32))
    top = nn.Sequential(
        nn.AdaptiveAvgPool2d(grid),
        nn.Flatten(),
        *(nn.Linear(inputs * grid**2, units), nn.ReLU(), nn.Dropout(dropout)),
        *(nn.Linear(units, units), nn.ReLU()),
    )
    return Convolutional(stages, channels, top, units, classes=classes, dropout=dropout, side=side, smallest=_SMALLEST)


def _block(inputs: int, outputs: int, depth: int, norm: bool, squeeze: int) -> Iterator[nn.Module]:
    for n in range(depth):
        yield nn.Conv2d(outputs if n else inputs, outputs, 3, padding=1)
        if norm:
            yield nn.BatchNorm2d(outputs)
        yield nn.ReLU()
        yield from squeezed(outputs, squeeze, 0.0 if norm else OPEN)


_PAPER = "Simonyan and Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015"
for _name, _depths, _norm, _parameters in (
    ("vgg16", (2, 2, 3, 3, 3), False, 138_357_544),
    ("vgg16_bn", (2, 2, 3, 3, 3), True, 138_365_992),
    ("vgg19", (2, 2, 4, 4, 4), False, 143_667_240),
    ("vgg19_bn", (2, 2, 4, 4, 4), True, 143_678_248),
):
    file(
        Network(
            name=_name,
            modality="image",
            build=partial(vgg, depths=_depths, norm=_norm),
            paper=_PAPER,
            parameters=_parameters,
            counted_by="torchvision",
            size=224,
            about=f"{sum(_depths)} convolutions of 3 by 3" + (", with batch normalisation." if _norm else "."),
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
