"""Sea, harbour, beach, river and the sea floor."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pinakes.sources.sample.art.facades import row_of_houses
from pinakes.sources.sample.art.geometry import Points, arc, curve, moved
from pinakes.sources.sample.art.palette import CREAM, INKS, WOOD, Rgb, darker, lighter, mix, rgb
from pinakes.sources.sample.art.stage import Stage

STONE: Rgb = rgb("9A9088")


def waves(stage: Stage, y: float, height: float, length: float) -> Points:
    """A line of pointed crests and round troughs."""
    x = np.linspace(-0.05, stage.w + 0.05, max(40, int(stage.w / length * 14)))
    phase = stage.rng.uniform(0, np.pi)
    swell = np.abs(np.sin(x / length * np.pi + phase)) ** 0.75
    return np.column_stack([x, y + height * (swell - 0.5) + 0.3 * height * np.sin(x * 3.1 + phase)])


def glints(stage: Stage, count: int, top: float, bottom: float, colour: Rgb) -> None:
    """Short light dashes on water, longer near by; most lie below the sun."""
    for x, y in stage.scatter(count, (0, stage.w), (top, bottom)):
        near = (y - top) / max(bottom - top, 0.01)
        half = 0.012 + 0.035 * near * stage.rng.uniform(0.4, 1)
        thick = 0.0020 + 0.0022 * near
        stage.pen.facet([(x - half, y), (x, y - 1.6 * thick), (x + half, y), (x, y + 0.4 * thick)], colour)
    if stage.lamp is not None:
        for k in range(16):
            t = (k + 1) / 16
            y = top + (bottom - top) * t**1.3
            x = stage.lamp + stage.rng.normal(0, 0.012 + 0.03 * t)
            half = 0.02 + 0.05 * stage.rng.random() * (0.5 + t)
            stage.pen.stroke(
                [(x - half, y), (x + half, y)], 0.005 + 0.004 * t, mix(stage.mood.light, colour, 0.2), taper=0.9
            )


def _sheets(stage: Stage, top: float, bottom: float, count: int, swell: float = 1.0) -> None:
    """Sheets of waves from the horizon to the front."""
    light, deep = stage.mood.water
    far = mix(light, stage.mood.sky[2], 0.35)
    stage.layer(
        np.array([(-0.05, top), (stage.w + 0.05, top)]),
        far,
        shade=0.35,
        side="above",
        tone=mix(far, stage.mood.sky[2], 0.5),
    )
    for k in range(1, count):
        t = k / (count - 1)
        y = top + (bottom - top) * t**1.35
        line = waves(stage, y, (0.006 + 0.030 * t) * swell, 0.07 + 0.17 * t)
        colour = mix(light, deep, t)
        stage.layer(line, colour, shade=0.55, side="above", tone=mix(colour, stage.mood.foam, 0.40))
        if t > 0.2:
            crest = moved(line, 0, 0.004 + 0.006 * t)
            stage.pen.stroke(crest, 0.003 + 0.004 * t, mix(colour, stage.mood.foam, 0.75), smooth=False)
    glints(stage, 34, top + 0.03, min(bottom + 0.1, stage.h), mix(light, stage.mood.foam, 0.55))


def sea(stage: Stage) -> None:
    """Open water."""
    if stage.rng.random() < 0.5:
        isle = stage.rng.uniform(0.1, 0.9) * stage.w
        wide = stage.rng.uniform(0.14, 0.30)
        hump = curve(
            [
                (isle - wide, stage.horizon + 0.01),
                (isle - wide * 0.4, stage.horizon - 0.030),
                (isle + wide * 0.1, stage.horizon - 0.055),
                (isle + wide * 0.5, stage.horizon - 0.02),
                (isle + wide, stage.horizon + 0.01),
            ]
        )
        stage.pen.shape(hump, mix(stage.mood.far, stage.mood.sky[2], 0.25), shade=0.5, key=False)
    _sheets(stage, stage.horizon, stage.h * 0.93, 7)


def sea_front(stage: Stage) -> None:
    """The nearest wave, before everything that floats."""
    line = waves(stage, stage.h * 0.945, 0.05, 0.26)
    colour = darker(stage.mood.water[1], 0.12)
    stage.layer(line, colour, shade=0.6, side="above", tone=mix(colour, stage.mood.foam, 0.35))
    stage.pen.stroke(moved(line, 0, 0.012), 0.007, mix(colour, stage.mood.foam, 0.8), smooth=False)


def harbour(stage: Stage) -> None:
    """Houses along a quay, and still water."""
    top = stage.horizon
    stage.layer(stage.ridge(top - 0.13, 0.05, 1.2), mix(stage.mood.far, stage.mood.sky[2], 0.2), shade=0.4)
    row_of_houses(stage, top, low=0.13, high=0.27, wide=(0.10, 0.17))
    light, deep = stage.mood.water
    stage.layer(
        np.array([(-0.05, top), (stage.w + 0.05, top)]), mix(STONE, stage.mood.mid, 0.35), shade=0.5, side="below"
    )
    for x in np.arange(0.02, stage.w, 0.075):
        stage.pen.stroke([(x, top + 0.006), (x, top + 0.05)], 0.003, mix(STONE, stage.mood.near, 0.6), smooth=False)
    stage.layer(
        np.array([(-0.05, top + 0.055), (stage.w + 0.05, top + 0.055)]),
        mix(light, stage.mood.sky[2], 0.12),
        shade=0.7,
        side="below",
        tone=deep,
    )
    for x, half, colour in stage.doubles:
        for k in range(7):
            y = top + 0.075 + k * 0.024
            sway = stage.rng.normal(0, 0.006)
            stage.pen.stroke(
                [(x - half * 0.8 + sway, y), (x + half * 0.8 + sway, y)],
                0.012 - 0.001 * k,
                mix(colour, light, 0.45 + 0.06 * k),
                taper=0.5,
            )
    glints(stage, 60, top + 0.09, stage.h * 0.92, mix(light, stage.mood.foam, 0.45))


def harbour_front(stage: Stage) -> None:
    """The near quay with its bollards."""
    y = stage.h * 0.875
    stone = mix(mix(STONE, stage.mood.ground, 0.25), stage.mood.tint, stage.mood.tinted)
    stone = mix(stone, (255, 255, 255), 0.5) if stage.snowy else stone
    stage.layer(np.array([(-0.05, y), (stage.w + 0.05, y + 0.005)]), stone, shade=0.5, side="below")
    for row in range(3):
        level = y + 0.03 + row * 0.045
        stage.pen.stroke([(-0.05, level), (stage.w + 0.05, level)], 0.003, darker(stone, 0.22), smooth=False)
        for x in np.arange((row % 2) * 0.07 + stage.rng.uniform(0, 0.03), stage.w, 0.14):
            stage.pen.stroke([(x, level), (x, level + 0.045)], 0.003, darker(stone, 0.22), smooth=False)
    stage.pen.stroke([(-0.05, y + 0.004), (stage.w + 0.05, y + 0.004)], 0.012, lighter(stone, 0.3), smooth=False)


def beach(stage: Stage) -> None:
    """Sea, foam and sand."""
    top, edge = stage.horizon, stage.h * 0.63
    _sheets(stage, top, edge * 0.93, 5, 0.7)
    sand = (
        stage.mood.ground
        if stage.snowy
        else mix(
            mix(rgb("EAD2A0"), stage.mood.ground, 0.18),
            stage.mood.tint,
            stage.mood.tinted * 1.6 + (0.30 if stage.night else 0),
        )
    )
    shore = stage.ridge(edge, 0.03, 1.4)
    stage.pen.stroke(shore - (0, 0.012), 0.022, mix(stage.mood.foam, stage.mood.water[0], 0.35), smooth=False)
    stage.layer(shore, darker(sand, 0.14), shade=0.2)
    stage.pen.stroke(shore, 0.014, stage.mood.foam, smooth=False)
    stage.layer(stage.ridge(edge + 0.045, 0.028, 1.1), sand, shade=0.55, side="below", tone=darker(sand, 0.18))
    stage.pen.dots(stage.scatter(70, (0, stage.w), (edge + 0.08, stage.h)), 0.0028, darker(sand, 0.28))
    for x, y in stage.clear_of(stage.scatter(9, (0.03, stage.w - 0.03), (edge + 0.10, stage.h - 0.05)), 0.3):
        tone = mix(stage.pick((CREAM, rgb("D98C86"), rgb("C9A27C"))), sand, 0.15)
        stage.pen.shape(arc(x, y, 0.013, 0.011, 180, 360), tone, key=False)
        stage.pen.stroke([(x - 0.006, y - 0.002), (x - 0.003, y - 0.009)], 0.002, darker(tone, 0.2), smooth=False)


def beach_front(stage: Stage) -> None:
    """Dune grass in the corners."""
    tone = mix(rgb("8C9A58"), stage.mood.near, 0.45)
    for x0 in (stage.rng.uniform(0.0, 0.10), stage.w - stage.rng.uniform(0.0, 0.10)):
        tuft(stage, x0, stage.h + 0.01, 0.16, tone, 13)


def tuft(stage: Stage, x: float, y: float, height: float, colour: Rgb, blades: int) -> None:
    """A tuft of grass or reeds."""
    lean = (np.arange(blades) / max(blades - 1, 1) - 0.5) * 1.1 + stage.rng.normal(0, 0.12, blades)
    tall = height * stage.rng.uniform(0.6, 1.1, blades)
    lit = 0.22 * stage.rng.random(blades)
    wide = height * 0.03
    for side, rise, light in zip(lean.tolist(), tall.tolist(), lit.tolist(), strict=True):
        foot = x + side * height * 0.25
        bend = foot + side * rise * 0.3
        blade = [(foot - wide * 0.6, y), (bend - wide, y - rise * 0.55), (foot + side * rise * 0.85, y - rise)]
        blade += [(bend + wide, y - rise * 0.6), (foot + wide * 0.6, y)]
        stage.pen.facet(blade, mix(colour, stage.mood.foam, light))


def river(stage: Stage) -> None:
    """A river that comes round the hills."""
    top, h = stage.horizon, stage.h
    stage.layer(stage.ridge(top - 0.05, 0.06, 1.6), mix(stage.mood.far, stage.mood.sky[2], 0.15), shade=0.5)
    stage.layer(stage.ridge(top, 0.03, 1.1), stage.mood.mid, shade=0.55)
    far_bank = stage.ridge(h * 0.54, 0.018, 0.9)
    stage.layer(far_bank, mix(stage.mood.ground, stage.mood.mid, 0.35), shade=0.5)
    light, deep = stage.mood.water
    water = stage.ridge(h * 0.585, 0.012, 1.3)
    stage.layer(water, light, shade=0.6, side="below", tone=deep)
    stage.pen.stroke(moved(water, 0, 0.006), 0.006, mix(light, stage.mood.foam, 0.7), smooth=False)
    glints(stage, 60, h * 0.61, h * 0.90, mix(light, stage.mood.foam, 0.5))
    for x in stage.rng.uniform(0, stage.w, 4):
        tuft(stage, x, h * 0.595, 0.06, darker(stage.mood.mid, 0.15), 7)


def river_front(stage: Stage) -> None:
    """The near bank with reeds."""
    bank = stage.ridge(stage.h * 0.90, 0.018, 0.8)
    stage.layer(bank, stage.mood.ground, shade=0.5, side="below")
    stage.pen.stroke(moved(bank, 0, 0.004), 0.006, darker(stage.mood.ground, 0.2), smooth=False)
    for side in (0.02, 0.98):
        tuft(stage, stage.w * side, stage.h + 0.01, 0.24, stage.mood.near, 11)
        for _ in range(3):
            x, tall = stage.w * side + stage.rng.normal(0, 0.03), stage.rng.uniform(0.15, 0.24)
            stage.pen.stroke([(x, stage.h), (x + 0.01, stage.h - tall)], 0.005, stage.mood.near)
            stage.pen.stroke(
                [(x + 0.01, stage.h - tall), (x + 0.012, stage.h - tall - 0.05)],
                0.016,
                darker(WOOD, 0.25),
                smooth=False,
            )


def underwater(stage: Stage) -> None:
    """The sea floor with weeds and corals."""
    light, deep = stage.mood.water
    image = stage.pen.image
    share, glass, bottle = {
        "day": (0.45, "6CC0BC", "2E7F92"),
        "dusk": (0.82, "86B39A", "2F6676"),
        "night": (0.35, "2E7383", "123A52"),
    }[stage.scene.time]
    light, deep = mix(light, rgb(glass), share), mix(deep, rgb(bottle), share)
    surface = mix(light, stage.mood.foam, 0.50 if not stage.night else 0.22)
    column = np.array(
        [
            mix(surface, light, min(t * 2.2, 1)) if t < 0.45 else mix(light, deep, (t - 0.45) / 0.55)
            for t in np.linspace(0, 1, 64)
        ],
        dtype=np.uint8,
    )
    image.paste(Image.fromarray(column[:, None, :]).resize(image.size, Image.Resampling.BICUBIC))
    stage.pen.tone(Image.new("L", image.size, 255), (0, 0), deep, 0.5 * stage.pen.hand.shading, "below")
    veil = Image.new("L", image.size)
    for _ in range(5):
        x, wide = stage.rng.uniform(-0.1, stage.w), stage.rng.uniform(0.05, 0.14)
        ray = stage.pen.pixels(
            [(x, -0.02), (x + wide, -0.02), (x + wide * 2.3 + 0.25, stage.h * 0.85), (x + 0.25, stage.h * 0.85)]
        )
        stage.ray(veil, ray)
    image.paste(mix(surface, CREAM, 0.4), (0, 0), veil)
    for k, y in enumerate((0.70, 0.80)):
        stage.layer(stage.ridge(stage.h * y, 0.06, 1.7 + k), mix(deep, stage.mood.far, 0.30 - 0.12 * k), shade=0.5)
    sand = mix(rgb("E2CB9C"), light, 0.25 if not stage.night else 0.62)
    for _ in range(3):
        _coral(stage, stage.rng.uniform(0.05, 0.95) * stage.w, stage.h * 0.92, stage.rng.uniform(0.10, 0.18))
    stage.layer(stage.ridge(stage.h * 0.90, 0.02, 1.3), sand, shade=0.5, side="below")
    stage.pen.dots(stage.scatter(40, (0, stage.w), (stage.h * 0.92, stage.h)), 0.003, darker(sand, 0.25))
    for x, y in stage.scatter(16, (0.05, stage.w - 0.05), (0.05, stage.h * 0.85)):
        r = stage.rng.uniform(0.005, 0.014)
        stage.pen.stroke(arc(x, y, r, r, 0, 350), 0.003, mix(surface, CREAM, 0.5), smooth=False)


def _coral(stage: Stage, x: float, y: float, size: float) -> None:
    tone = mix(stage.pick((INKS["pink"], INKS["orange"], rgb("C9605A"), rgb("B58AB0"))), stage.mood.water[1], 0.28)
    branches = [(x, y, 0.0, size)]
    for depth in range(4):
        following = []
        for bx, by, lean, length in branches:
            tip = (bx + np.sin(lean) * length, by - np.cos(lean) * length)
            stage.pen.stroke([(bx, by), tip], size * (0.20 - 0.035 * depth), tone, smooth=False)
            following += [
                (tip[0], tip[1], lean + turn + stage.rng.normal(0, 0.12), length * 0.62) for turn in (-0.5, 0.5)
            ]
        branches = following


def underwater_front(stage: Stage) -> None:
    """Seaweed before everything, at both sides."""
    for side in (0.0, 1.0):
        for k in range(5):
            x = stage.w * side + (0.02 + 0.045 * k) * (1 - 2 * side)
            tall = stage.rng.uniform(0.18, 0.46) * (1 - 0.12 * k)
            sway = stage.rng.uniform(0.012, 0.022)
            path = [(x + sway * np.sin(j * 1.7 + k), stage.h + 0.02 - tall * j / 6) for j in range(7)]
            tone = mix(stage.pick((rgb("4E7F54"), rgb("7C8F45"), rgb("3D6B68"))), stage.mood.water[1], 0.25)
            stage.pen.stroke(path, 0.020, tone, taper=0.75)
