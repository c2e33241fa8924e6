"""Houses, lighthouses, windmills and bridges; drawn with the foot at 0, one unit high, y upward."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import arc, box, moved, turned
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import COAL, CREAM, GOLD, WOOD, Rgb, darker, mix, rgb
from pinakes.sources.sample.art.pen import Pen

STONE: Rgb = rgb("8C8580")


def window(pen: Pen, x: float, y: float, w: float, h: float, trim: Rgb, glass: Rgb) -> None:
    """A window with a cross bar, its lower left corner at a point."""
    pen.rect(x - 0.015, y - 0.015, x + w + 0.015, y + h + 0.015, trim, key=False)
    pen.rect(x, y, x + w, y + h, glass, key=False)
    pen.stroke([(x + w / 2, y), (x + w / 2, y + h)], 0.014, trim, smooth=False)
    pen.stroke([(x, y + h / 2), (x + w, y + h / 2)], 0.014, trim, smooth=False)


def house(pen: Pen, ink: Ink) -> None:
    """A wooden house with a gable, a chimney and a door."""
    pen.rect(0.20, 0.66, 0.31, 1.0, rgb("A4553F") if ink.main != rgb("CB3B2C") else STONE, shade=0.6)
    for i, (x, y, r) in enumerate([(0.27, 1.06, 0.035), (0.33, 1.13, 0.05), (0.43, 1.19, 0.065)]):
        pen.blob(x, y, r * 1.2, r, mix(CREAM, COAL, 0.14 - 0.03 * i), key=False)
    pen.rect(-0.46, 0.0, 0.46, 0.52, ink.main, shade=0.75, side="right")
    for y in np.arange(0.07, 0.5, 0.075):
        pen.stroke([(-0.45, y), (0.45, y)], 0.006, ink.dark, smooth=False)
    pen.shape([(-0.46, 0.50), (0.46, 0.50), (0.0, 0.90)], ink.main, shade=0.6)
    pen.shape([(-0.58, 0.44), (-0.54, 0.40), (0.02, 0.86), (0.0, 0.97)], ink.roof, shade=0.5)
    pen.shape([(0.58, 0.44), (0.54, 0.40), (-0.02, 0.86), (0.0, 0.97)], ink.roof, shade=0.7)
    pen.stroke([(-0.545, 0.395), (0.0, 0.85), (0.545, 0.395)], 0.022, ink.trim, smooth=False)
    window(pen, -0.36, 0.20, 0.20, 0.20, ink.trim, ink.glass)
    window(pen, 0.17, 0.20, 0.20, 0.20, ink.trim, ink.glass)
    pen.blob(0.0, 0.62, 0.085, 0.085, ink.trim, key=False)
    pen.blob(0.0, 0.62, 0.062, 0.062, ink.glass, key=False)
    door = np.vstack([arc(0.0, 0.25, 0.105, 0.10, 0, 180), [(-0.105, 0.0), (0.105, 0.0)]])
    pen.shape(door * (1.22, 1.06), ink.trim, key=False)
    pen.shape(door, ink.roof, shade=0.4)
    pen.dots([(0.06, 0.15)], 0.014, GOLD)
    pen.rect(-0.17, -0.02, 0.17, 0.025, STONE)


def lighthouse(pen: Pen, ink: Ink) -> None:
    """A striped tower with a lantern, on a rock."""
    rock = [(-0.36, -0.02), (-0.30, 0.06), (-0.16, 0.10), (0.05, 0.08), (0.20, 0.11), (0.33, 0.05), (0.40, -0.02)]
    pen.shape(rock, STONE, shade=0.9, side="below")

    def half(y: float) -> float:
        return 0.155 - 0.075 * (y - 0.06) / 0.72

    pen.shape([(-half(0.06), 0.06), (half(0.06), 0.06), (half(0.80), 0.80), (-half(0.80), 0.80)], ink.main)
    for low, high in ((0.20, 0.33), (0.47, 0.60)):
        pen.shape([(-half(low), low), (half(low), low), (half(high), high), (-half(high), high)], ink.trim, key=False)
    pen.veil([(-half(0.06), 0.06), (half(0.06), 0.06), (half(0.80), 0.80), (-half(0.80), 0.80)], ink.dark, 0.9, "right")
    pen.shape(np.vstack([arc(0, 0.14, 0.045, 0.05, 0, 180), [(-0.045, 0.06), (0.045, 0.06)]]), ink.roof)
    for y in (0.40, 0.66):
        pen.rect(-0.022, y - 0.03, 0.022, y + 0.03, ink.glass, key=False)
    pen.rect(-0.125, 0.785, 0.125, 0.815, ink.roof)
    pen.rect(-0.062, 0.815, 0.062, 0.915, GOLD if ink.night else rgb("F3DE9C"))
    for x in (-0.058, 0.0, 0.058):
        pen.stroke([(x, 0.815), (x, 0.915)], 0.010, ink.roof, smooth=False)
    pen.shape(np.vstack([arc(0, 0.91, 0.085, 0.075, 0, 180)]), ink.main, shade=0.8)
    pen.stroke([(0, 0.98), (0, 1.02)], 0.012, ink.roof)
    pen.blob(0, 1.02, 0.014, 0.014, ink.roof)


def windmill(pen: Pen, ink: Ink) -> None:
    """A mill with four sails."""
    body = [(-0.24, 0.0), (0.24, 0.0), (0.14, 0.62), (-0.14, 0.62)]
    pen.shape(body, ink.main, shade=0.85)
    for y in (0.14, 0.30, 0.46):
        half = 0.24 - 0.10 * y / 0.62
        pen.stroke([(-half, y), (half, y)], 0.006, ink.dark, smooth=False)
    pen.shape(np.vstack([arc(0, 0.61, 0.165, 0.15, 0, 180)]), ink.roof, shade=0.6)
    pen.shape(np.vstack([arc(0, 0.14, 0.065, 0.06, 0, 180), [(-0.065, 0.0), (0.065, 0.0)]]), ink.roof)
    window(pen, -0.045, 0.33, 0.09, 0.09, ink.trim, ink.glass)
    pen.rect(-0.26, 0.20, 0.26, 0.225, darker(WOOD, 0.2))
    hub = (0.0, 0.64)
    tilt = float(pen.rng.uniform(12, 40))
    for quarter in range(4):
        angle = tilt + 90 * quarter
        pen.shape(turned(box(0.02, 0.65, 0.13, 1.02), angle, hub), ink.trim, shade=0.25, key=True)
        for y in (0.74, 0.83, 0.92):
            pen.stroke(turned([(0.02, y), (0.13, y)], angle, hub), 0.008, darker(WOOD, 0.15), smooth=False)
        pen.stroke(turned([(0.0, 0.64), (0.0, 1.05)], angle, hub), 0.024, darker(WOOD, 0.25), smooth=False)
    pen.blob(*hub, 0.035, 0.035, COAL)


def bridge(pen: Pen, ink: Ink) -> None:
    """A stone bridge of three arches."""
    span = np.linspace(-1.3, 1.3, 30)
    top = 0.62 + 0.28 * np.cos(span / 1.3 * np.pi / 2)
    deck = np.column_stack([span, top])
    outline = [np.column_stack([span, top])]
    for centre, half, high in ((0.82, 0.26, 0.50), (0.0, 0.40, 0.72), (-0.82, 0.26, 0.50)):
        feet = [(centre + half, -0.04)]
        outline += [np.array(feet), arc(centre, 0.0, half, high, 0, 180), np.array([(centre - half, -0.04)])]
    outline.insert(1, np.array([(1.3, -0.04)]))
    outline.append(np.array([(-1.3, -0.04)]))
    pen.shape(np.vstack(outline), ink.main, shade=0.7, side="below")
    for centre, half, high in ((0.82, 0.26, 0.50), (0.0, 0.40, 0.72), (-0.82, 0.26, 0.50)):
        pen.stroke(arc(centre, 0.0, half + 0.03, high + 0.03, 0, 180), 0.045, ink.light, smooth=False)
    for x, y in (
        (-0.45, 0.55),
        (0.48, 0.52),
        (-0.52, 0.30),
        (0.50, 0.22),
        (-1.17, 0.40),
        (1.18, 0.34),
        (-0.46, 0.12),
        (1.2, 0.12),
    ):
        pen.rect(x - 0.07, y, x + 0.07, y + 0.06, ink.dark, key=False)
    pen.stroke(deck, 0.05, ink.light, smooth=False)
    for x, y in deck[1::4]:
        pen.rect(x - 0.022, y, x + 0.022, y + 0.13, ink.dark)
    pen.stroke(moved(deck, 0, 0.13), 0.035, ink.dark, smooth=False)


DRAWN = {"house": house, "lighthouse": lighthouse, "windmill": windmill, "bridge": bridge}
