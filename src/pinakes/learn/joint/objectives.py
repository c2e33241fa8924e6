"""By what a common space is learned, by name: infonce, siglip, triplet, arcface; each with what it learns itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.losses.arcface import arcface
from pinakes.learn.losses.contrastive import info_nce, sigmoid
from pinakes.learn.losses.pairs import Pairs
from pinakes.learn.losses.triplet import triplet
from pinakes.registry import Registry

# A hundred is where CLIP stops the scale: beyond it training becomes unsteady.
_STEEPEST = 100.0


@dataclass(frozen=True, slots=True)
class Side:
    """Vectors of one modality (k, dim) with the labels of their rows (k, labels)."""

    vectors: Tensor
    labels: Tensor | None


@dataclass(frozen=True, slots=True)
class Shape:
    """What an objective must know before it is built."""

    dim: int
    labels: int
    # The temperature at the beginning; that of sigmoids is its own.
    temperature: float = 0.07
    # Of triplets as a cosine, of ArcFace as an angle; 0 stands for the papers' own.
    margin: float = 0.0
    # Which negatives triplets take.
    mining: str = "hardest"


class Objective(nn.Module):
    """The loss of two modalities of which some rows belong together."""

    def forward(self, first: Side, second: Side, pairs: Pairs) -> Tensor:
        """The loss of vectors (k, dim) and (l, dim), with their pairs (k, l)."""
        raise NotImplementedError


Build: TypeAlias = Callable[[Shape], Objective]
OBJECTIVES: Registry[Build] = Registry("objective", "pinakes.objectives")


class Scale(nn.Module):
    """One over a temperature that is learned, and never gets below a hundredth."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        if not temperature >= 1 / _STEEPEST:
            raise BadInput(f"A temperature of {temperature:g} is too low.", f"Choose {1 / _STEEPEST:g} or more.")
        self.log = nn.Parameter(torch.tensor(-math.log(temperature)))

    def forward(self) -> Tensor:
        """The scale, clamped; what passes the bound is set back to it, so that its gradient does not vanish there."""
        if self.training:
            with torch.no_grad():
                self.log.clamp_(max=math.log(_STEEPEST))
        return self.log.exp()


@OBJECTIVES.register("infonce")
class InfoNCE(Objective):
    """Each row finds its partners among those of all other rows."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.scale = Scale(shape.temperature)

    def forward(self, first: Side, second: Side, pairs: Pairs) -> Tensor:
        """As `info_nce`."""
        return info_nce(first.vectors, second.vectors, pairs, self.scale())


@OBJECTIVES.register("siglip")
class SigLIP(Objective):
    """Each pair is judged alone; scale and bias begin as in the paper, so that all pairs seem apart."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.scale = Scale(0.1)
        self.bias = nn.Parameter(torch.tensor(-10.0))

    def forward(self, first: Side, second: Side, pairs: Pairs) -> Tensor:
        """As `sigmoid`."""
        return sigmoid(first.vectors, second.vectors, pairs, self.scale(), self.bias)


@OBJECTIVES.register("triplet")
class Triplet(Objective):
    """Partners come nearer than negatives by a margin."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.margin = shape.margin or 0.2
        self.mining = shape.mining

    def forward(self, first: Side, second: Side, pairs: Pairs) -> Tensor:
        """As `triplet`."""
        return triplet(first.vectors, second.vectors, pairs, self.margin, self.mining)


@OBJECTIVES.register("arcface")
class ArcFace(Objective):
    """Both modalities gather around one centre for each label."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        if not shape.labels:
            raise unlabelled("arcface")
        self.margin = shape.margin or 0.5
        self.centres = nn.Parameter(torch.randn(shape.labels, shape.dim))

    def forward(self, first: Side, second: Side, pairs: Pairs) -> Tensor:
        """The mean of both modalities' `arcface`."""
        losses = [
            arcface(side.vectors, self.centres, side.labels, margin=self.margin)
            for side in (first, second)
            if side.labels is not None
        ]
        if not losses:
            raise unlabelled("arcface")
        return torch.stack(losses).mean()


def unlabelled(what: str) -> BadInput:
    """The error of what learns from labels where there are none."""
    return BadInput(
        f"{what} learns from labels, and the training set has none.",
        "Give the works labels, or choose what learns from pairs alone, as infonce does.",
    )
