"""A few Chinese characters as a brush writes them, for where no font has them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from pinakes.sources.sample.art.geometry import curve, points, ribbon
from pinakes.sources.sample.art.palette import Rgb

# Strokes in writing order, each a path on a square of 100 with y downward.
CHARACTERS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "小": (((51, 6), (50, 50), (50, 88), (40, 80)), ((31, 34), (24, 52), (12, 66)), ((68, 34), (80, 48), (90, 64))),
    "船": (
        ((31, 5), (27, 14), (20, 22)),
        ((16, 23), (17, 58), (6, 93)),
        ((16, 23), (43, 21), (43, 84), (34, 90)),
        ((26, 32), (31, 41)),
        ((3, 55), (52, 50)),
        ((26, 62), (31, 72)),
        ((65, 12), (64, 32), (54, 46)),
        ((66, 13), (83, 11), (83, 32), (97, 36)),
        ((60, 57), (64, 91)),
        ((61, 58), (92, 55), (88, 90)),
        ((65, 84), (89, 82)),
    ),
    "月": (
        ((33, 8), (33, 58), (16, 94)),
        ((34, 9), (75, 8), (75, 88), (62, 82)),
        ((36, 34), (72, 33)),
        ((36, 58), (72, 57)),
    ),
    "山": (((50, 8), (50, 84)), ((20, 40), (20, 86), (82, 83)), ((82, 36), (82, 88))),
}


def write(words: str, size: int, ink: Rgb, paper: Rgb) -> Image.Image:
    """Characters one below the other, each `size` pixels square."""
    over = 3
    sheet = Image.new("RGB", (size * over, size * over * len(words)), paper)
    draw = ImageDraw.Draw(sheet)
    unit = size * over / 112
    for row, character in enumerate(words):
        for path in CHARACTERS[character]:
            _stroke(draw, points(path) * unit + (6 * unit, 6 * unit + row * size * over), 8.5 * unit, ink)
    return sheet.resize((size, size * len(words)), Image.Resampling.LANCZOS)


def _stroke(draw: ImageDraw.ImageDraw, corners: np.ndarray, wide: float, ink: Rgb) -> None:
    """One stroke: heavy where the brush is set down, thin where it leaves."""
    # Corners stay corners: each leg is bent a little, as a wrist bends it.
    legs = [curve([a, (a + b) / 2 + (b - a)[::-1] * (0.03, -0.03), b]) for a, b in pairwise(corners)]
    path = np.vstack([leg[:-1] for leg in legs[:-1]] + [legs[-1]])
    t = np.linspace(0, 1, len(path))
    widths = (
        wide
        * (0.62 + 0.45 * np.exp(-((t - 0.04) ** 2) / 0.01) + 0.25 * np.exp(-((t - 0.6) ** 2) / 0.12))
        * np.clip((1.02 - t) * 3.2, 0.12, 1)
    )
    draw.polygon(ribbon(path, widths).ravel().tolist(), fill=ink)
    x, y = path[0]
    r = widths[0] / 2
    draw.ellipse([x - r, y - r * 0.9, x + r, y + r * 0.9], fill=ink)
