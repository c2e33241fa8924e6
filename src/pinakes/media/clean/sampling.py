"""Small looks at large pictures: a middle piece at full detail, or a thin grid over the whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Pixels


def centre(pixels: Pixels, side: int) -> Pixels:
    """The middle of a picture, at most side x side, at full detail (noise does not survive scaling)."""
    height, width = pixels.shape[:2]
    top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
    return pixels[top : top + side, left : left + side]


def thin_grid(pixels: Pixels, side: int) -> Pixels:
    """Every n-th row and column, so that about side x side pixels of the whole picture are left."""
    height, width = pixels.shape[:2]
    return pixels[:: max(1, height // side), :: max(1, width // side)]


def grey_bands(pixels: Pixels) -> Iterator[NDArray[np.uint8]]:
    """The colour bands one by one as contiguous planes; a grey picture gives one, not three alike."""
    first = np.ascontiguousarray(pixels[:, :, 0])
    yield first
    others = [np.ascontiguousarray(pixels[:, :, c]) for c in range(1, pixels.shape[2])]
    if any(not np.array_equal(first, other) for other in others):
        yield from others
