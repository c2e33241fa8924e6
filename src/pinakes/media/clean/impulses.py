"""Salt-and-pepper noise: found by isolated black and white pixels, removed by a median at just those pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.media.base import CleaningNote
from pinakes.media.clean.sampling import centre, grey_bands
from pinakes.media.clean.steps import cleaning_step
from pinakes.types import Pixels

STEP = "median-denoise"
# A pixel is an impulse if it is nearly black or white, ...
BLACK, WHITE = 8, 247
# ... at most this many of its eight neighbours look like it (to so many levels), ...
SIMILAR_NEIGHBOURS, SIMILAR_LEVELS = 2, 32
# ... and it lies that far from the median of its neighbourhood.
FAR_LEVELS = 48
# Judged only where neighbourhoods are neither black nor white: print, line art and halftones have few such places.
MIN_JUDGED = 0.25
# Noise has both grains; stars and highlights have one. 0.005 each is 1 % of the pixels. Of 450 clean photographs and
# close-up textures of 160 pixels, the hardest kind, 1 % reach this.
MIN_SHARE = 0.005
# Beyond this share of noise a neighbourhood of 3 x 3 holds too few good pixels.
WIDE_SHARE = 0.25
SAMPLE_PIXELS = 512
MAX_PASSES = 3


@dataclass(frozen=True, slots=True)
class Impulses:
    """Shares of white and black impulses among the pixels that could be judged, and the share of those pixels."""

    salt: float
    pepper: float
    judged: float

    @property
    def noisy(self) -> bool:
        """Whether both grains are too many to be part of the picture."""
        return self.judged >= MIN_JUDGED and min(self.salt, self.pepper) >= MIN_SHARE


def measure_impulses(pixels: Pixels) -> Impulses:
    """How much salt-and-pepper noise the middle of a picture holds."""
    sample = centre(pixels, SAMPLE_PIXELS)
    salt = pepper = judged = total = 0
    for band in grey_bands(sample):
        middle = _medians(band, 3)
        fair = (middle > BLACK + FAR_LEVELS) & (middle < WHITE - FAR_LEVELS)
        lonely = fair & _lonely(band)
        salt += int(np.count_nonzero(lonely & (band >= WHITE)))
        pepper += int(np.count_nonzero(lonely & (band <= BLACK)))
        judged += int(np.count_nonzero(fair))
        total += band.size
    seen = max(judged, 1)
    return Impulses(salt / seen, pepper / seen, judged / max(total, 1))


@cleaning_step(STEP, "image", "median filter on isolated black and white pixels, where salt-and-pepper noise is found")
def remove_impulses(pixels: Pixels) -> tuple[Pixels, CleaningNote]:
    """Replace impulses by the median around them; a picture without such noise is returned untouched."""
    found = measure_impulses(pixels)
    share = found.salt + found.pepper
    if not found.noisy:
        return pixels, CleaningNote(STEP, False, "")
    window = 5 if share > WIDE_SHARE else 3
    changed = 0
    for _ in range(MAX_PASSES):
        pixels, count = _pass(pixels, window)
        changed += count
        if count < MIN_SHARE * pixels.size / 10:
            break
    detail = f"noise on {share:.1%} of the pixels; {changed} values replaced by the median of {window} x {window}"
    return pixels, CleaningNote(STEP, True, detail)


def _pass(pixels: Pixels, window: int) -> tuple[Pixels, int]:
    out = np.empty_like(pixels)
    changed = 0
    for c in range(pixels.shape[2]):
        band = np.ascontiguousarray(pixels[:, :, c])
        middle = _medians(band, window)
        distance = np.maximum(band, middle) - np.minimum(band, middle)
        extreme = (band <= BLACK) | (band >= WHITE)
        impulses = extreme & (distance > FAR_LEVELS)
        # In heavy noise grains touch, so that being lonely is asked for only where the noise is thin.
        if window == 3:
            impulses &= _lonely(band)
        out[:, :, c] = np.where(impulses, middle, band)
        changed += int(np.count_nonzero(impulses))
    return out, changed


def _medians(band: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    # Imported here: texts and sounds are cleaned without Pillow.
    from PIL import Image, ImageFilter

    return np.asarray(Image.fromarray(band).filter(ImageFilter.MedianFilter(window)))


def _lonely(band: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where at most SIMILAR_NEIGHBOURS of the eight neighbours are within SIMILAR_LEVELS of the pixel."""
    height, width = band.shape
    framed = np.pad(band, 1, mode="edge")
    similar = np.zeros(band.shape, np.uint8)
    for y in range(3):
        for x in range(3):
            if (y, x) == (1, 1):
                continue
            other = framed[y : y + height, x : x + width]
            similar += (np.maximum(band, other) - np.minimum(band, other)) <= SIMILAR_LEVELS
    return similar <= SIMILAR_NEIGHBOURS
