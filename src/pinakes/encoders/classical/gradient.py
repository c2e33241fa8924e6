"""Pictures by shape: histograms of edge directions over two grids of cells.

Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005, with cells normalised alone instead
of in blocks, and on two scales.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pinakes.encoders.base import unit_rows
from pinakes.encoders.classical.base import PICTURE, luma, register
from pinakes.types import Floats, Pixels

DIRECTIONS = 9
GRIDS = (8, 4)
# Edges weaker than this share of the full range, on average over a cell, are not blown up to full strength.
FAINT = 0.02
DIM = DIRECTIONS * sum(grid * grid for grid in GRIDS)


def rows(pictures: Pixels) -> Floats:
    """Histograms (n, DIM) of pictures (n, 128, 128, 3); a picture without edges gives zeros."""
    planes = direction_planes(luma(pictures))
    return np.concatenate([unit_rows(_cells(planes, grid)) for grid in GRIDS], axis=1)


def direction_planes(grey: Pixels) -> Floats:
    """The strength of the edge at each pixel, shared between the two nearest directions: (n, DIRECTIONS, h, w)."""
    n, height, width = grey.shape
    padded = np.pad(grey, ((0, 0), (1, 1), (1, 1)), mode="edge").astype(np.int32)
    across = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    index = (down + 255) * 511 + across + 255
    strength, direction = (table[index] for table in _tables())
    low = direction.astype(np.int64)
    share = direction - low
    pixel = np.arange(height * width).reshape(height, width)
    picture = np.arange(n)[:, None, None] * DIRECTIONS
    size = n * DIRECTIONS * height * width
    planes = np.zeros(size, np.float32)
    # No pixel falls twice into one bin of one plane, so plain assignment replaces a slow summing one.
    planes[(picture + low % DIRECTIONS) * (height * width) + pixel] = strength * (1 - share)
    planes[(picture + (low + 1) % DIRECTIONS) * (height * width) + pixel] = strength * share
    return planes.reshape(n, DIRECTIONS, height, width)


@cache
def _tables() -> tuple[Floats, Floats]:
    """Strength and direction (in bins) of every pair of differences, by (down + 255) * 511 + across + 255."""
    steps = np.arange(-255, 256, dtype=np.float32)
    down, across = (grid.ravel() for grid in np.meshgrid(steps, steps, indexing="ij"))
    strength = np.hypot(across, down) / 255
    direction = np.arctan2(down, across) / np.pi * DIRECTIONS % DIRECTIONS
    return strength.astype(np.float32), direction.astype(np.float32)


def _cells(planes: Floats, grid: int) -> Floats:
    """Planes pooled into cells with soft borders, each cell's histogram normalised: (n, grid * grid * DIRECTIONS)."""
    pool = _pooling(planes.shape[-1], grid)
    pooled = (pool @ planes @ pool.T).transpose(0, 2, 3, 1)
    faint = (FAINT * (PICTURE.width // grid) ** 2) ** 2
    cells: Floats = pooled / np.sqrt((pooled**2).sum(-1, keepdims=True) + faint)
    return cells.reshape(len(planes), -1)


@cache
def _pooling(side: int, grid: int) -> Floats:
    """How much each of `side` pixels belongs to each of `grid` cells: (grid, side), in triangles."""
    cell = side / grid
    distance = np.abs((np.arange(side) + 0.5)[None] - (np.arange(grid) + 0.5)[:, None] * cell) / cell
    return np.maximum(0, 1 - distance).astype(np.float32)


register(
    "gradient",
    "image",
    DIM,
    1,
    rows,
    "Histograms of edge directions over 8 x 8 and 4 x 4 cells (after Dalal and Triggs 2005).",
)
