"""Boats, ships, trains, bicycles, balloons and kites; drawn with the foot at 0, one unit high, y upward."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import arc, curve, path, turned
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import COAL, CREAM, GOLD, WOOD, darker, mix
from pinakes.sources.sample.art.pen import Pen


def boat(pen: Pen, ink: Ink) -> None:
    """A small sailing boat."""
    pen.stroke([(0.02, 0.2), (0.02, 1.0)], 0.022, darker(WOOD))
    main_sail = np.vstack([curve([(0.05, 0.95), (0.26, 0.66), (0.46, 0.35)]), [(0.05, 0.31)]])
    pen.shape(main_sail, ink.main, shade=0.8)
    for height in (0.46, 0.60, 0.74):
        reach = 0.05 + (0.95 - height) * 0.60
        pen.stroke([(0.06, height), (reach, height + 0.01)], 0.007, ink.dark)
    jib = np.vstack([curve([(-0.01, 0.92), (-0.20, 0.60), (-0.40, 0.34)]), [(-0.01, 0.31)]])
    pen.shape(jib, ink.trim, shade=0.45)
    pen.shape([(0.03, 1.0), (0.03, 0.93), (0.17, 0.955)], ink.main)
    hull = path("-0.5,0.25 -0.43,0.08 -0.34,-0.02 0.32,-0.02 0.44,0.08 0.56,0.29 0.3,0.22 -0.2,0.21")
    pen.shape(hull, ink.main, shade=0.9, side="below")
    pen.shape(
        path("-0.5,0.25 -0.2,0.21 0.3,0.22 0.56,0.29 0.55,0.25 0.3,0.18 -0.2,0.17 -0.485,0.205"),
        ink.trim,
    )
    pen.dots([(-0.16, 0.09), (0.02, 0.09), (0.20, 0.10)], 0.022, ink.trim)


def ship(pen: Pen, ink: Ink) -> None:
    """A steamer with two funnels."""
    smoke = mix(CREAM, COAL, 0.18)
    for i, (x, y, r) in enumerate(
        [(-0.02, 0.98, 0.05), (-0.14, 1.06, 0.075), (-0.32, 1.10, 0.10), (-0.56, 1.11, 0.12)]
    ):
        pen.blob(x, y, r * 1.25, r, mix(smoke, CREAM, i * 0.2), shade=0.35, side="below", key=False)
    pen.rect(-0.50, 0.34, 0.48, 0.50, CREAM if ink.trim == CREAM else ink.trim, shade=0.4, side="below")
    pen.rect(-0.36, 0.50, 0.30, 0.63, CREAM if ink.trim == CREAM else ink.trim, shade=0.4, side="below")
    for x in (-0.20, 0.12):
        pen.shape([(x - 0.07, 0.62), (x + 0.07, 0.62), (x + 0.05, 0.92), (x - 0.09, 0.92)], ink.main, shade=0.9)
        pen.shape([(x - 0.085, 0.85), (x + 0.055, 0.85), (x + 0.05, 0.92), (x - 0.09, 0.92)], COAL)
    pen.stroke([(0.40, 0.5), (0.40, 0.86)], 0.016, COAL)
    pen.stroke([(-0.46, 0.5), (-0.46, 0.80)], 0.016, COAL)
    pen.stroke([(0.40, 0.86), (0.70, 0.42)], 0.006, COAL, smooth=False)
    hull = path("-0.72,0.4 -0.64,0.1 -0.56,-0.02 0.54,-0.02 0.62,0.1 0.76,0.44 0.5,0.36 -0.5,0.35")
    pen.shape(hull, ink.main, shade=0.9, side="below")
    pen.shape([(-0.66, 0.14), (0.635, 0.14), (0.62, 0.09), (-0.645, 0.09)], ink.trim)
    pen.dots([(x, 0.25) for x in np.linspace(-0.52, 0.52, 9)], 0.026, ink.glass if not ink.night else GOLD)
    for x in np.linspace(-0.42, 0.40, 8):
        pen.rect(x - 0.025, 0.40, x + 0.025, 0.455, ink.glass, key=False)


def _wheel(pen: Pen, x: float, radius: float, rim: tuple[int, int, int], spokes: int) -> None:
    pen.blob(x, radius, radius, radius, rim)
    pen.blob(x, radius, radius * 0.74, radius * 0.74, mix(rim, CREAM, 0.72), key=False)
    for angle in np.arange(spokes) * np.pi / spokes:
        dx, dy = np.cos(angle) * radius * 0.72, np.sin(angle) * radius * 0.72
        pen.stroke([(x - dx, radius - dy), (x + dx, radius + dy)], radius * 0.10, rim, smooth=False)
    pen.blob(x, radius, radius * 0.22, radius * 0.22, rim, key=False)


def train(pen: Pen, ink: Ink) -> None:
    """A small steam engine that pulls one carriage."""
    pen.rect(-1.25, -0.045, 1.25, -0.01, mix(COAL, WOOD, 0.3), key=False)
    for x in np.linspace(-1.2, 1.2, 15):
        pen.rect(x - 0.035, -0.09, x + 0.035, -0.045, darker(WOOD, 0.35), key=False)
    for x, y, r in [(0.66, 1.02, 0.07), (0.52, 1.12, 0.10), (0.30, 1.19, 0.13), (0.0, 1.24, 0.16)]:
        pen.blob(x, y, r * 1.25, r, mix(CREAM, COAL, 0.10), shade=0.4, side="below", key=False)
    pen.rect(-1.12, 0.20, -0.16, 0.62, ink.main, shade=0.8, side="below")
    pen.shape([(-1.17, 0.61), (-0.11, 0.61), (-0.18, 0.70), (-1.10, 0.70)], ink.roof)
    for x in (-1.02, -0.80, -0.58, -0.36):
        pen.rect(x, 0.37, x + 0.14, 0.54, ink.trim, key=False)
        pen.rect(x + 0.02, 0.39, x + 0.12, 0.52, ink.glass, key=False)
    pen.rect(-1.10, 0.25, -0.18, 0.29, ink.trim, key=False)
    pen.rect(-0.18, 0.16, 0.02, 0.21, COAL)
    pen.rect(0.0, 0.18, 0.36, 0.74, ink.main, shade=0.8)
    pen.shape([(-0.05, 0.73), (0.41, 0.73), (0.37, 0.81), (-0.01, 0.81)], ink.roof)
    pen.rect(0.08, 0.47, 0.28, 0.66, ink.trim, key=False)
    pen.rect(0.10, 0.49, 0.26, 0.64, ink.glass, key=False)
    pen.shape(
        curve([(0.34, 0.24), (0.34, 0.58), (0.90, 0.58), (0.97, 0.41), (0.90, 0.24)]), ink.main, shade=0.9, side="below"
    )
    for x in (0.46, 0.66, 0.84):
        pen.rect(x, 0.235, x + 0.03, 0.585, ink.trim, key=False)
    pen.shape([(0.70, 0.56), (0.82, 0.56), (0.86, 0.88), (0.66, 0.88)], COAL)
    pen.shape(arc(0.54, 0.58, 0.075, 0.10, 0, 180), GOLD)
    pen.rect(0.02, 0.14, 0.98, 0.245, COAL)
    pen.shape([(0.94, 0.24), (1.14, 0.02), (0.90, 0.02)], ink.dark)
    pen.blob(0.99, 0.47, 0.045, 0.05, GOLD)
    for x, r in ((-0.95, 0.11), (-0.70, 0.11), (-0.42, 0.11), (0.16, 0.17), (0.52, 0.17), (0.82, 0.12)):
        _wheel(pen, x, r, COAL, 4)
    pen.stroke([(0.16, 0.13), (0.52, 0.13), (0.80, 0.13)], 0.035, mix(COAL, CREAM, 0.55), smooth=False)


def bicycle(pen: Pen, ink: Ink) -> None:
    """A bicycle with a basket."""
    for x in (-0.48, 0.48):
        ring = arc(x, 0.31, 0.30, 0.30)
        pen.stroke(np.vstack([ring, ring[:2]]), 0.040, COAL if ink.main != (42, 39, 48) else (70, 62, 70), smooth=False)
        inner = arc(x, 0.31, 0.265, 0.265)
        pen.stroke(np.vstack([inner, inner[:2]]), 0.012, ink.trim, smooth=False)
        for angle in np.arange(6) * np.pi / 6 + 0.2:
            dx, dy = np.cos(angle) * 0.26, np.sin(angle) * 0.26
            pen.stroke([(x - dx, 0.31 - dy), (x + dx, 0.31 + dy)], 0.006, mix(COAL, CREAM, 0.4), smooth=False)
    frame = [[(-0.48, 0.31), (-0.06, 0.31), (0.32, 0.72), (-0.18, 0.70), (-0.48, 0.31)], [(-0.06, 0.31), (-0.22, 0.80)]]
    for tube in frame:
        pen.stroke(tube, 0.055, ink.main, smooth=False)
    pen.stroke([(0.48, 0.31), (0.34, 0.66), (0.28, 0.90)], 0.055, ink.main, smooth=False)
    pen.stroke([(0.14, 0.96), (0.28, 0.92), (0.37, 0.94)], 0.035, COAL)
    pen.shape(
        curve([(-0.38, 0.82), (-0.20, 0.80), (-0.06, 0.82), (-0.12, 0.87), (-0.34, 0.88)], closed=True),
        darker(WOOD, 0.2),
    )
    pen.shape([(0.40, 0.62), (0.66, 0.62), (0.70, 0.86), (0.37, 0.86)], mix(WOOD, GOLD, 0.4), shade=0.6)
    for y in (0.70, 0.78):
        pen.stroke([(0.39, y), (0.68, y)], 0.012, darker(WOOD, 0.3))
    pen.blob(-0.06, 0.31, 0.075, 0.075, ink.dark)
    pen.stroke([(-0.06, 0.31), (-0.01, 0.19)], 0.025, COAL)
    pen.rect(-0.07, 0.165, 0.05, 0.195, COAL)
    guard = arc(-0.48, 0.31, 0.345, 0.345, 35, 160)
    pen.stroke(guard, 0.035, ink.main, smooth=False)


def balloon(pen: Pen, ink: Ink) -> None:
    """A striped balloon with a basket."""
    for x in (-0.11, 0.0, 0.11):
        pen.stroke([(x * 2.0, 0.36), (x * 0.8, 0.13)], 0.009, darker(WOOD), smooth=False)
    right = np.vstack([arc(0, 0.66, 0.36, 0.34, 90, -20), [(0.20, 0.36), (0.12, 0.27)]])
    outline = np.vstack([right, right[::-1] * (-1, 1)])
    pen.shape(outline, ink.main, shade=0.2)
    stripe = np.vstack([right * (0.62, 1), (right * (0.30, 1))[::-1]])
    pen.shape(stripe, ink.trim, key=False)
    pen.shape(stripe * (-1, 1), ink.trim, key=False)
    band = [(-0.345, 0.60), (0.345, 0.60), (0.36, 0.68), (-0.36, 0.68)]
    pen.shape(band, ink.main, key=False)
    pen.dots([(x, 0.64) for x in np.linspace(-0.29, 0.29, 7)], 0.017, ink.trim)
    pen.veil(outline, ink.dark, 0.75, "round")
    pen.shape([(-0.13, 0.29), (0.13, 0.29), (0.10, 0.25), (-0.10, 0.25)], ink.dark)
    pen.shape([(-0.10, 0.14), (0.10, 0.14), (0.08, 0.0), (-0.08, 0.0)], mix(WOOD, GOLD, 0.3), shade=0.7)
    for y in (0.05, 0.095):
        pen.stroke([(-0.085, y), (0.085, y)], 0.008, darker(WOOD, 0.3))
    pen.rect(-0.112, 0.125, 0.112, 0.155, darker(WOOD, 0.25))


def kite(pen: Pen, ink: Ink) -> None:
    """A diamond kite with bows on its tail."""
    turn = 16.0
    body = turned([(0, 1.0), (0.30, 0.66), (0, 0.22), (-0.30, 0.66)], turn, (0, 0.6))
    tail = curve(turned([(0, 0.22), (-0.10, 0.10), (0.04, 0.0), (-0.10, -0.12), (0.02, -0.24)], turn, (0, 0.6)))
    pen.stroke(tail, 0.012, ink.trim if ink.night else COAL)
    for share in (0.30, 0.58, 0.86):
        x, y = tail[int(share * (len(tail) - 1))]
        pen.shape([(x, y), (x - 0.07, y + 0.035), (x - 0.06, y - 0.04)], ink.main)
        pen.shape([(x, y), (x + 0.07, y + 0.04), (x + 0.065, y - 0.035)], ink.light)
    pen.shape(body, ink.main, shade=0.5)
    pen.shape([body[0], body[1], (body[1] + body[3]) / 2], ink.light, key=False, shade=0.3)
    pen.shape([body[2], body[3], (body[1] + body[3]) / 2], ink.dark, key=False, shade=0.3)
    pen.stroke([body[0], body[2]], 0.012, ink.trim, smooth=False)
    pen.stroke([body[1], body[3]], 0.012, ink.trim, smooth=False)


DRAWN = {"boat": boat, "ship": ship, "train": train, "bicycle": bicycle, "balloon": balloon, "kite": kite}
