"""Forest, hills, mountains and garden."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import Points, arc, curve, moved
from pinakes.sources.sample.art.palette import CREAM, INKS, WOOD, Rgb, darker, lighter, mix, rgb
from pinakes.sources.sample.art.scenery_water import tuft
from pinakes.sources.sample.art.stage import Stage


def _pine(stage: Stage, x: float, foot: float, height: float, colour: Rgb) -> None:
    """A fir of four skirts."""
    stage.pen.rect(x - height * 0.025, foot - height * 0.15, x + height * 0.025, foot, darker(WOOD, 0.3), key=False)
    for k in range(4):
        low = foot - height * (0.10 + 0.20 * k)
        high = low - height * (0.34 - 0.02 * k)
        half = height * (0.25 - 0.048 * k)
        hem = [(x + half * t, low + (height * 0.025 if j % 2 else 0.0)) for j, t in enumerate(np.linspace(1, -1, 9))]
        stage.pen.shape([(x, high), *hem], colour, shade=0.75, side="right", key=False)
        if stage.snowy:
            cap = [
                (x, high),
                (x + half * 0.72, low - height * 0.06),
                (x + half * 0.30, low - height * 0.09),
                (x, low - height * 0.05),
                (x - half * 0.34, low - height * 0.10),
                (x - half * 0.74, low - height * 0.06),
            ]
            stage.pen.shape(cap, mix(stage.mood.ground, (255, 255, 255), 0.35), key=False)


def _trunk(stage: Stage, x: float, foot: float, width: float, colour: Rgb, *, birch: bool) -> None:
    """A trunk that leaves the picture at the top."""
    lean = stage.rng.normal(0, 0.012)
    path = [
        (x - width * 0.75, foot),
        (x - width * 0.45, foot - 0.10),
        (x - width * 0.36 + lean, -0.05),
        (x + width * 0.36 + lean, -0.05),
        (x + width * 0.45, foot - 0.10),
        (x + width * 0.85, foot),
    ]
    stage.pen.shape(path, colour, shade=0.7, side="right")
    for _ in range(2):
        y, sign = stage.rng.uniform(0.16, 0.42) * stage.h, stage.rng.choice([-1, 1])
        reach = stage.rng.uniform(0.05, 0.10)
        stage.pen.stroke(
            [(x, y), (x + sign * reach * 0.6, y - reach * 0.6), (x + sign * reach, y - reach * 1.4)],
            width * 0.30,
            colour,
            taper=0.5,
        )
    if birch:
        for y in stage.rng.uniform(0.0, foot - 0.05, 12):
            half = width * stage.rng.uniform(0.12, 0.30)
            off = stage.rng.uniform(-0.12, 0.12) * width
            stage.pen.stroke([(x - half + off, y), (x + half + off, y + 0.002)], 0.006, darker(colour, 0.45), taper=0.8)


def _foliage(stage: Stage, y: float, size: float, colour: Rgb) -> None:
    """A hanging roof of leaves along the top."""
    x = np.arange(-0.05, stage.w + size, size * 0.8)
    for a in x:
        r = size * stage.rng.uniform(0.6, 1.0)
        stage.pen.blob(
            a, y - r * 0.45 + stage.rng.normal(0, size * 0.14), r, r * 0.8, colour, shade=0.6, side="below", key=False
        )
    for a, b in stage.scatter(46, (0, stage.w), (0.0, y + size * 0.2)):
        stage.pen.shape(
            arc(a, b, 0.006, 0.012),
            mix(colour, stage.mood.light if not stage.night else stage.mood.foam, 0.35),
            key=False,
        )


def forest(stage: Stage) -> None:
    """Trunks behind trunks, or firs behind firs."""
    stage.pen.veil([(0, 0), (stage.w, 0), (stage.w, stage.h), (0, stage.h)], stage.mood.far, 0.5, "above")
    mist = mix(stage.mood.sky[2], stage.mood.far, 0.35)
    foot = stage.h * 0.70
    firs = stage.scene.seed % 2 == 0 or stage.snowy
    leafy = stage.mood.far if stage.scene.time != "day" else mix(stage.mood.far, stage.mood.light, 0.15)
    for k in range(3):
        t = k / 2
        colour = mix(mist, mix(stage.mood.mid, stage.mood.near, t), 0.35 + 0.5 * t)
        level = foot - 0.06 + 0.05 * k
        if firs:
            for x in np.arange(stage.rng.uniform(-0.05, 0.02), stage.w + 0.1, 0.13 + 0.05 * k):
                _pine(
                    stage, x + stage.rng.normal(0, 0.02), level + 0.03, stage.rng.uniform(0.42, 0.60) + 0.10 * k, colour
                )
        else:
            for x in np.arange(stage.rng.uniform(0, 0.08), stage.w, 0.11 + 0.06 * k):
                bark = mix(colour, WOOD if k else colour, 0.25 * t)
                _trunk(
                    stage,
                    x + stage.rng.normal(0, 0.025),
                    level + 0.03,
                    0.014 + 0.014 * k,
                    bark,
                    birch=stage.scene.seed % 4 == 1,
                )
            _foliage(stage, 0.10 + 0.07 * (2 - k), 0.13 + 0.03 * k, mix(leafy, colour, 0.3 + 0.4 * t))
        stage.layer(stage.ridge(level, 0.012, 2.0), mix(stage.mood.mid, stage.mood.ground, 0.2 + 0.4 * t), shade=0.4)
    stage.layer(stage.ridge(foot + 0.06, 0.014, 1.2), stage.mood.ground, shade=0.6, side="below")
    for x, y in stage.clear_of(stage.scatter(16, (0, stage.w), (foot + 0.08, stage.h * 0.98)), 0.5):
        tuft(stage, x, y, 0.045, mix(stage.mood.near, stage.mood.ground, 0.3), 5)


def forest_front(stage: Stage) -> None:
    """Ferns in the near corners."""
    tone = mix(stage.mood.near, stage.mood.ground, 0.15)
    for side, sign in ((0.0, 1), (stage.w, -1)):
        for k in range(3):
            root = (side + sign * 0.015 * k, stage.h + 0.02)
            reach, rise = 0.20 - 0.05 * k, 0.10 + 0.07 * k
            spine = curve(
                [root, (root[0] + sign * reach * 0.45, root[1] - rise * 0.9), (root[0] + sign * reach, root[1] - rise)]
            )
            stage.pen.stroke(spine, 0.006, tone, smooth=False)
            for j, (x, y) in enumerate(spine[2:-1]):
                size = 0.036 * (1 - j / len(spine))
                for updown in (-1, 1):
                    stage.pen.stroke(
                        [(x, y), (x + sign * size * 0.4, y + updown * size)], 0.008, tone, taper=0.5, smooth=False
                    )


def hills(stage: Stage) -> None:
    """Rolling fields with furrows, rows and a path."""
    top, h = stage.horizon, stage.h
    colours = [
        mix(stage.mood.far, stage.mood.sky[2], 0.25),
        stage.mood.far,
        stage.mood.mid,
        mix(stage.mood.mid, stage.mood.ground, 0.5),
        stage.mood.ground,
    ]
    levels = [top - 0.06, top, top + (h * 0.66 - top) * 0.40, h * 0.63, h * 0.74]
    for k, (level, colour) in enumerate(zip(levels, colours, strict=True)):
        line = stage.ridge(level, 0.055 - 0.008 * k, stage.rng.uniform(0.7, 1.5))
        stage.layer(line, colour, shade=0.6)
        if 1 <= k <= 3:
            _field(stage, line, (levels[k + 1] - level) * 1.1, colour, int(stage.rng.integers(4)))
    for x, y in stage.clear_of(stage.scatter(26, (0, stage.w), (h * 0.80, h * 0.99)), 0.5):
        tuft(stage, x, y, 0.035, mix(stage.mood.near, stage.mood.ground, 0.35), 4)


def _field(stage: Stage, line: Points, depth: float, colour: Rgb, pattern: int) -> None:
    """Furrows, rows of crops or bushes on a part of a hill."""
    n = len(line)
    a = int(stage.rng.integers(0, n // 2))
    part = line[a : a + n // 2]
    tone = (
        mix(colour, darker(stage.mood.near, 0.15), 0.6)
        if stage.rng.random() < 0.6
        else mix(colour, stage.mood.light if not stage.night else stage.mood.foam, 0.5)
    )
    if pattern == 0:
        for k in range(1, 6):
            stage.pen.stroke(moved(part, 0.01 * k, depth * (0.10 + 0.17 * k)), 0.005, tone, taper=0.4, smooth=False)
    elif pattern == 1:
        middle = part[len(part) // 2]
        for k in np.linspace(-1, 1, 11):
            start = part[int((k + 1) / 2 * (len(part) - 1))] + (0, 0.012)
            stage.pen.stroke(
                [start, (middle[0] + (start[0] - middle[0]) * 1.5, start[1] + depth * 0.95)],
                0.0045,
                tone,
                taper=0.3,
                smooth=False,
            )
    elif pattern == 2:
        for row in range(4):
            stage.pen.dots(moved(part[::3], 0.012 * row, depth * (0.16 + 0.20 * row)), 0.006 + 0.001 * row, tone)
    else:
        bush = darker(mix(colour, stage.mood.near, 0.6), 0.08)
        for x, y in part[::4]:
            r = stage.rng.uniform(0.010, 0.018)
            stage.pen.blob(x, y - r * 0.2, r * 1.3, r, bush, shade=0.5, side="below", key=False)


def _peaks(stage: Stage, level: float, height: float, count: int, colour: Rgb) -> None:
    """A chain of faceted peaks with snow."""
    snow = mix(CREAM if stage.scene.time == "day" else stage.mood.cloud, colour, 0.08)
    xs = np.linspace(-0.08, stage.w + 0.08, count) + stage.rng.normal(0, 0.04, count)
    order = stage.rng.permutation(count)
    for k in order:
        x, tall = xs[k], height * stage.rng.uniform(0.65, 1.1)
        half = tall * stage.rng.uniform(0.75, 1.0)
        peak = (x, level - tall)
        left = [(x - half * 0.55, level - tall * 0.42), (x - half * 0.30, level - tall * 0.66)]
        right = [(x + half * 0.28, level - tall * 0.70), (x + half * 0.62, level - tall * 0.34)]
        outline = [(x - half, level + 0.02), *left, peak, *right, (x + half, level + 0.02)]
        stage.pen.shape(outline, colour, shade=0.5, side="below", tone=mix(colour, stage.mood.sky[2], 0.55))
        stage.pen.shape(
            [
                peak,
                *right,
                (x + half, level + 0.02),
                (x + half * 0.25, level + 0.02),
                (x + half * 0.05, level - tall * 0.40),
                (x + half * 0.12, level - tall * 0.66),
            ],
            darker(colour, 0.20),
            shade=0.3,
            key=False,
        )
        stage.pen.shape(
            [
                peak,
                (x + half * 0.28, level - tall * 0.70),
                (x + half * 0.16, level - tall * 0.62),
                (x + half * 0.06, level - tall * 0.72),
                (x - half * 0.06, level - tall * 0.60),
                (x - half * 0.15, level - tall * 0.70),
                (x - half * 0.26, level - tall * 0.69),
            ],
            snow,
            key=False,
        )


def mountains(stage: Stage) -> None:
    """Two chains of peaks above a high meadow."""
    top, h = stage.horizon, stage.h
    _peaks(stage, top + 0.05, 0.34, 5, mix(stage.mood.far, stage.mood.sky[1], 0.42))
    _peaks(stage, top + 0.12, 0.30, 4, mix(stage.mood.far, rgb("6F7C94"), 0.30 if not stage.night else 0.1))
    stage.layer(stage.ridge(top + 0.12, 0.02, 2.2), mix(stage.mood.mid, stage.mood.far, 0.4), shade=0.5)
    stage.layer(stage.ridge(h * 0.66, 0.03, 1.3), stage.mood.mid, shade=0.55)
    stage.layer(stage.ridge(h * 0.73, 0.025, 0.9), stage.mood.ground, shade=0.5)
    rock = mix(rgb("8B8790"), stage.mood.near, 0.35)
    for x, y in stage.clear_of(stage.scatter(7, (0.02, stage.w), (h * 0.76, h * 0.97)), 0.6):
        r = stage.rng.uniform(0.014, 0.034)
        stage.pen.shape(
            [
                (x - r * 1.3, y),
                (x - r, y - r * 0.8),
                (x - r * 0.1, y - r * 1.15),
                (x + r * 0.9, y - r * 0.7),
                (x + r * 1.3, y),
            ],
            rock,
            shade=0.7,
            key=False,
        )
    for x, y in stage.clear_of(stage.scatter(24, (0, stage.w), (h * 0.78, h * 0.99)), 0.5):
        tuft(stage, x, y, 0.030, mix(stage.mood.near, stage.mood.ground, 0.35), 4)


def garden(stage: Stage) -> None:
    """A hedge, a fence and a lawn with a path."""
    h, top = stage.h, stage.h * 0.56
    stage.layer(stage.ridge(top - 0.10, 0.04, 1.4), mix(stage.mood.far, stage.mood.sky[2], 0.2), shade=0.4)
    hedge = mix(stage.mood.near, stage.mood.mid, 0.35)
    bumps = np.vstack(
        [
            arc(x, top - 0.01, 0.075, 0.06 + stage.rng.uniform(-0.015, 0.02), 180, 360, n=9)
            for x in np.arange(-0.02, stage.w + 0.1, 0.13)
        ]
    )
    stage.layer(bumps, hedge, shade=0.55)
    for x, y in stage.scatter(60, (0, stage.w), (top - 0.04, top + 0.10)):
        stage.pen.shape(arc(x, y, 0.005, 0.009), mix(hedge, stage.mood.light, 0.28 * stage.rng.random()), key=False)
    stage.layer(stage.ridge(h * 0.685, 0.006, 1.0), stage.mood.ground, shade=0.55, side="below")
    fence = (
        mix(CREAM, stage.mood.tint, min(0.5, stage.mood.tinted * 2.2)) if not stage.snowy else mix(WOOD, CREAM, 0.45)
    )
    for level in (0.615, 0.66):
        stage.pen.stroke([(-0.05, h * level), (stage.w + 0.05, h * level)], 0.012, darker(fence, 0.10), smooth=False)
    for x in np.arange(0.0, stage.w + 0.04, 0.046):
        stage.pen.shape(
            [
                (x - 0.012, h * 0.692),
                (x - 0.012, h * 0.585),
                (x, h * 0.565),
                (x + 0.012, h * 0.585),
                (x + 0.012, h * 0.692),
            ],
            fence,
            shade=0.3,
        )
    for x, y in stage.clear_of(stage.scatter(22, (0, stage.w), (h * 0.74, h * 0.98)), 0.5):
        tuft(stage, x, y, 0.032, mix(stage.mood.near, stage.mood.ground, 0.35), 4)
    if stage.snowy:
        return
    for x in (*stage.rng.uniform(0.0, 0.30, 5), *stage.rng.uniform(0.70, 1.0, 5)):
        bloom(stage, x * stage.w, h * stage.rng.uniform(0.70, 0.76), stage.rng.uniform(0.06, 0.09))


def bloom(stage: Stage, x: float, y: float, height: float) -> None:
    """A small flower of the beds."""
    tone = stage.pick((INKS["pink"], rgb("D9695A"), INKS["yellow"], CREAM, rgb("A98BC0"), INKS["orange"]))
    tone = mix(tone, stage.mood.tint, min(0.5, stage.mood.tinted * 2))
    green = mix(stage.mood.near, rgb("5E8B52"), 0.4)
    lean = stage.rng.normal(0, 0.012)
    stage.pen.stroke([(x, y), (x + lean, y - height)], height * 0.05, green)
    stage.pen.stroke(
        [(x, y - height * 0.15), (x + height * 0.22, y - height * 0.45)], height * 0.10, green, taper=0.8, smooth=False
    )
    stage.pen.stroke(
        [(x, y - height * 0.10), (x - height * 0.22, y - height * 0.40)], height * 0.10, green, taper=0.8, smooth=False
    )
    r = height * 0.17
    for angle in np.arange(6) * np.pi / 3 + stage.rng.random():
        stage.pen.blob(
            x + lean + r * np.cos(angle), y - height + r * 0.9 * np.sin(angle), r * 0.62, r * 0.58, tone, key=False
        )
    stage.pen.blob(x + lean, y - height, r * 0.48, r * 0.46, mix(rgb("E2B04A"), lighter(tone), 0.2), key=False)


def garden_front(stage: Stage) -> None:
    """Flowers in the near corners."""
    for side, sign in ((0.0, 1), (stage.w, -1)):
        for k in range(0 if stage.snowy else 6):
            bloom(
                stage,
                side + sign * stage.rng.uniform(0.0, 0.20),
                stage.h + 0.015,
                stage.rng.uniform(0.07, 0.15) * (1 - 0.05 * k),
            )
        tuft(stage, side, stage.h + 0.01, 0.10, stage.mood.near, 7)
