"""DJSRH: S. Su, Z. Zhong and C. Zhang, Deep Joint-Semantics Reconstructing Hashing, ICCV 2019.

Without labels. How alike two rows of a batch are is told by the features of both modalities together, and by how alike
they are to all others of the batch; the cosines of codes, between the modalities and within each, shall reconstruct
this joint-semantics matrix. Codes are hyperbolic tangents that become steeper from epoch to epoch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pinakes.learn.base import Batch, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, HeadConfig, complete, file
from pinakes.learn.losses.hashing import cosine, mean


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """DJSRH's settings, as in the paper."""

    # The first modality's share of the joint matrix, and the share of what the neighbours say.
    first: float = bounded(0.9, most=1)
    neighbours: float = bounded(0.4, most=1)
    # What the matrix is multiplied by, and the weight of the two losses within a modality.
    stretch: float = bounded(1.5, above=0)
    within: float = bounded(0.1)


def joint(first: Tensor, second: Tensor, config: Config) -> Tensor:
    """The joint-semantics matrix (n, n) of the features of both modalities, from -1 to 1."""
    alike = config.first * cosine(first, first) + (1 - config.first) * cosine(second, second)
    alike = 2 * alike - 1
    return (1 - config.neighbours) * alike + config.neighbours * (alike @ alike.T) / max(len(alike), 1)


def parts(first: Tensor, second: Tensor, alike: Tensor, config: Config) -> dict[str, Tensor]:
    """Three mean squares of codes' cosines less the matrix (n, n): across, and within each modality."""
    wanted = config.stretch * alike
    return {
        "across": mean((cosine(first, second) - wanted).square()),
        "within first": config.within * mean((cosine(first, first) - wanted).square()),
        "within second": config.within * mean((cosine(second, second) - wanted).square()),
    }


class Djsrh(Hasher):
    """Two heads that reconstruct how alike the vectors of their towers are."""

    steepness: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.register_buffer("steepness", torch.ones(()))

    def before_epoch(self, epoch: int, epochs: int) -> None:
        """Steeper codes."""
        self.steepness.fill_((epoch + 1) ** 0.5)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """How far codes are from what the features say."""
        batch = complete(batch)
        vectors = [self.towers[name](batch.inputs[name]) for name in (self.first, self.second)]
        codes = [
            torch.tanh(self.steepness * self.heads[name](rows))
            for name, rows in zip((self.first, self.second), vectors, strict=True)
        ]
        return parts(codes[0], codes[1], joint(vectors[0].detach(), vectors[1].detach(), self.config), self.config)


METHOD = file(
    "djsrh",
    Config,
    Djsrh,
    "Su, Zhong and Zhang, Deep Joint-Semantics Reconstructing Hashing, ICCV 2019",
    "codes reconstruct how alike the features of both modalities are",
    labels=False,
)
