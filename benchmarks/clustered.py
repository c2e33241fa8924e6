"""Clustered data in files, and the exact neighbours in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.evaluate.vectors_made import CHUNK, Mixture


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
