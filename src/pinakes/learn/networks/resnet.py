"""ResNet: each block adds to what it was given, so that a hundred layers still learn.

He, Zhang, Ren and Sun: Deep Residual Learning for Image Recognition, CVPR 2016. In the 50-layer network the 3 by 3
convolution of a block carries its stride, as in all weights published since. With squeeze-and-excitation: Hu, Shen and
Sun, CVPR 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional
from pinakes.learn.networks.layers import check_stages, convolution, pooled, scaled
from pinakes.learn.networks.squeeze import squeezed

_CHANNELS = (64, 128, 256, 512)
_WIDER = 4


class Residual(nn.Module):
    """A branch, a shortcut beside it (a convolution of 1 by 1 where the shape changes), their sum, ReLU."""

    def __init__(self, branch: nn.Sequential, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.branch = branch
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, 1, stride, activation=None)
        self.relu = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """From (n, inputs, height, width) to (n, outputs, height / stride, width / stride)."""
        added: Tensor = self.relu(self.branch(maps) + self.shortcut(maps))
        return added


def plain(inputs: int, channels: int, stride: int, squeeze: int) -> Residual:
    """The block of the 18- and the 34-layer network: two convolutions of 3 by 3."""
    branch = nn.Sequential(
        convolution(inputs, channels, 3, stride),
        convolution(channels, channels, 3, activation=None),
        *squeezed(channels, squeeze),
    )
    return Residual(branch, inputs, channels, stride)


def bottleneck(inputs: int, channels: int, stride: int, squeeze: int) -> Residual:
    """The block of the 50-layer network: through few channels, and out to four times as many."""
    outputs = _WIDER * channels
    branch = nn.Sequential(
        convolution(inputs, channels, 1),
        convolution(channels, channels, 3, stride),
        convolution(channels, outputs, 1, activation=None),
        *squeezed(outputs, squeeze),
    )
    return Residual(branch, inputs, outputs, stride)


def resnet(
    width: float = 1.0,
    depths: Sequence[int] = (2, 2, 2, 2),
    narrow: bool = False,
    classes: int = 0,
    dropout: float = 0.0,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """ResNet with so many blocks in each of its four stages, plain ones or with a narrow middle."""
    check_stages("ResNet", depths, len(_CHANNELS))
    block, wider = (bottleneck, _WIDER) if narrow else (plain, 1)
    inputs = scaled(_CHANNELS[0], width)
    stem = nn.Sequential(convolution(COLOURS, inputs, 7, 2), nn.MaxPool2d(3, 2, 1))
    stages: dict[str, nn.Module] = {"stem": stem}
    channels = [inputs]
    for n, (each, depth) in enumerate(zip(_CHANNELS, depths, strict=True), 1):
        middle, blocks = scaled(each, width), []
        for m in range(depth):
            blocks.append(block(inputs, middle, 2 if n > 1 and m == 0 else 1, squeeze))
            inputs = middle * wider
        stages[f"stage{n}"] = nn.Sequential(*blocks)
        channels.append(inputs)
    return Convolutional(stages, channels, pooled(), inputs, classes=classes, dropout=dropout, side=side)


_RESNET = "He, Zhang, Ren and Sun: Deep Residual Learning for Image Recognition, CVPR 2016"
_SENET = "Hu, Shen and Sun: Squeeze-and-Excitation Networks, CVPR 2018"
for _name, _depths, _narrow, _squeeze, _parameters in (
    ("resnet18", (2, 2, 2, 2), False, 0, 11_689_512),
    ("resnet34", (3, 4, 6, 3), False, 0, 21_797_672),
    ("resnet50", (3, 4, 6, 3), True, 0, 25_557_032),
    ("se_resnet18", (2, 2, 2, 2), False, 16, 11_778_592),
    ("se_resnet50", (3, 4, 6, 3), True, 16, 28_088_024),
):
    _kind = "each through a narrow middle" if _narrow else "each of two convolutions"
    file(
        Network(
            name=_name,
            modality="image",
            build=partial(resnet, depths=_depths, narrow=_narrow, squeeze=_squeeze),
            paper=_SENET if _squeeze else _RESNET,
            parameters=_parameters,
            counted_by="timm" if _squeeze else "torchvision",
            size=224,
            about=f"Residual blocks, {_kind}" + (", with squeeze-and-excitation." if _squeeze else "."),
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
