"""MobileNetV2: shortcuts between narrow maps, and the wide ones, each channel by itself, inside the blocks.

Sandler, Howard, Zhu, Zhmoginov and Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR 2018. As there, a
width below one leaves the last convolution as wide as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, file
from pinakes.learn.networks.convolutional import COLOURS, Convolutional, staged
from pinakes.learn.networks.layers import check_stages, convolution, depthwise, pooled, scaled
from pinakes.learn.networks.squeeze import squeezed

_STEM = 32
# Table 2 of the paper: expansion, channels and stride of each row; how often it is repeated is `depths`.
_ROWS = ((1, 16, 1), (6, 24, 2), (6, 32, 2), (6, 64, 2), (6, 96, 1), (6, 160, 2), (6, 320, 1))


class Inverted(nn.Module):
    """A narrow map is widened, filtered channel by channel and narrowed again, and added to where its shape is kept."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int, squeeze: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.branch = nn.Sequential(
            *([convolution(inputs, wide, 1, activation=nn.ReLU6)] if expansion > 1 else []),
            depthwise(wide, stride=stride, activation=nn.ReLU6),
            convolution(wide, outputs, 1, activation=None),
            *squeezed(outputs, squeeze),
        )
        self.added = stride == 1 and inputs == outputs

    def forward(self, maps: Tensor) -> Tensor:
        """From (n, inputs, height, width) to (n, outputs, height / stride, width / stride)."""
        narrow: Tensor = self.branch(maps)
        return maps + narrow if self.added else narrow


def mobilenet_v2(
    width: float = 1.0,
    depths: Sequence[int] = (1, 2, 3, 4, 3, 3, 1),
    last: int = 1280,
    classes: int = 0,
    dropout: float = 0.2,
    squeeze: int = 0,
    side: int = 224,
) -> Convolutional:
    """MobileNetV2 with so many blocks in each row of its table, and so many channels at its end."""
    check_stages("MobileNetV2", depths, len(_ROWS))
    stages, channels = staged(_layers(width, depths, scaled(last, max(1.0, width)), squeeze))
    return Convolutional(stages, channels, pooled(), channels[-1], classes=classes, dropout=dropout, side=side)


def _layers(width: float, depths: Sequence[int], last: int, squeeze: int) -> Iterator[tuple[nn.Module, int, int]]:
    inputs = scaled(_STEM, width)
    yield convolution(COLOURS, inputs, 3, 2, activation=nn.ReLU6), inputs, 2
    for (expansion, each, first), depth in zip(_ROWS, depths, strict=True):
        outputs = scaled(each, width)
        for n in range(depth):
            stride = 1 if n else first
            yield Inverted(inputs, outputs, expansion, stride, squeeze), outputs, stride
            inputs = outputs
    yield convolution(inputs, last, 1, activation=nn.ReLU6), last, 1


file(
    Network(
        name="mobilenet_v2",
        modality="image",
        build=mobilenet_v2,
        paper="Sandler, Howard, Zhu, Zhmoginov and Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, "
        "CVPR 2018",
        parameters=3_504_872,
        counted_by="torchvision",
        size=224,
        about="Shortcuts between narrow maps.",
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
    )
)
