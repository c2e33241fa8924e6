"""FCN: a network that tells something of every pixel, from the maps of any network, coarse ones helped by finer ones.

Long, Shelhamer and Darrell: Fully Convolutional Networks for Semantic Segmentation, CVPR 2015. FCN-32s looks at the
coarsest map, FCN-16s adds the next finer one, FCN-8s one more. Two things differ. The paper fills a picture up by 100
pixels and cuts the result; here borders are repeated, and maps are fitted to each other. The paper starts its scores
at zero, which is safe where classes are learned alone; of features at zero nothing could be learned by what reads them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.func import functional_call

from pinakes.errors import BadInput
from pinakes.learn.networks.base import IMAGENET_MEAN, IMAGENET_STD, NETWORKS, Network, Tower, file
from pinakes.learn.networks.bilinear import Upsampling, fitted
from pinakes.learn.networks.convolutional import COLOURS
from pinakes.learn.networks.layers import scaled

# How many maps the network of each name looks at.
_SCALES = {32: 1, 16: 2, 8: 3}
_FULL = 4096
_GRID = 7


class FullyConvolutional(Tower):
    """Pictures (n, 3, height, width) to features of every pixel, and as a tower to their mean (n, channels).

    It takes the backbone over: of that only what makes the maps is kept. `hidden` puts the two convolutions of that
    many channels before the coarsest scores that the paper makes of the full layers of a classifier.
    """

    def __init__(
        self,
        backbone: Tower,
        stride: int = 8,
        *,
        channels: int = 21,
        hidden: int = 0,
        classes: int = 0,
        dropout: float = 0.5,
        side: int = 224,
    ) -> None:
        super().__init__(classes or channels, channels)
        if stride not in _SCALES:
            raise BadInput(f"There is no FCN-{stride}s.", "Choose 32, 16 or 8.")
        self.backbone = backbone
        for part in ("top", "head"):
            if hasattr(backbone, part):
                setattr(backbone, part, nn.Identity())
        shapes = _shapes(backbone, side)
        names = _chosen(shapes, _SCALES[stride], side)
        widths = [shapes[name][0] for name in names]
        sides = [shapes[name][1] for name in names]
        self.hidden = _hidden(widths[-1], hidden, sides[-1], dropout)
        widths[-1] = hidden or widths[-1]
        self.scores = nn.ModuleDict({name: _score(width, channels) for name, width in zip(names, widths, strict=True)})
        # From each map to the next finer one, the finest first, as the maps are named.
        self.larger = nn.ModuleList(Upsampling(channels, _factor(fine, coarse)) for fine, coarse in pairwise(sides))
        self.head = nn.Linear(channels, classes) if classes else nn.Identity()
        self.last = Upsampling(channels, _factor(side, sides[0]), learned=False)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim): the mean over the picture of what stands out in it; with a head scores (n, classes)."""
        return self.with_maps(inputs)[0]

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The cells of the finest map that is looked at, row by row (n, height * width, channels)."""
        cells = self.fused(inputs).flatten(2).transpose(1, 2)
        return cells, torch.ones(cells.shape[:2], dtype=torch.bool, device=cells.device)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """The features of each scale by itself (n, channels, height, width) by the name of its stage, coarsest last."""
        found = self.backbone.maps(inputs)
        names = list(self.scores)
        found[names[-1]] = self.hidden(found[names[-1]])
        return {name: score(found[name]) for name, score in self.scores.items()}

    def fused(self, inputs: Tensor) -> Tensor:
        """The features of all scales, added up on the finest of them (n, channels, height, width)."""
        return self._added(self.maps(inputs))

    def with_maps(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The vectors are of all the maps."""
        maps = self.maps(inputs)
        return self.head(self._added(maps).relu().mean((2, 3))), maps

    def _added(self, scales: Mapping[str, Tensor]) -> Tensor:
        *finer, total = scales.values()
        for maps, larger in zip(reversed(finer), reversed(self.larger), strict=True):
            total = maps + fitted(larger(total), *maps.shape[2:])
        return total

    def pixels(self, inputs: Tensor) -> Tensor:
        """The features of every pixel (n, channels, height, width) of the picture's own size."""
        return fitted(self.last(self.fused(inputs)), *inputs.shape[2:])


class _Maps(nn.Module):
    def __init__(self, backbone: Tower) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, inputs: Tensor) -> dict[str, Tensor]:
        return self.backbone.maps(inputs)


def _shapes(backbone: Tower, side: int) -> dict[str, tuple[int, int]]:
    """Channels and side of each map, found on torch's device for shapes alone: nothing is computed or changed."""
    module = _Maps(backbone)
    blank = {name: torch.empty_like(value, device="meta") for name, value in module.state_dict(keep_vars=True).items()}
    # Buffers that are not saved are no part of the state.
    blank |= {name: torch.empty_like(value, device="meta") for name, value in module.named_buffers()}
    # Two pictures, since a norm over a batch has no variance of one.
    with torch.no_grad():
        maps = functional_call(module, blank, torch.empty(2, COLOURS, side, side, device="meta"))
    return {name: (each.shape[1], each.shape[2]) for name, each in maps.items()}


def _chosen(shapes: dict[str, tuple[int, int]], scales: int, side: int) -> list[str]:
    """The stages that are looked at: the last of each size, or where a network has too few sizes, its last ones."""
    last = {shape[1]: name for name, shape in shapes.items() if shape[1] < side}
    sizes = [last[size] for size in sorted(last, reverse=True)]
    names = sizes if len(sizes) >= scales else list(shapes)
    if len(names) < scales:
        raise BadInput(
            f"This FCN adds up {scales} maps, and its backbone has only {len(names)}.",
            "Choose a larger stride (32 looks at one map, 16 at two), or a backbone with more stages.",
        )
    return names[-scales:]


def _score(inputs: int, channels: int) -> nn.Conv2d:
    score = nn.Conv2d(inputs, channels, 1)
    nn.init.normal_(score.weight, 0.0, math.sqrt(1 / inputs))
    return score


def _factor(fine: int, coarse: int) -> int:
    return max(1, round(fine / coarse))


def _hidden(channels: int, hidden: int, side: int, dropout: float) -> nn.Module:
    """The full layers of VGG as convolutions: 7x7, which keeps the size here, and 1x1."""
    if not hidden:
        return nn.Identity()
    kernel = min(_GRID, side - 1 + side % 2)
    return nn.Sequential(
        nn.Conv2d(channels, hidden, kernel, padding=kernel // 2),
        nn.ReLU(),
        nn.Dropout2d(dropout),
        nn.Conv2d(hidden, hidden, 1),
        nn.ReLU(),
        nn.Dropout2d(dropout),
    )


def fcn(
    width: float = 1.0,
    stride: int = 8,
    backbone: str = "vgg16",
    channels: int = 21,
    hidden: int | None = None,
    classes: int = 0,
    dropout: float = 0.5,
    side: int = 224,
) -> FullyConvolutional:
    """An FCN on a network by its name; on VGG with the 4096 hidden channels of the paper, on others with none."""
    tower = NETWORKS.get(backbone).build(width=width, side=side)
    if hidden is None:
        hidden = scaled(_FULL, width) if backbone.startswith("vgg") else 0
    return FullyConvolutional(
        tower, stride, channels=channels, hidden=hidden, classes=classes, dropout=dropout, side=side
    )


_PAPER = "Long, Shelhamer and Darrell: Fully Convolutional Networks for Semantic Segmentation, CVPR 2015"

for _stride, _scales in _SCALES.items():
    file(
        Network(
            f"fcn{_stride}s",
            "image",
            partial(fcn, stride=_stride),
            _PAPER,
            None,
            224,
            f"Features of every pixel, from {_scales} map{'s' if _scales > 1 else ''} of any other network.",
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        )
    )
