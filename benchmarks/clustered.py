"""Clustered data: a seeded mixture of unequal, overlapping, anisotropic Gaussians whose neighbours cross clusters.

All of it lies along axes of falling variance, turned at random; rows are made chunk by chunk, each from its own seed,
so that any number of them can be had without holding them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CLUSTERS, DECAY, WITHIN = 2_000, 0.7, 0.9
CHUNK = 20_000

Halves = np.ndarray[Any, np.dtype[np.float16]]


@dataclass(frozen=True, slots=True)
class Mixture:
    """Centres and spreads (clusters, dim), the share of each cluster, and the turn (dim, dim)."""

    centres: np.ndarray
    spreads: np.ndarray
    shares: np.ndarray
    turn: np.ndarray
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

    def chunk(self, number: int, count: int = CHUNK) -> tuple[Halves, np.ndarray]:
        """Unit vectors (count, dim) and their clusters (count,)."""
        rng = np.random.default_rng((self.seed, number))
        clusters = rng.choice(len(self.shares), count, p=self.shares)
        rows = rng.standard_normal((count, self.centres.shape[1]), np.float32)
        rows = (rows * self.spreads[clusters] + self.centres[clusters]) @ self.turn
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16), clusters

    def queries(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Vectors (count, dim) of the same kind that are not among the rows, and their clusters."""
        rows, clusters = self.chunk(1 << 40, count)
        return rows.astype(np.float32), clusters


def written(mixture: Mixture, count: int, folder: Path) -> tuple[Path, np.ndarray]:
    """The file of rows (count, dim), and the cluster of each; kept if they are there."""
    path, clusters = folder / "rows.npy", folder / "clusters.npy"
    if not clusters.exists():
        dim = mixture.turn.shape[0]
        rows = np.lib.format.open_memmap(path, "w+", np.float16, (count, dim))
        found = []
        for number, start in enumerate(range(0, count, CHUNK)):
            stop = min(start + CHUNK, count)
            piece, labels = mixture.chunk(number)
            rows[start:stop] = piece[: stop - start]
            found.append(labels[: stop - start])
        rows.flush()
        np.save(clusters, np.concatenate(found))
    return path, np.load(clusters)


class Truth:
    """The exact nearest rows of queries (n, dim), gathered chunk by chunk, for several choices of rows."""

    def __init__(self, queries: np.ndarray, count: int, metric: str = "cosine") -> None:
        self.queries, self.count, self.metric = queries, count, metric
        self._scores: dict[str, list[np.ndarray]] = {}
        self._rows: dict[str, list[np.ndarray]] = {}

    def add(self, start: int, rows: np.ndarray, masks: dict[str, np.ndarray | None]) -> None:
        """Rows from `start` on, and for each choice which of them may be found."""
        rows = rows.astype(np.float32)
        scores = self.queries @ rows.T
        if self.metric == "euclidean":
            scores -= np.einsum("ij,ij->i", rows, rows) / 2
        elif self.metric == "cosine":
            scores /= np.linalg.norm(rows, axis=1)
        for name, mask in masks.items():
            chosen = np.arange(len(rows)) if mask is None else np.flatnonzero(mask)
            some = scores[:, chosen]
            best = np.argpartition(-some, min(self.count, some.shape[1] - 1), axis=1)[:, : self.count]
            self._scores.setdefault(name, []).append(np.take_along_axis(some, best, 1))
            self._rows.setdefault(name, []).append(chosen[best] + start)

    def nearest(self, name: str) -> np.ndarray:
        """Rows (n, count), the nearest first."""
        scores, rows = np.concatenate(self._scores[name], axis=1), np.concatenate(self._rows[name], axis=1)
        order = np.argsort(-scores, axis=1)[:, : self.count]
        return np.take_along_axis(rows, order, 1)


def truth(
    path: Path, queries: np.ndarray, count: int, masks: dict[str, np.ndarray | None], metric: str = "cosine"
) -> dict[str, np.ndarray]:
    """The exact nearest rows of a file for each choice of rows."""
    found = Truth(queries, count, metric)
    rows = np.load(path, mmap_mode="r")
    for start in range(0, len(rows), CHUNK):
        stop = min(start + CHUNK, len(rows))
        pieces = {name: None if mask is None else mask[start:stop] for name, mask in masks.items()}
        found.add(start, rows[start:stop], pieces)
    return {name: found.nearest(name) for name in masks}


def recall(found: Iterator[Any] | Any, true: np.ndarray) -> float:
    """The share of the true nearest rows that were found."""
    hits = [len(set(map(int, a[: len(b)])) & set(map(int, b))) / len(b) for a, b in zip(found, true, strict=True)]
    return float(np.mean(hits))


def crossing(true: np.ndarray, clusters: np.ndarray, own: np.ndarray) -> float:
    """The share of true neighbours that lie in another cluster than their query."""
    return float((clusters[true] != own[:, None]).mean())
