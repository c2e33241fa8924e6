"""Flags for outliers: media that are whole, but hold little or nothing to search.

What only a decoder can know, such as that it stopped at a limit, the decoder flags itself (`truncated`).
"""

from __future__ import annotations

import re

import numpy as np

from pinakes.media.clean.sampling import thin_grid
from pinakes.types import Floats, Pixels

# Pictures: levels of 255 within which all pixels of a blank one lie, but for that share of specks.
BLANK_LEVELS, BLANK_SPECKS = 6, 0.001
TINY_PIXELS, LONG_RATIO = 16, 20
# Decoders fill what is missing of a cut picture with this grey.
FILL_GREY, FILL_SHARE = 128, 0.05
SAMPLE_PIXELS = 128

# Sounds: level in dB of full scale of the loudest tenth of a second below which a sound is silent.
SILENT_DB, SHORT_SECONDS = -60.0, 0.1
# Three samples or more in a row at the peak are clipped; beyond this share of all samples it is audible.
CLIPPED_PEAK, CLIPPED_SHARE = 0.98, 0.0005

# Texts.
GARBLED_SHARE = 0.02
REPEATED_CHARS, REPEATED_KINDS = 64, 4
_WORD = re.compile(r"\w")
_GARBLED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")


def flags_of_image(pixels: Pixels) -> tuple[str, ...]:
    """no-content, blank, tiny, elongated, truncated: of a picture (height, width, 3) uint8."""
    height, width = pixels.shape[:2]
    if not pixels.size:
        return ("no-content",)
    flags = []
    blank = _is_blank(pixels)
    if blank:
        flags.append("blank")
    if min(height, width) < TINY_PIXELS:
        flags.append("tiny")
    if max(height, width) > LONG_RATIO * min(height, width):
        flags.append("elongated")
    if not blank and _is_filled(pixels):
        flags.append("truncated")
    return tuple(flags)


def flags_of_sound(samples: Floats, rate: int) -> tuple[str, ...]:
    """no-content, short, silent, clipped: of mono sound (samples,) in -1 to 1."""
    if not samples.size:
        return ("no-content",)
    flags = []
    if samples.size < SHORT_SECONDS * rate:
        flags.append("short")
    if _loudest_db(samples, rate) < SILENT_DB:
        return (*flags, "silent")
    size = np.abs(samples)
    peak = float(size.max())
    if peak >= CLIPPED_PEAK:
        at_peak = size >= 0.999 * peak
        in_row = at_peak[2:] & at_peak[1:-1] & at_peak[:-2]
        if np.count_nonzero(in_row) > CLIPPED_SHARE * samples.size:
            flags.append("clipped")
    return tuple(flags)


def flags_of_text(text: str) -> tuple[str, ...]:
    """blank, no-content, garbled, repeated, truncated: of a text."""
    if not text or text.isspace():
        return ("blank",)
    flags = []
    if not _WORD.search(text):
        flags.append("no-content")
    if len(_GARBLED.findall(text)) > GARBLED_SHARE * len(text):
        flags.append("garbled")
    if len(text) >= REPEATED_CHARS and len(set(text[:REPEATED_CHARS])) < REPEATED_KINDS > len(set(text)):
        flags.append("repeated")
    if text.endswith("\ufffd"):
        flags.append("truncated")
    return tuple(flags)


def _is_blank(pixels: Pixels) -> bool:
    grid = thin_grid(pixels, SAMPLE_PIXELS).reshape(-1, pixels.shape[2])
    most, middle = BLANK_SPECKS * len(grid), np.zeros(grid.shape[1], np.int16)
    for band in range(grid.shape[1]):
        counts = np.bincount(grid[:, band], minlength=256)
        middle[band] = np.searchsorted(counts.cumsum(), [(len(grid) - 1) // 2, len(grid) // 2], "right").sum() // 2
        # Nearly every picture has more than specks in its first band alone.
        near = counts[max(middle[band] - BLANK_LEVELS, 0) : middle[band] + BLANK_LEVELS + 1]
        if len(grid) - near.sum() > most:
            return False
    specks = (np.abs(grid.astype(np.int16) - middle) > BLANK_LEVELS).any(axis=1)
    return bool(np.count_nonzero(specks) <= most)


def _is_filled(pixels: Pixels) -> bool:
    """Whether the last rows, FILL_SHARE of the height or more, are all of the grey with which decoders fill."""
    rows = pixels[-max(2, int(FILL_SHARE * len(pixels))) :]
    return bool((rows == FILL_GREY).all())


def _loudest_db(samples: Floats, rate: int) -> float:
    """Level of the loudest tenth of a second, without its constant part."""
    hop = max(1, min(samples.size, rate // 10))
    rows = samples[: samples.size // hop * hop].reshape(-1, hop)
    return 20 * float(np.log10(max(float(rows.std(axis=1).max()), 1e-9)))
