"""Rows of narrow houses, for the town and the harbour."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import Points, arc, box
from pinakes.sources.sample.art.palette import CREAM, Rgb, darker, lighter, mix, rgb
from pinakes.sources.sample.art.stage import Stage

# Plaster and brick, all of them quiet, so that what stands before them keeps its colour.
WALLS: tuple[Rgb, ...] = tuple(
    rgb(word) for word in ["D9B99A", "C98F78", "E4D2AE", "A8B3A0", "B7A7B0", "9FB0BC", "D3C4B0", "BF9F86", "8F9C96"]
)
ROOFS: tuple[Rgb, ...] = tuple(rgb(word) for word in ["7A5650", "5D5864", "8C6A58", "6B6A62"])


def row_of_houses(stage: Stage, base: float, *, low: float, high: float, wide: tuple[float, float]) -> None:
    """Houses wall to wall from one side to the other; `stage.doubles` notes them for their reflections."""
    x = -stage.rng.uniform(0.02, 0.08)
    before = -1
    while x < stage.w + 0.02:
        width = stage.rng.uniform(*wide)
        height = stage.rng.uniform(low, high)
        choice = int(stage.rng.integers(len(WALLS)))
        choice = (choice + 1) % len(WALLS) if choice == before else choice
        before = choice
        wall = stage.in_light(WALLS[choice])
        facade(stage, x, base, width, height, wall)
        stage.doubles.append((x + width / 2, width / 2, wall))
        x += width


def facade(stage: Stage, x: float, base: float, width: float, height: float, wall: Rgb) -> None:
    """One narrow house with its gable, windows and door."""
    roof = stage.in_light(stage.pick(ROOFS))
    snow = stage.in_light(rgb("FBFAF6"))
    eaves = base - height
    style = int(stage.rng.integers(4))
    top = _gable(x, eaves, width, style)
    if style == 3:
        stage.pen.shape(
            [
                (x - 0.008, eaves),
                (x + width + 0.008, eaves),
                (x + width * 0.84, eaves - width * 0.42),
                (x + width * 0.16, eaves - width * 0.42),
            ],
            roof,
            shade=0.6,
        )
    if stage.rng.random() < 0.7:
        side = x + width * (0.66 if stage.rng.random() < 0.5 else 0.20)
        stage.pen.rect(side, eaves - width * 0.52, side + width * 0.14, eaves + 0.01, darker(wall, 0.25), key=False)
    stage.pen.shape(np.vstack([top, [(x + width, base), (x, base)]]), wall, shade=0.65, side="right")
    trim = mix(wall, CREAM, 0.62) if not stage.night else mix(wall, CREAM, 0.25)
    ridge = (
        top
        if style != 3
        else np.array([(x + width * 0.13, eaves - width * 0.42), (x + width * 0.87, eaves - width * 0.42)])
    )
    if stage.snowy:
        stage.pen.stroke(ridge - (0, 0.004), width * 0.085, snow, smooth=False)
    elif style != 3:
        stage.pen.stroke(ridge, width * 0.055, roof if style == 0 else trim, smooth=False)
    _windows(stage, x, base, width, height, trim)
    door = stage.in_light(stage.pick(ROOFS))
    middle = x + width * (0.5 if width < 0.16 else 0.24)
    tall = min(width * 0.42, height * 0.3)
    stage.pen.shape(
        np.vstack(
            [
                arc(middle, base - tall * 0.72, width * 0.10, tall * 0.28, 180, 360),
                [(middle + width * 0.10, base), (middle - width * 0.10, base)],
            ]
        ),
        door,
        key=False,
    )


def _gable(x: float, eaves: float, width: float, style: int) -> Points:
    """The upper edge of a house from left to right."""
    if style == 0:
        return np.array([(x, eaves), (x + width / 2, eaves - width * 0.58), (x + width, eaves)])
    if style == 1:
        steps = [
            (0, 0),
            (0, -0.12),
            (0.15, -0.12),
            (0.15, -0.28),
            (0.30, -0.28),
            (0.30, -0.44),
            (0.42, -0.44),
            (0.42, -0.56),
            (0.58, -0.56),
        ]
        steps += [(0.58, -0.44), (0.70, -0.44), (0.70, -0.28), (0.85, -0.28), (0.85, -0.12), (1, -0.12), (1, 0)]
        return np.array([(x + a * width, eaves + b * width) for a, b in steps])
    if style == 2:
        bell = arc(x + width / 2, eaves - width * 0.18, width * 0.30, width * 0.34, 180, 360)
        return np.vstack(
            [
                [(x, eaves), (x + 0.02 * width, eaves - width * 0.12)],
                bell,
                [(x + 0.98 * width, eaves - width * 0.12), (x + width, eaves)],
            ]
        )
    return np.array([(x, eaves), (x + width, eaves)])


def _windows(stage: Stage, x: float, base: float, width: float, height: float, trim: Rgb) -> None:
    """Windows in storeys; at night some are lit."""
    columns = 2 if width < 0.16 else 3
    storeys = max(1, int(height / (width * 0.42)))
    step = (height - width * 0.40) / storeys
    glass = stage.in_light(rgb("5E7480"))
    for row in range(storeys):
        y = base - width * 0.46 - step * row - step * 0.55
        for column in range(columns):
            left = x + width * (column + 0.5) / columns - width * 0.085
            lit = stage.scene.time != "day" and stage.rng.random() < (0.62 if stage.night else 0.4)
            pane = stage.mood.light if lit else lighter(glass, 0.12 * stage.rng.random())
            tall = min(step * 0.62, width * 0.26)
            stage.pen.shape(
                box(left - 0.003, y - 0.003, left + width * 0.17 + 0.003, y + tall + 0.003), trim, key=False
            )
            stage.pen.shape(box(left, y, left + width * 0.17, y + tall), pane, key=False)
            stage.pen.stroke(
                [(left + width * 0.085, y), (left + width * 0.085, y + tall)], width * 0.014, trim, smooth=False
            )
            stage.pen.stroke(
                [(left, y + tall * 0.45), (left + width * 0.17, y + tall * 0.45)], width * 0.014, trim, smooth=False
            )
