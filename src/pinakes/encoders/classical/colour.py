"""Pictures by colour: soft histograms over hue, saturation and value, of the whole, the centre and a coarse grid.

Swain and Ballard, "Color indexing", IJCV 1991, with soft bins in HSV. Colours without a clear hue are counted by their
brightness alone. The fourth root instead of Hellinger's square root gives small patches of colour more say.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pinakes.encoders.classical.base import register
from pinakes.types import Floats, Pixels

# Bins of hue, saturation, value, and of brightness for greys.
FINE, COARSE = (12, 3, 3, 8), (8, 2, 2, 4)
GRID = 4
POWER = 0.25
# Bits kept of each channel before the table of bins is asked.
BITS = 4
COLOURS = 1 << (3 * BITS)
# From grey to coloured, as saturation and value grow: start and width of the ramp.
SATURATION_RAMP, VALUE_RAMP = (0.1, 0.2), (0.08, 0.12)


def bins(shape: tuple[int, int, int, int]) -> int:
    """Bins of one histogram."""
    hues, saturations, values, greys = shape
    return hues * saturations * values + greys


DIM = 2 * bins(FINE) + GRID * GRID * bins(COARSE)


def rows(pictures: Pixels) -> Floats:
    """Histograms (n, DIM) of pictures (n, 128, 128, 3)."""
    n, side = len(pictures), pictures.shape[1]
    quantised = (pictures >> (8 - BITS)).astype(np.int32)
    colours = (quantised[..., 0] << (2 * BITS)) | (quantised[..., 1] << BITS) | quantised[..., 2]
    cell = np.arange(side) * GRID // side
    places = (np.arange(n)[:, None, None] * GRID + cell[:, None]) * GRID + cell
    counts = np.bincount((places * COLOURS + colours).ravel(), minlength=n * GRID * GRID * COLOURS)
    shares = counts.reshape(n * GRID * GRID, COLOURS).astype(np.float32) / (side // GRID) ** 2
    fine = (shares @ weights(FINE)).reshape(n, GRID, GRID, -1)
    coarse = (shares @ weights(COARSE)).reshape(n, GRID * GRID, -1)
    whole, centre = fine.mean((1, 2)), fine[:, 1:-1, 1:-1].mean((1, 2))
    parts = [whole**POWER, centre**POWER, (coarse**POWER).reshape(n, -1) / GRID]
    return np.concatenate(parts, axis=1)


@cache
def weights(shape: tuple[int, int, int, int]) -> Floats:
    """How much each quantised colour counts in each bin: (COLOURS, bins), rows of sum one."""
    hues, saturations, values, greys = shape
    hue, saturation, value = hsv(_centres())
    coloured = _ramp(saturation, *SATURATION_RAMP) * _ramp(value, *VALUE_RAMP)
    table = np.zeros((COLOURS, bins(shape)), np.float32)
    colour = np.arange(COLOURS)
    for h, of_hue in _soft(hue, hues, circular=True):
        for s, of_saturation in _soft(saturation, saturations):
            for v, of_value in _soft(value, values):
                share = coloured * of_hue * of_saturation * of_value
                np.add.at(table, (colour, (h * saturations + s) * values + v), share)
    for v, of_value in _soft(value, greys):
        np.add.at(table, (colour, hues * saturations * values + v), (1 - coloured) * of_value)
    return table


def _centres() -> Floats:
    """The middle of each quantised colour, (COLOURS, 3) in 0 to 1."""
    levels = (np.arange(1 << BITS, dtype=np.float32) + 0.5) / (1 << BITS)
    colours = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    return colours.reshape(-1, 3).astype(np.float32)


def hsv(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """Hue, saturation and value of colours (n, 3), all in 0 to 1."""
    red, green, blue = rgb.T
    value = rgb.max(1)
    spread = value - rgb.min(1)
    safe = np.where(spread > 0, spread, 1)
    by_channel = np.stack([(green - blue) / safe % 6, (blue - red) / safe + 2, (red - green) / safe + 4])
    hue = np.take_along_axis(by_channel, rgb.argmax(1)[None], axis=0)[0] / 6
    return np.where(spread > 0, hue, 0), spread / np.where(value > 0, value, 1), value


def _ramp(x: Floats, start: float, width: float) -> Floats:
    share: Floats = np.clip((x - start) / width, 0, 1)
    return share


def _soft(x: Floats, count: int, *, circular: bool = False) -> list[tuple[np.ndarray, Floats]]:
    """The two bins nearest to each value in 0 to 1 and its share in them; round the circle for hues."""
    at = x * count - 0.5
    if not circular:
        at = np.clip(at, 0, count - 1)
    low = np.floor(at).astype(np.int64)
    share = (at - low).astype(np.float32)
    high = (low + 1) % count if circular else np.minimum(low + 1, count - 1)
    return [(low % count, 1 - share), (high, share)]


register(
    "colour",
    "image",
    DIM,
    1,
    rows,
    "Soft HSV histograms of the whole, the centre and a 4 x 4 grid (Swain and Ballard 1991).",
)
