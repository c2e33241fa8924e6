"""Town, table by the window, and the open sky."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pinakes.sources.sample.art.facades import row_of_houses
from pinakes.sources.sample.art.geometry import arc, curve
from pinakes.sources.sample.art.palette import CREAM, WOOD, Rgb, darker, lighter, mix, rgb
from pinakes.sources.sample.art.sky import cloud
from pinakes.sources.sample.art.stage import Stage
from pinakes.sources.sample.art.tile import glow

WALLPAPERS: tuple[Rgb, ...] = tuple(
    rgb(word) for word in ["E6C98A", "A9BF9A", "E0A58C", "93B7BE", "E8B79A", "B9A3C6", "D98F7A", "C7C48A"]
)
CLOTHS: tuple[Rgb, ...] = tuple(rgb(word) for word in ["F6E8C8", "C9DDD2", "F2D3BE", "E4DAEA"])


def town(stage: Stage) -> None:
    """A street with a row of houses."""
    base = stage.h * 0.70
    distant = mix(stage.mood.far, stage.mood.sky[2], 0.30)
    x = -0.05
    while x < stage.w:
        width, tall = stage.rng.uniform(0.07, 0.16), stage.rng.uniform(0.30, 0.50)
        top = base - tall
        stage.pen.shape(
            [
                (x, base),
                (x, top),
                (x + width / 2, top - stage.rng.uniform(0.03, 0.09)),
                (x + width, top),
                (x + width, base),
            ],
            distant,
            shade=0.35,
            side="below",
            tone=stage.mood.sky[2],
            key=False,
        )
        x += width * 0.96
    row_of_houses(stage, base, low=0.20, high=0.40, wide=(0.15, 0.24))
    paving = stage.mood.ground if stage.snowy else stage.in_light(rgb("C9BBA6"))
    street = stage.mood.ground if stage.snowy else stage.in_light(rgb("9C8F8B"))
    stage.layer(np.array([(-0.05, base), (stage.w + 0.05, base)]), paving, shade=0.4)
    stage.layer(np.array([(-0.05, base + 0.045), (stage.w + 0.05, base + 0.045)]), street, shade=0.5, side="below")
    stage.pen.stroke(
        [(-0.05, base + 0.045), (stage.w + 0.05, base + 0.045)], 0.008, lighter(paving, 0.25), smooth=False
    )
    stone = darker(street, 0.16)
    for row in range(7):
        t = row / 6
        y = base + 0.085 + (stage.h - base - 0.07) * t**1.2
        step = 0.055 + 0.06 * t
        for x in np.arange(-stage.rng.uniform(0, step), stage.w + step, step):
            if stage.rng.random() < 0.6:
                stage.pen.stroke(arc(x, y, step * 0.36, 0.006 + 0.008 * t, 180, 360), 0.0035, stone, smooth=False)


def sky_high(stage: Stage) -> None:
    """Nothing but air, with the fields far below."""
    h = stage.h
    if stage.scene.weather == "clear" or stage.snowy:
        stage.layer(stage.ridge(h * 0.90, 0.012, 0.8), mix(stage.mood.far, stage.mood.sky[2], 0.30), shade=0.3)
        stage.layer(stage.ridge(h * 0.935, 0.012, 1.1), mix(stage.mood.mid, stage.mood.sky[2], 0.12), shade=0.4)
    for k in range(3):
        x = stage.w * (stage.rng.uniform(0.0, 0.35) if k % 2 else stage.rng.uniform(0.65, 1.0))
        cloud(stage, x, h * stage.rng.uniform(0.30, 0.80), stage.rng.uniform(0.13, 0.22))


def sky_front(stage: Stage) -> None:
    """A bank of cloud along the lower edge."""
    for x in np.arange(0.0, stage.w + 0.3, 0.34):
        cloud(
            stage,
            x + stage.rng.normal(0, 0.05),
            stage.h * 0.985 + stage.rng.normal(0, 0.01),
            stage.rng.uniform(0.15, 0.24),
        )


def table(stage: Stage) -> None:
    """A table before a papered wall with a window on the weather."""
    dim, shade = {"day": (0.0, CREAM), "dusk": (0.16, rgb("8A4A50")), "night": (0.34, rgb("4A2F4E"))}[stage.scene.time]
    wall = mix(stage.pick(WALLPAPERS), shade, dim)
    image = stage.pen.image
    image.paste(wall, (0, 0, *image.size))
    stage.pen.tone(Image.new("L", image.size, 255), (0, 0), darker(wall, 0.22), 0.45 * stage.pen.hand.shading, "right")
    _wallpaper(stage, mix(wall, CREAM, 0.22) if stage.rng.random() < 0.6 else darker(wall, 0.10))
    if stage.scene.time != "day":
        glow(
            image,
            (stage.w / 2 * stage.pen.short, stage.h * 0.62 * stage.pen.short),
            stage.pen.short * 0.85,
            rgb("FFCE86"),
            0.50,
        )
    _window(stage, dim, shade)
    top, edge = stage.h * 0.68, stage.h * 0.925
    cloth = mix(stage.pick(CLOTHS), mix(shade, rgb("FFCE86"), 0.4), dim * 0.6)
    trim = mix(cloth, stage.pick((rgb("B5533C"), rgb("4F6F8F"), rgb("7B8B55"), rgb("8A5A7A"))), 0.55)
    stage.layer(
        np.array([(-0.05, top), (stage.w + 0.05, top)]), cloth, shade=0.45, side="below", tone=darker(cloth, 0.16)
    )
    _pattern(stage, top, edge, trim)
    stage.layer(np.array([(-0.05, edge), (stage.w + 0.05, edge)]), darker(cloth, 0.13), shade=0.4)
    for x in np.arange(0.0, stage.w + 0.1, 0.07):
        stage.pen.shape(arc(x, stage.h * 0.975, 0.035, 0.018, 0, 180), trim, key=False)
    stage.pen.stroke([(-0.05, edge + 0.012), (stage.w + 0.05, edge + 0.012)], 0.008, trim, smooth=False)


def _wallpaper(stage: Stage, tone: Rgb) -> None:
    """Sprigs, stripes or dots."""
    kind = int(stage.rng.integers(3))
    top = stage.h * 0.70
    if kind == 0:
        for x in np.arange(0.03, stage.w, 0.075):
            stage.pen.stroke([(x, -0.02), (x, top)], 0.014, tone, smooth=False)
        return
    for row, y in enumerate(np.arange(0.04, top, 0.085)):
        for x in np.arange(0.03 + (row % 2) * 0.05, stage.w, 0.10):
            if kind == 1:
                stage.pen.dots([(x, y)], 0.009, tone)
            else:
                for dx, turn in ((-0.013, -1), (0.013, 1), (0.0, 0)):
                    stage.pen.stroke(
                        [(x, y + 0.016), (x + dx, y - 0.012 + abs(turn) * 0.006)], 0.008, tone, taper=0.7, smooth=False
                    )


def _window(stage: Stage, dim: float, shade: Rgb) -> None:
    """A window that shows the hour and the weather."""
    wide, tall = 0.36, 0.40
    left = stage.rng.uniform(0.06, 0.14) if stage.rng.random() < 0.5 else stage.w - wide - stage.rng.uniform(0.06, 0.14)
    top = stage.h * 0.09
    frame = mix(CREAM, shade, dim * 0.7)
    stage.pen.rect(left - 0.03, top - 0.03, left + wide + 0.03, top + tall + 0.03, darker(frame, 0.08))
    a, b, c = stage.mood.sky
    for k in range(5):
        t = k / 4
        colour = mix(a, b, t * 2) if t < 0.5 else mix(b, c, t * 2 - 1)
        stage.pen.rect(left, top + tall * t * 0.8, left + wide, top + tall, colour, key=False, shade=0.2, side="above")
    for level, colour in ((0.80, stage.mood.far), (0.90, stage.mood.ground)):
        x = np.linspace(left, left + wide, 9)
        line = curve(np.column_stack([x, top + tall * level + 0.016 * np.sin(x * 17 + level * 9)]))
        stage.pen.shape(
            np.vstack([line, [(left + wide, top + tall), (left, top + tall)]]),
            colour,
            shade=0.4,
            side="above",
            key=False,
        )
    _seen_outside(stage, left, top, wide, tall)
    for path in (
        [(left + wide / 2, top), (left + wide / 2, top + tall)],
        [(left, top + tall * 0.45), (left + wide, top + tall * 0.45)],
    ):
        stage.pen.stroke(path, 0.014, frame, smooth=False)
    outline = [(left, top), (left + wide, top), (left + wide, top + tall), (left, top + tall), (left, top)]
    stage.pen.stroke(outline, 0.024, frame, smooth=False)
    stage.pen.rect(
        left - 0.05, top + tall + 0.02, left + wide + 0.05, top + tall + 0.05, frame, shade=0.4, side="below"
    )
    _curtain(
        stage,
        left,
        top,
        wide,
        tall,
        mix(stage.pick((rgb("C98F78"), rgb("A8B3A0"), rgb("D9B870"), rgb("9FA9C0"))), shade, dim),
    )


def _seen_outside(stage: Stage, left: float, top: float, wide: float, tall: float) -> None:
    """Stars, sun, rain or flakes behind the glass."""
    spots = stage.scatter(46, (left + 0.01, left + wide - 0.01), (top + 0.01, top + tall * 0.96))
    if stage.scene.weather == "rain":
        for x, y in spots:
            stage.pen.stroke(
                [(x, y), (x - 0.008, min(y + 0.030, top + tall))],
                0.0035,
                mix(stage.mood.cloud, CREAM, 0.55),
                smooth=False,
            )
    elif stage.snowy:
        stage.pen.dots(spots, 0.0055, (252, 250, 246))
    elif stage.night:
        stage.pen.dots(spots[spots[:, 1] < top + tall * 0.7], 0.0028, mix(CREAM, stage.mood.light, 0.4))
    else:
        low = 0.66 if stage.scene.time == "dusk" else 0.28
        stage.pen.blob(left + wide * 0.70, top + tall * low, 0.040, 0.040, mix(stage.mood.light, CREAM, 0.2), key=False)


def _curtain(stage: Stage, left: float, top: float, wide: float, tall: float, tone: Rgb) -> None:
    """Two curtains on a rod."""
    for x0, sign in ((left - 0.05, 1), (left + wide + 0.05, -1)):
        outer, tie, hem = x0, x0 + sign * 0.045, x0 + sign * 0.085
        inner = curve(
            [
                (x0 + sign * 0.15, top - 0.045),
                (x0 + sign * 0.12, top + tall * 0.40),
                (tie + sign * 0.015, top + tall * 0.62),
                (hem, top + tall + 0.06),
            ]
        )
        stage.pen.shape(
            np.vstack([[(outer, top + tall + 0.06), (outer, top - 0.045)], inner]), tone, shade=0.6, side="right"
        )
        for k in (0.03, 0.06, 0.09):
            stage.pen.stroke(
                [
                    (x0 + sign * k, top - 0.04),
                    (x0 + sign * k * 0.8, top + tall * 0.4),
                    (x0 + sign * k * 0.5, top + tall * 0.61),
                ],
                0.005,
                darker(tone, 0.2),
                taper=0.5,
            )
        stage.pen.stroke(
            [(x0 - sign * 0.004, top + tall * 0.62), (tie + sign * 0.02, top + tall * 0.62)],
            0.016,
            darker(tone, 0.25),
            smooth=False,
        )
    stage.pen.stroke(
        [(left - 0.09, top - 0.05), (left + wide + 0.09, top - 0.05)], 0.014, darker(WOOD, 0.25), smooth=False
    )


def _pattern(stage: Stage, top: float, edge: float, tone: Rgb) -> None:
    """Stripes that run towards us, or sprigs that grow smaller with distance."""
    middle = stage.w / 2
    if stage.rng.random() < 0.5:
        for x in np.arange(middle - 1.9, middle + 1.9, 0.19):
            a, b = (middle + (x - middle) * 0.80, top), (middle + (x - middle) * 1.12, edge)
            stage.pen.shape([a, (a[0] + 0.010, a[1]), (b[0] + 0.014, b[1]), b], tone, key=False)
            stage.pen.shape(
                [(a[0] + 0.020, a[1]), (a[0] + 0.024, a[1]), (b[0] + 0.032, b[1]), (b[0] + 0.027, b[1])],
                tone,
                key=False,
            )
        return
    for row in range(5):
        t = (row + 0.5) / 5
        y = top + (edge - top) * t**1.15
        for x in np.arange(middle - 1.6 + 0.09 * (row % 2), middle + 1.6, 0.18):
            r = 0.006 + 0.006 * t
            across = middle + (x - middle) * (0.80 + 0.32 * t)
            stage.pen.dots(
                [(across, y), (across - 2 * r, y), (across + 2 * r, y), (across, y - 1.3 * r), (across, y + 1.3 * r)],
                r * 0.7,
                tone,
            )
