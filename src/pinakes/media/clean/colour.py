"""Normalisation of pictures: size, colour cast and contrast, each with a bound on how far it goes."""

from __future__ import annotations

import numpy as np

from pinakes.media.base import CleaningNote
from pinakes.media.clean.sampling import thin_grid
from pinakes.media.clean.steps import cleaning_step
from pinakes.types import Pixels

MAX_SIDE = 1024
# A cast is corrected by at most this factor per band; more is a coloured picture, not a cast.
MAX_CAST_GAIN = 1.5
# Bands that differ by less than this are in balance.
MIN_CAST = 0.02
# The stretch takes these shares of the darkest and lightest pixels to black and white, by at most this factor.
STRETCH_SHARE = 0.01
MAX_STRETCH_GAIN = 4.0
MIN_STRETCH = 1.05
SAMPLE_PIXELS = 512
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@cleaning_step("size", "image", f"pictures longer than {MAX_SIDE} pixels are scaled down to that; none is enlarged")
def normalise_size(pixels: Pixels) -> tuple[Pixels, CleaningNote]:
    """Scale a large picture down, keeping its ratio."""
    # Imported here: texts and sounds are cleaned without Pillow.
    from PIL import Image

    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer <= MAX_SIDE:
        return pixels, CleaningNote("size", False, "")
    size = max(1, round(width * MAX_SIDE / longer)), max(1, round(height * MAX_SIDE / longer))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(small), CleaningNote("size", True, f"from {width} x {height} to {size[0]} x {size[1]}")


@cleaning_step("grey-world", "image", "bands are scaled to one mean, as if the scene were grey on average")
def normalise_cast(pixels: Pixels) -> tuple[Pixels, CleaningNote]:
    """Remove a colour cast (Buchsbaum, J. Franklin Institute 1980), by at most MAX_CAST_GAIN per band."""
    means = thin_grid(pixels, SAMPLE_PIXELS).reshape(-1, 3).mean(axis=0, dtype=np.float64)
    if means.min() < 1 or means.max() / means.min() < 1 + MIN_CAST:
        return pixels, CleaningNote("grey-world", False, "")
    gains = np.clip(means.mean() / means, 1 / MAX_CAST_GAIN, MAX_CAST_GAIN)
    table = np.clip(np.rint(np.arange(256)[:, None] * gains), 0, 255).astype(np.uint8)
    detail = "red x {:.2f}, green x {:.2f}, blue x {:.2f}".format(*gains)
    return _through(table, pixels), CleaningNote("grey-world", True, detail)


@cleaning_step("stretch", "image", "lightness is stretched so that 1 % of the pixels are black and 1 % white")
def normalise_contrast(pixels: Pixels) -> tuple[Pixels, CleaningNote]:
    """Stretch a pale picture by at most MAX_STRETCH_GAIN; all bands alike, so that hues stay."""
    light = thin_grid(pixels, SAMPLE_PIXELS) @ _LUMA
    low, high = (float(q) for q in np.quantile(light, (STRETCH_SHARE, 1 - STRETCH_SHARE)))
    gain = min(255 / max(high - low, 1.0), MAX_STRETCH_GAIN)
    if gain < MIN_STRETCH or high - low < 1:
        return pixels, CleaningNote("stretch", False, "")
    # The middle of the old range goes to the middle of the new one, also where the gain is held back.
    levels = (np.arange(256) - (low + high) / 2) * gain + 127.5
    table = np.repeat(np.clip(np.rint(levels), 0, 255).astype(np.uint8)[:, None], 3, axis=1)
    return _through(table, pixels), CleaningNote("stretch", True, f"levels {low:.0f} to {high:.0f}, x {gain:.2f}")


def _through(table: Pixels, pixels: Pixels) -> Pixels:
    """Look every value up in its band's column of a table (256, 3)."""
    return np.stack([table[:, band][pixels[:, :, band]] for band in range(3)], axis=2)
