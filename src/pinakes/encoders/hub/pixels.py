"""Bytes of pictures to the numbers that a graph takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pinakes.encoders.hub.plans import ImagePlan
from pinakes.errors import BadInput
from pinakes.types import Floats


def tables(plan: ImagePlan) -> Floats:
    """What each byte becomes in each channel, (3, 256)."""
    levels = np.arange(256, dtype=np.float64)[None] * plan.scale
    mean, std = (np.array(values, np.float64)[:, None] for values in (plan.mean, plan.std))
    return ((levels - mean) / std).astype(np.float32)


def normalised(pictures: Sequence[Any], plan: ImagePlan, table: Floats) -> Floats:
    """Channels first, (n, 3, height, width), of pictures (height, width, 3) in bytes."""
    height, width = plan.want.height, plan.want.width
    result = np.empty((len(pictures), 3, height, width), np.float32)
    for i, picture in enumerate(pictures):
        pixels = np.asarray(picture)
        if pixels.shape != (height, width, 3) or pixels.dtype != np.uint8:
            shape = " x ".join(map(str, pixels.shape))
            raise BadInput(f"A picture must be {height} x {width} x 3 bytes, not {shape} {pixels.dtype}.")
        for channel in range(3):
            # A byte is always within the table; this mode writes straight into the result.
            np.take(table[channel], pixels[..., channel], out=result[i, channel], mode="clip")
    return result
