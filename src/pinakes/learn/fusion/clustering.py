"""Fusion by clusters: how near a row is to each of some centres in the joint space says what it is about.

The centres begin as those of k-means, in the space as it is before the first step, and are learned on. Soft
assignments as in Xie, Girshick and Farhadi, "Unsupervised deep embedding for clustering analysis", ICML 2016; as
features, in Arandjelovic and others, "NetVLAD: CNN architecture for weakly supervised place recognition", CVPR 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.base import Batch, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.fusion.base import Fused, Fusion, FusionConfig, Part, Parts, Projections, Towers, file, presence
from pinakes.learn.fusion.kmeans import kmeans
from pinakes.learn.losses.pairs import unit

# So many vectors are enough to begin with.
_SAMPLED = 20_000


@dataclass(frozen=True, slots=True)
class Config(FusionConfig):
    """How many centres there are, how softly a vector belongs to them, and how much they are drawn to vectors."""

    clusters: int = bounded(32, least=2)
    softness: float = bounded(0.1, above=0)
    gather: float = bounded(0.1)


class Clustering(Fusion):
    """The mean of the modalities in one space, and what cluster it belongs to."""

    def __init__(self, towers: Towers, config: Config) -> None:
        super().__init__()
        self.softness = config.softness
        self.projections = Projections(towers, config.dim, config.dropout)
        self.centres = nn.Parameter(unit(torch.randn(config.clusters, config.dim)))
        self.top = nn.Linear(config.dim + config.clusters, config.dim)

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        meant = self.meant(parts)
        # Shares are small beside directions: as many times larger as there are clusters, they count the same.
        shares = self.shares(meant) * len(self.centres) ** 0.5
        vectors: Tensor = self.top(torch.cat([meant, shares], 1))
        return vectors

    def meant(self, parts: Parts) -> Tensor:
        """Directions in the joint space (n, dim), zeros of rows of which nothing is known."""
        return unit((unit(self.projections(parts)) * presence(parts)[..., None]).sum(1))

    def shares(self, meant: Tensor) -> Tensor:
        """How much each direction belongs to each cluster (n, clusters)."""
        return (-self.far(meant) / self.softness).softmax(1)

    def far(self, meant: Tensor) -> Tensor:
        """Squared distances from directions to centres (n, clusters)."""
        squares = meant.square().sum(1, keepdim=True) + self.centres.square().sum(1)
        return squares - 2 * meant @ self.centres.T


class Clustered(Fused):
    """Fusion by clusters, whose centres begin where the rows are."""

    def __init__(self, task: Task, config: Config, fusion: Clustering) -> None:
        super().__init__(task, config, fusion)
        self.gather = config.gather

    @property
    def clustering(self) -> Clustering:
        """The fusion network, which has centres."""
        return cast("Clustering", self.fusion)

    @torch.no_grad()
    def begin(self, whole: Whole) -> None:
        """k-means among the rows, in the space as it is."""
        learning = self.training
        self.eval()
        found, seen = [], 0
        for batch in whole.batches():
            found.append(self.clustering.meant(self.parts(batch.inputs, batch.present)))
            seen += len(batch)
            if seen >= _SAMPLED:
                break
        self.clustering.centres.copy_(kmeans(torch.cat(found), len(self.clustering.centres)))
        self.train(learning)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Retrieval, and how far rows are from the centre that is nearest."""
        parts: dict[str, Part] = self.parts(batch.inputs, batch.present)
        near = self.clustering.far(self.clustering.meant(parts)).amin(1)
        return {**self.contrast(batch, parts), "gather": self.gather * near.mean()}


def build(task: Task, config: Config, fusion: Fusion) -> Clustered:
    """The learner of a fusion that has centres."""
    if not isinstance(fusion, Clustering):
        raise BadInput(f"{type(fusion).__name__} has no clusters.")
    return Clustered(task, config, fusion)


file(
    "fusion-clustering",
    Config,
    Clustering,
    "Xie, Girshick and Farhadi, Unsupervised Deep Embedding for Clustering Analysis, ICML 2016",
    "how near a row is to each of some learned centres, beside its vector",
    build,
)
