"""AlexNet: five convolutions with kernels of falling size, three of them pooled, and two full layers.

Krizhevsky, Sutskever and Hinton: ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012: two
columns of channels that meet in some layers only, with local response normalisation. Krizhevsky: One weird trick for
parallelizing convolutional neural networks, arXiv 2014: one column, without it, which is called AlexNet today.

The papers draw weights with a deviation of 0.01, which fits their width alone; here they are drawn as He has it, whose
deviation follows from the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.squeeze import OPEN, squeezed

# The channels of the five convolutions, by the number of columns.
_CHANNELS = {1: (64, 192, 384, 256, 256), 2: (96, 256, 384, 384, 256)}
_FULL = 4096
_GRID = 6
_SMALLEST = 63


def alexnet(
    width: float = 1.0,
    columns: int = 1,
    classes: int = 0,
    dropout: float = 0.5,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """AlexNet with one column, or with the two of 2012."""
    if columns not in _CHANNELS:
        raise BadInput(f"AlexNet was published with one column and with two, not with {columns}.", "Give 1 or 2.")
    channels = [scaled(each, width) for each in _CHANNELS[columns]]
    units, grid = scaled(_FULL, width), min(_GRID, _last_side(side))
    top = nn.Sequential(
        nn.AdaptiveAvgPool2d(grid),
        nn.Flatten(),
        *(nn.Dropout(dropout), nn.Linear(channels[4] * grid**2, units), nn.ReLU()),
        *(nn.Dropout(dropout), nn.Linear(units, units), nn.ReLU()),
    )
    return Convolutional(
        _stages(channels, columns, squeeze),
        [channels[0], channels[1], channels[4]],
        top,
        units,
        classes=classes,
        side=side,
        smallest=_SMALLEST,
    )


def _stages(channels: Sequence[int], columns: int, squeeze: int) -> dict[str, nn.Module]:
    first, second, third, fourth, fifth = channels

    def layer(inputs: int, outputs: int, kernel: int, groups: int = 1) -> list[nn.Module]:
        stride, padding = (4, 2) if kernel == 11 else (1, kernel // 2)
        convolved = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups)
        return [convolved, nn.ReLU(), *squeezed(outputs, squeeze, OPEN)]

    def answered() -> list[nn.Module]:
        # The paper's alpha of 1e-4 weighs a sum over five channels, of which torch takes the mean.
        return [nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)] if columns == 2 else []

    return {
        "stage1": nn.Sequential(*layer(COLOURS, first, 11), *answered(), nn.MaxPool2d(3, 2)),
        "stage2": nn.Sequential(*layer(first, second, 5, columns), *answered(), nn.MaxPool2d(3, 2)),
        "stage3": nn.Sequential(
            *layer(second, third, 3),
            *layer(third, fourth, 3, columns),
            *layer(fourth, fifth, 3, columns),
            nn.MaxPool2d(3, 2),
        ),
    }


def _last_side(side: int) -> int:
    """The side of the last map."""
    side = (side - 7) // 4 + 1
    for _ in range(3):
        side = (side - 3) // 2 + 1
    return max(1, side)


file(
    Network(
        name="alexnet",
        modality="image",
        build=alexnet,
        paper="Krizhevsky: One weird trick for parallelizing convolutional neural networks, arXiv 2014",
        parameters=61_100_840,
        counted_by="torchvision",
        size=224,
        about="Five convolutions and two full layers, in one column.",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
    )
)
file(
    Network(
        name="alexnet_2012",
        modality="image",
        build=partial(alexnet, columns=2),
        paper="Krizhevsky, Sutskever and Hinton: ImageNet Classification with Deep Convolutional Neural Networks, "
        "NIPS 2012",
        parameters=60_965_224,
        counted_by="the layers of the paper",
        size=224,
        about="The first: in two columns, with local response normalisation.",
    )
)
