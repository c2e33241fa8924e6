"""A sparse matrix with just the products that a truncated decomposition needs, and that decomposition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats

# Numbers gathered at a time in a product; bounds its memory to about 64 MiB.
BLOCK = 1 << 24


@dataclass(frozen=True)
class Sparse:
    """A matrix (rows, columns) of which each row keeps its non-zero values and their columns."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats
    width: int

    @property
    def height(self) -> int:
        """Rows of the matrix."""
        return len(self.starts) - 1

    def dot(self, dense: Floats) -> Floats:
        """The product (rows, k) with a dense matrix (columns, k)."""
        result = np.zeros((self.height, dense.shape[1]), np.float32)
        filled = np.flatnonzero(np.diff(self.starts))
        per_block = max(1, BLOCK // max(1, dense.shape[1]))
        at = 0
        while at < len(filled):
            first = self.starts[filled[at]]
            # As many whole rows as fit a block, and at least one.
            end = max(at + 1, int(np.searchsorted(self.starts[filled + 1], first + per_block, side="right")))
            some = filled[at:end]
            span = slice(first, self.starts[some[-1] + 1])
            gathered = dense[self.columns[span]] * self.values[span, None]
            result[some] = np.add.reduceat(gathered, self.starts[some] - first, axis=0)
            at = end
        return result

    def turned(self) -> Sparse:
        """The transposed matrix."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(self.height, dtype=np.int32), np.diff(self.starts))
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.columns, minlength=self.width))])
        return Sparse(starts.astype(np.int64), rows[order], self.values[order], self.height)


def right_singular(matrix: Sparse, count: int, seed: int, *, spare: int = 10, rounds: int = 4) -> tuple[Floats, Floats]:
    """The first right singular vectors (columns, count) and their values, by random projection and power rounds.

    Halko, Martinsson and Tropp, SIAM Review 2011, algorithms 4.4 and 5.1. Signs are fixed, so that a seed decides all.
    """
    wide = min(count + spare, matrix.height, matrix.width)
    turned = matrix.turned()
    start = np.random.default_rng(seed).standard_normal((matrix.width, wide), np.float32)
    basis, _ = np.linalg.qr(matrix.dot(start))
    for _ in range(rounds):
        narrow, _ = np.linalg.qr(turned.dot(basis))
        basis, _ = np.linalg.qr(matrix.dot(narrow))
    vectors, values, _ = np.linalg.svd(turned.dot(basis), full_matrices=False)
    # What is left of rank beyond the matrix's own is rounding.
    kept = min(count, int((values > values[0] * 1e-5).sum()) if len(values) else 0)
    vectors, values = vectors[:, :kept], values[:kept]
    largest = np.abs(vectors).argmax(0)
    return vectors * np.sign(vectors[largest, np.arange(kept)]), values
