"""Pictures by texture: completed local binary patterns, turned so that rotation does not matter, at three scales.

Ojala, Pietikainen and Maenpaa, TPAMI 2002 (rotation-invariant uniform patterns); Guo, Zhang and Zhang, TIP 2010 (sign,
magnitude and centre counted jointly).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.classical.base import luma, register
from pinakes.types import Floats, Pixels

RADII = (1, 2, 4)
# The eight neighbours in a circle: down, across.
RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
# Nine turned patterns with at most two changes round the circle, and one for all the others.
PATTERNS = 10
JOINT = PATTERNS * PATTERNS * 2
DIM = len(RADII) * JOINT


def rows(pictures: Pixels) -> Floats:
    """Square roots of the pattern histograms, (n, DIM), of pictures (n, 128, 128, 3)."""
    grey = luma(pictures).astype(np.int16)
    shares = np.concatenate([_histogram(_smooth(grey, radius // 2), radius) for radius in RADII], axis=1)
    roots: Floats = np.sqrt(shares)
    return roots


def _histogram(grey: NDArray[np.int16], radius: int) -> Floats:
    """Joint shares of sign pattern, magnitude pattern and bright or dark centre: (n, JOINT)."""
    n, height, width = grey.shape
    inner = grey[:, radius : height - radius, radius : width - radius]
    differences = [
        grey[:, radius * (1 + down) : height - radius * (1 - down), radius * (1 + over) : width - radius * (1 - over)]
        - inner
        for down, over in RING
    ]
    sizes = [np.abs(difference) for difference in differences]
    mean = sum(size.sum((1, 2), dtype=np.int32) for size in sizes) / (len(RING) * inner[0].size)
    # Whole numbers reach the mean where they reach the next whole number.
    least = np.ceil(mean).astype(np.int16)[:, None, None]
    signs = np.zeros(inner.shape, np.uint8)
    magnitudes = np.zeros(inner.shape, np.uint8)
    for bit, (difference, size) in enumerate(zip(differences, sizes, strict=True)):
        signs |= (difference > 0).view(np.uint8) << np.uint8(bit)
        magnitudes |= (size >= least).view(np.uint8) << np.uint8(bit)
    turned = turned_patterns()
    bright = inner > inner.mean((1, 2), keepdims=True)
    joint = (turned[signs] * PATTERNS + turned[magnitudes]) * 2 + bright + np.arange(n)[:, None, None] * JOINT
    counts = np.bincount(joint.ravel(), minlength=n * JOINT).reshape(n, JOINT)
    shares: Floats = (counts / inner[0].size).astype(np.float32)
    return shares


def _smooth(grey: NDArray[np.int16], reach: int) -> NDArray[np.int16]:
    """Sums over a square of 2 * reach + 1 pixels; patterns ask for order only, so nothing is divided."""
    if reach == 0:
        return grey
    height, width = grey.shape[1:]
    padded = np.pad(grey, ((0, 0), (reach, reach), (reach, reach)), mode="edge")
    # At most 25 pixels of 255 each: 16 bits hold the sum.
    lines = np.zeros((len(grey), height, width + 2 * reach), np.int16)
    smooth = np.zeros_like(grey)
    for step in range(2 * reach + 1):
        lines += padded[:, step : step + height]
    for step in range(2 * reach + 1):
        smooth += lines[:, :, step : step + width]
    return smooth


@cache
def turned_patterns() -> NDArray[np.int64]:
    """For each of the 256 patterns the number of its ones, or 9 if it changes more than twice round the circle."""
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    changes = (bits != np.roll(bits, 1, axis=1)).sum(1)
    return np.where(changes <= 2, bits.sum(1), PATTERNS - 1)


register(
    "texture",
    "image",
    DIM,
    1,
    rows,
    "Rotation-invariant completed local binary patterns at radii 1, 2 and 4 (Ojala 2002, Guo 2010).",
)
