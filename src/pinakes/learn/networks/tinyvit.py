"""TinyViT: convolutions where maps are large, attention within windows where they are small.

Wu, Zhang, Peng, Liu, Xiao, Fu and Yuan: TinyViT: Fast Pretraining Distillation for Small Vision Transformers, ECCV
2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.attention import DropBranch, Perceptron, heads_of, normal
from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, Network, Tower, file
from pinakes.learn.networks.convolutional import COLOURS
from pinakes.learn.networks.layers import check_stages, convolution, depthwise, scaled
from pinakes.learn.networks.windows import WindowAttention

_DEPTHS = (2, 2, 6, 2)
_HEAD_WIDTH = 32
_INNER = 4
_STRIDE = 32
# Of the windows of each stage, in those of the last.
_WINDOWS = (1, 1, 2, 1)


class Inverted(nn.Module):
    """MBConv: a narrow map is widened, convolved by channel, and narrowed again."""

    def __init__(self, channels: int, dropped: float) -> None:
        super().__init__()
        inner = _INNER * channels
        self.widen = convolution(channels, inner, 1, activation=nn.GELU)
        self.convolve = depthwise(inner, activation=nn.GELU)
        self.narrow = convolution(inner, channels, 1, activation=None)
        self.drop = DropBranch(dropped)
        self.activation = nn.GELU()
        # The block is nothing but its shortcut at first.
        nn.init.zeros_(next(self.narrow[1].parameters()))

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, channels, height, width) of the same shape."""
        out: Tensor = self.activation(maps + self.drop(self.narrow(self.convolve(self.widen(maps)))))
        return out


class WindowBlock(nn.Module):
    """Attention within windows, a convolution that lets neighbouring windows meet, and a perceptron."""

    def __init__(self, channels: int, window: int, dropped: float) -> None:
        super().__init__()
        self.attention = WindowAttention(channels, heads_of(channels, _HEAD_WIDTH), window)
        self.local = depthwise(channels, activation=None)
        self.norm = nn.LayerNorm(channels)
        self.perceptron = Perceptron(channels, _INNER * channels)
        self.drop = DropBranch(dropped)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, channels, height, width) of the same shape."""
        cells = maps.permute(0, 2, 3, 1)
        cells = cells + self.drop(self.attention(cells))
        cells = self.local(cells.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        out: Tensor = cells + self.drop(self.perceptron(self.norm(cells)))
        return out.permute(0, 3, 1, 2)


class TinyViT(Tower):
    """Pictures (n, 3, height, width) through four stages, of a 4th to a 32nd of their side, to vectors (n, dim).

    The windows are those of the published networks at their sides of 224, 384 and 512 pixels: at any multiple of 32
    the maps are whole windows.
    """

    def __init__(
        self,
        channels: Sequence[int],
        depths: Sequence[int] = _DEPTHS,
        *,
        side: int = 224,
        classes: int = 0,
        dropped: float = 0.0,
        window: int = 0,
    ) -> None:
        super().__init__(classes or channels[-1], channels[-1])
        for given in (channels, depths):
            check_stages("TinyViT", given, len(_DEPTHS))
        window = window or max(1, -(-side // _STRIDE))
        rates = iter([dropped * number / (sum(depths) - 1) for number in range(sum(depths))])
        stem = channels[0]
        stages: dict[str, nn.Module] = {
            "stage1": nn.Sequential(
                convolution(COLOURS, stem // 2, 3, 2, activation=nn.GELU),
                convolution(stem // 2, stem, 3, 2, activation=None),
                *(Inverted(stem, next(rates)) for _ in range(depths[0])),
            )
        }
        for number in range(1, len(_DEPTHS)):
            blocks = (
                WindowBlock(channels[number], window * _WINDOWS[number], next(rates)) for _ in range(depths[number])
            )
            stages[f"stage{number + 1}"] = nn.Sequential(merge(channels[number - 1], channels[number]), *blocks)
        self.stages = nn.ModuleDict(stages)
        self.top = nn.LayerNorm(channels[-1])
        self.head = nn.Linear(channels[-1], classes) if classes else nn.Identity()
        normal(self)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        return self.with_maps(inputs)[0]

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The cells of the last map, row by row and normed (n, height * width, token_dim); all of them are real."""
        cells = self.top(self.maps(inputs)["stage4"].flatten(2).transpose(1, 2))
        return cells, torch.ones(cells.shape[:2], dtype=torch.bool, device=cells.device)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """What each stage gives (n, channels, height, width), the coarsest last."""
        if inputs.ndim != 4 or inputs.shape[1] != COLOURS:
            raise BadInput(
                f"A network for pictures was given numbers of shape {tuple(inputs.shape)}.",
                "It takes (pictures, 3 colours, height, width).",
            )
        maps = {}
        for name, stage in self.stages.items():
            inputs = stage(inputs)
            maps[name] = inputs
        return maps

    def with_maps(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The vectors are of the last map."""
        maps = self.maps(inputs)
        return self.head(self.top(maps["stage4"].mean((2, 3)))), maps


def merge(inputs: int, outputs: int) -> nn.Sequential:
    """A map of half the side: widened, convolved by channel, and mixed."""
    return nn.Sequential(
        convolution(inputs, outputs, 1, activation=nn.GELU),
        depthwise(outputs, stride=2, activation=nn.GELU),
        convolution(outputs, outputs, 1, activation=None),
    )


def tinyvit(
    width: float = 1.0,
    channels: Sequence[int] = (64, 128, 160, 320),
    depths: Sequence[int] = _DEPTHS,
    side: int = 224,
    classes: int = 0,
    dropped: float = 0.0,
    window: int = 0,
) -> TinyViT:
    """A TinyViT of any width; its heads are about 32 wide, as published."""
    widths = [scaled(each, width) for each in channels]
    return TinyViT(widths, depths, side=side, classes=classes, dropped=dropped, window=window)


_PAPER = (
    "Wu, Zhang, Peng, Liu, Xiao, Fu and Yuan: TinyViT: Fast Pretraining Distillation for Small Vision Transformers, "
    "ECCV 2022"
)

for _name, _channels, _dropped, _parameters in (
    ("tinyvit_5m", (64, 128, 160, 320), 0.0, 5_392_764),
    ("tinyvit_11m", (64, 128, 256, 448), 0.1, 10_996_972),
    ("tinyvit_21m", (96, 192, 384, 576), 0.2, 21_198_568),
):
    file(
        Network(
            _name,
            "image",
            partial(tinyvit, channels=_channels, dropped=_dropped),
            _PAPER,
            _parameters,
            224,
            "Convolutions, then attention within windows; small enough to distil into.",
            counted_by="timm",
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
