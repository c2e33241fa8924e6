"""The tower of every convolutional network: stages that make maps, a top that makes a vector of the last, a head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.layers import he
from pinakes.learn.networks.squeeze import SqueezeExcitation

# Of the weights of the last layer, small enough that no class is preferred at first (Goyal and others, 2017).
_HEAD = 0.01
COLOURS = 3


def staged(layers: Iterable[tuple[nn.Module, int, int]]) -> tuple[dict[str, nn.Module], list[int]]:
    """Layers, each with its channels and stride, as stages with theirs: each halving of the side begins a stage."""
    stages: list[list[nn.Module]] = []
    channels: list[int] = []
    for layer, outputs, stride in layers:
        if stride > 1 or not stages:
            stages.append([])
            channels.append(outputs)
        stages[-1].append(layer)
        channels[-1] = outputs
    return {f"stage{n}": nn.Sequential(*stage) for n, stage in enumerate(stages, 1)}, channels


class Convolutional(Tower):
    """Pictures (n, 3, side, side) through stages, each coarser than the one before, to one vector.

    Without classes the vector is what the last layer of the published head takes; with them it is that layer's scores.
    The cells of the coarsest map are the tokens.
    """

    def __init__(
        self,
        stages: Mapping[str, nn.Module],
        channels: Sequence[int],
        top: nn.Module,
        features: int,
        *,
        classes: int = 0,
        dropout: float = 0.0,
        side: int = 224,
        smallest: int = 1,
    ) -> None:
        super().__init__(classes or features, channels[-1])
        if classes < 0:
            raise BadInput(f"A network can not have {classes} classes.", "Give 0 for none, or how many there are.")
        if side < smallest:
            raise BadInput(
                f"This network can not read pictures of {side} pixels a side; the smallest are of {smallest}.",
                "Give it larger pictures, or choose a network that reads smaller ones, as resnet18 does.",
            )
        self.side = side
        self.smallest = smallest
        # Of each map, by the name of its stage.
        self.channels = dict(zip(stages, channels, strict=True))
        self.stages = nn.ModuleDict(stages)
        self.top = top
        self.head: nn.Module = nn.Identity()
        he(self)
        for block in self.modules():
            if isinstance(block, SqueezeExcitation) and block.expand.bias is not None:
                nn.init.constant_(block.expand.bias, block.start)
        if classes:
            last = nn.Linear(features, classes)
            nn.init.normal_(last.weight, 0.0, _HEAD)
            nn.init.zeros_(last.bias)
            self.head = nn.Sequential(nn.Dropout(dropout), last)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        return self.with_maps(inputs)[0]

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The cells of the coarsest map, row by row (n, height * width, token_dim); all of them are real."""
        cells = coarsest(self.maps(inputs)).flatten(2).transpose(1, 2)
        return cells, torch.ones(cells.shape[:2], dtype=torch.bool, device=cells.device)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """What each stage gives (n, channels, height, width), the coarsest last."""
        self._check(inputs)
        maps = {}
        for name, stage in self.stages.items():
            inputs = stage(inputs)
            maps[name] = inputs
        return maps

    def with_maps(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The vectors are of the coarsest map."""
        maps = self.maps(inputs)
        return self.head(self.top(coarsest(maps))), maps

    def _check(self, inputs: Tensor) -> None:
        if inputs.ndim != 4 or inputs.shape[1] != COLOURS:
            raise BadInput(
                f"A network for pictures was given numbers of shape {tuple(inputs.shape)}.",
                "It takes (pictures, 3 colours, height, width).",
            )
        if min(inputs.shape[2:]) < self.smallest:
            raise BadInput(
                f"Pictures of {inputs.shape[2]} by {inputs.shape[3]} pixels are too small for this network, "
                f"whose smallest side is {self.smallest}.",
                "Make them larger as they are read, or choose a network that reads smaller ones, as resnet18 does.",
            )


def coarsest(maps: Mapping[str, Tensor]) -> Tensor:
    """The last of some maps."""
    return list(maps.values())[-1]
