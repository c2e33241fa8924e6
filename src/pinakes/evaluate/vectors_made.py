"""Clustered data: a seeded mixture of unequal, overlapping, anisotropic Gaussians whose neighbours cross clusters.

All of it lies along axes of falling variance, turned at random; rows are made chunk by chunk, each from its own seed,
so that any number of them can be had without holding them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats, Rows

CLUSTERS, DECAY, WITHIN = 2_000, 0.7, 0.9
CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Mixture:
    """Centres and spreads (clusters, dim), the share of each cluster, and the turn (dim, dim)."""

    centres: Floats
    spreads: Floats
    shares: NDArray[np.float64]
    turn: Floats
    seed: int

    @classmethod
    def clustered(cls, dim: int, seed: int = 0) -> Mixture:
        """The hard mixture that the figures are made on."""
        rng = np.random.default_rng(seed)
        turn = np.linalg.qr(rng.standard_normal((dim, dim)))[0].astype(np.float32)
        falling = (np.arange(1, dim + 1) ** -DECAY).astype(np.float32)
        centres = rng.standard_normal((CLUSTERS, dim)).astype(np.float32) * falling
        size = rng.lognormal(0, 0.4, (CLUSTERS, 1)).astype(np.float32)
        spreads = rng.lognormal(0, 0.5, (CLUSTERS, dim)).astype(np.float32) * falling * WITHIN * size
        return cls(centres, spreads, rng.dirichlet(np.ones(CLUSTERS)), turn, seed)

    @classmethod
    def isotropic(cls, dim: int, clusters: int = CLUSTERS, seed: int = 0) -> Mixture:
        """The easy mixture for comparison: equal round clusters, far from each other."""
        rng = np.random.default_rng(seed)
        centres = rng.standard_normal((clusters, dim)).astype(np.float32)
        spreads = np.full((clusters, dim), 0.3, np.float32)
        return cls(centres, spreads, np.full(clusters, 1 / clusters), np.eye(dim, dtype=np.float32), seed)

    def chunk(self, number: int, count: int = CHUNK) -> tuple[NDArray[np.float16], Rows]:
        """Unit vectors (count, dim) and their clusters (count,)."""
        rng = np.random.default_rng((self.seed, number))
        clusters = rng.choice(len(self.shares), count, p=self.shares)
        drawn = rng.standard_normal((count, self.centres.shape[1]), np.float32)
        rows = (drawn * self.spreads[clusters] + self.centres[clusters]) @ self.turn
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16), clusters

    def queries(self, count: int) -> tuple[Floats, Rows]:
        """Vectors (count, dim) of the same kind that are not among the rows, and their clusters."""
        rows, clusters = self.chunk(1 << 40, count)
        return rows.astype(np.float32), clusters
