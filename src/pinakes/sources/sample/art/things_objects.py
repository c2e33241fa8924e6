"""Teapots, cups, violins, drums, bells, clocks, lamps, books, umbrellas, chairs; foot at 0, one unit high, y upward."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pinakes.sources.sample.art.geometry import arc, box, curve, moved, path, turned
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import COAL, CREAM, GOLD, INKS, WOOD, darker, lighter, mix, rgb
from pinakes.sources.sample.art.pen import Pen


def _steam(pen: Pen, x: float, y: float, size: float) -> None:
    for dx in (-0.10, 0.06):
        path = [
            (x + dx * size, y),
            (x + (dx + 0.08) * size, y + 0.12 * size),
            (x + (dx - 0.04) * size, y + 0.24 * size),
            (x + (dx + 0.06) * size, y + 0.38 * size),
        ]
        pen.stroke(path, 0.032 * size, mix(CREAM, rgb("B8B0A8"), 0.25), taper=0.9)


def teapot(pen: Pen, ink: Ink) -> None:
    """A round teapot with a band of flowers and steam from its spout."""
    _steam(pen, 0.80, 0.76, 0.8)
    pen.stroke([(-0.40, 0.62), (-0.66, 0.66), (-0.74, 0.44), (-0.62, 0.24), (-0.38, 0.20)], 0.085, ink.dark)
    spout = path("0.34,0.22 0.56,0.32 0.62,0.56 0.76,0.72 0.88,0.7 0.78,0.62 0.72,0.4 0.6,0.14 0.38,0.08")
    pen.shape(curve(spout, closed=True), ink.main, shade=0.6)
    half = [(0.0, 0.76), (0.20, 0.75), (0.40, 0.62), (0.50, 0.40), (0.42, 0.14), (0.24, 0.03), (0.0, 0.02)]
    pen.shape(np.vstack([curve(half), (curve(half) * (-1, 1))[::-1]]), ink.main, shade=0.85, side="round")
    pen.shape([(-0.22, 0.03), (0.22, 0.03), (0.25, -0.02), (-0.25, -0.02)], ink.dark)
    lid = np.vstack([arc(0, 0.73, 0.25, 0.16, 0, 180), [(-0.27, 0.72), (0.27, 0.72)]])
    pen.shape(lid, ink.main, shade=0.6)
    pen.stroke([(-0.26, 0.725), (0.0, 0.705), (0.26, 0.725)], 0.03, ink.trim)
    pen.blob(0.0, 0.94, 0.065, 0.065, ink.trim)
    petal_tone, centre = ink.trim, GOLD if ink.main not in (INKS["yellow"], INKS["orange"]) else rgb("B5533C")
    for x, y, r in ((-0.02, 0.40, 0.12), (-0.28, 0.33, 0.075), (0.24, 0.34, 0.075)):
        for k in range(6):
            pen.shape(moved(turned(arc(0, r * 0.62, r * 0.30, r * 0.42), 60 * k), x, y), petal_tone, key=False)
        pen.blob(x, y, r * 0.28, r * 0.28, centre, key=False)


def cup(pen: Pen, ink: Ink) -> None:
    """A cup on a saucer, steaming."""
    _steam(pen, -0.04, 0.76, 0.8)
    pen.shape(
        curve([(-0.72, 0.10), (-0.40, 0.0), (0.40, 0.0), (0.72, 0.10), (0.40, 0.13), (-0.40, 0.13)], closed=True),
        ink.trim,
        shade=0.5,
        side="below",
    )
    pen.stroke([(0.40, 0.60), (0.62, 0.62), (0.66, 0.44), (0.52, 0.30), (0.34, 0.28)], 0.075, ink.dark)
    half = [(0.46, 0.72), (0.45, 0.48), (0.34, 0.20), (0.18, 0.08)]
    right = curve(half)
    pen.shape(np.vstack([right, (right * (-1, 1))[::-1]]), ink.main, shade=0.8)
    pen.blob(0.0, 0.72, 0.46, 0.085, ink.light)
    pen.blob(0.0, 0.715, 0.39, 0.060, rgb("7A4A30"), key=False)
    pen.stroke([(-0.435, 0.50), (0.0, 0.43), (0.435, 0.50)], 0.035, ink.trim)
    pen.dots([(x, 0.33 + 0.10 * x * x) for x in np.linspace(-0.26, 0.26, 5)], 0.028, ink.trim)


def violin(pen: Pen, ink: Ink) -> None:
    """A violin with its bow, leaning."""
    turn = -16.0

    def t(outline: object) -> np.ndarray:
        return turned(np.asarray(outline, dtype=float), turn, (0.0, 0.3))

    bow = turned([(0.34, 0.0), (0.36, 0.5), (0.34, 0.98)], 6)
    pen.stroke(bow, 0.022, darker(WOOD, 0.35))
    pen.stroke(moved(bow, -0.035, 0.0), 0.008, CREAM)
    neck = t(box(-0.030, 0.52, 0.030, 0.95))
    half = path("0,0.58 0.11,0.575 0.17,0.5 0.145,0.4 0.095,0.345 0.1,0.275 0.18,0.21 0.215,0.12 0.16,0.02 0,-0.015")
    right = curve(half)
    outline = np.vstack([right, (right * (-1, 1))[::-1]])
    pen.shape(t(outline), ink.main, shade=0.9, side="round")
    pen.stroke(
        t(np.vstack([outline * (0.88, 0.95) + (0, 0.014), outline[:1] * (0.88, 0.95) + (0, 0.014)])),
        0.008,
        ink.dark,
        smooth=False,
    )
    pen.shape(neck, COAL)
    scroll = t(arc(0.0, 0.965, 0.045, 0.045))
    pen.shape(scroll, ink.dark)
    for y in (0.86, 0.91):
        pen.stroke(t([(-0.075, y), (0.075, y)]), 0.022, COAL, smooth=False)
    pen.shape(t([(-0.045, 0.04), (0.045, 0.04), (0.03, 0.20), (-0.03, 0.20)]), COAL)
    for sign in (-1, 1):
        f = [
            (sign * 0.085, 0.335),
            (sign * 0.062, 0.32),
            (sign * 0.088, 0.265),
            (sign * 0.066, 0.215),
            (sign * 0.092, 0.205),
        ]
        pen.stroke(t(f), 0.018, COAL if ink.main != INKS["black"] else ink.trim)
    pen.shape(t([(-0.055, 0.262), (0.055, 0.262), (0.04, 0.290), (-0.04, 0.290)]), ink.trim)
    for x in (-0.018, -0.006, 0.006, 0.018):
        pen.stroke(t([(x * 1.3, 0.19), (x, 0.90)]), 0.0055, CREAM, smooth=False)


def drum(pen: Pen, ink: Ink) -> None:
    """A side drum with cords and two sticks."""
    pen.shape(np.vstack([[(-0.50, 0.70)], arc(0, 0.16, 0.50, 0.15, 180, 360), [(0.50, 0.70)]]), ink.main, shade=0.9)
    cords = ink.trim
    xs = np.linspace(-0.49, 0.49, 9)
    for k in range(8):
        dip = [0.16 - 0.14 * np.sqrt(max(0.0, 1 - (x / 0.5) ** 2)) for x in xs[k : k + 2]]
        lift = [0.66 - 0.11 * np.sqrt(max(0.0, 1 - (x / 0.5) ** 2)) for x in xs[k : k + 2]]
        path = (
            [(xs[k], lift[0]), (xs[k + 1], dip[1] + 0.05)]
            if k % 2 == 0
            else [(xs[k], dip[0] + 0.05), (xs[k + 1], lift[1])]
        )
        pen.stroke(path, 0.024, cords, smooth=False)
    for y, tone in ((0.16, ink.dark), (0.70, ink.dark)):
        rim = arc(0, y, 0.515, 0.15, 180, 360)
        pen.stroke(rim, 0.075, tone, smooth=False)
    pen.blob(0.0, 0.72, 0.515, 0.150, ink.dark)
    pen.blob(0.0, 0.735, 0.47, 0.120, mix(CREAM, rgb("E3CFA4"), 0.4), shade=0.4)
    for a, b in (((-0.30, 0.76), (0.34, 1.0)), ((0.36, 0.80), (-0.26, 1.03))):
        pen.stroke([a, b], 0.036, darker(WOOD, 0.1), smooth=False)
        pen.blob(*a, 0.05, 0.036, darker(WOOD, 0.2))


def bell(pen: Pen, ink: Ink) -> None:
    """A bell with a bow."""
    pen.blob(0.0, 0.07, 0.10, 0.085, COAL if ink.main != INKS["black"] else GOLD)
    half = [(0.0, 0.82), (0.14, 0.79), (0.24, 0.64), (0.28, 0.42), (0.35, 0.25), (0.48, 0.14)]
    right = curve(half)
    pen.shape(
        np.vstack([right, curve([(0.48, 0.14), (0.0, 0.07), (-0.48, 0.14)])[1:-1], (right * (-1, 1))[::-1]]),
        ink.main,
        shade=0.95,
        side="right",
    )
    pen.stroke([(-0.46, 0.155), (0.0, 0.095), (0.46, 0.155)], 0.06, ink.dark)
    pen.stroke([(-0.30, 0.34), (0.0, 0.29), (0.30, 0.34)], 0.026, ink.trim)
    pen.stroke([(-0.265, 0.47), (0.0, 0.43), (0.265, 0.47)], 0.014, ink.trim)
    pen.soft([(-0.17, 0.68), (-0.21, 0.52), (-0.16, 0.50), (-0.11, 0.70)], ink.light, key=False)
    bow = rgb("C8402F") if ink.main not in (INKS["red"], INKS["orange"], INKS["pink"]) else rgb("3E6C94")
    for sign in (-1, 1):
        pen.soft(
            [(0.0, 0.86), (sign * 0.13, 0.97), (sign * 0.27, 0.96), (sign * 0.26, 0.80), (sign * 0.12, 0.78)],
            bow,
            shade=0.5,
            side="below",
        )
        pen.shape(
            [(sign * 0.02, 0.84), (sign * 0.16, 0.66), (sign * 0.21, 0.70), (sign * 0.23, 0.63), (sign * 0.10, 0.82)],
            darker(bow, 0.2),
        )
    pen.blob(0.0, 0.86, 0.065, 0.065, darker(bow, 0.15))


def clock(pen: Pen, ink: Ink) -> None:
    """An alarm clock with two bells."""
    for sign in (-1, 1):
        pen.stroke([(sign * 0.22, 0.14), (sign * 0.34, 0.0)], 0.075, ink.dark, smooth=False)
        cap = turned(np.vstack([arc(0, 0, 0.17, 0.15, 0, 180)]), sign * 36)
        pen.shape(moved(cap, sign * 0.27, 0.80), GOLD if ink.main != INKS["yellow"] else rgb("B8763C"), shade=0.6)
    pen.stroke([(0.0, 0.86), (0.0, 0.97)], 0.035, COAL)
    pen.stroke(arc(0, 0.92, 0.10, 0.085, 0, 180), 0.032, COAL if not ink.night else ink.dark, smooth=False)
    pen.blob(0.0, 0.47, 0.45, 0.43, ink.main, shade=0.8)
    pen.blob(0.0, 0.475, 0.35, 0.335, CREAM, key=False, shade=0.25)
    for k in range(12):
        angle = k * np.pi / 6
        inner = 0.25 if k % 3 == 0 else 0.28
        pen.stroke(
            [
                (inner * np.sin(angle), 0.475 + inner * 0.96 * np.cos(angle)),
                (0.31 * np.sin(angle), 0.475 + 0.30 * np.cos(angle)),
            ],
            0.026 if k % 3 == 0 else 0.014,
            COAL,
            smooth=False,
        )
    hour = float(pen.rng.integers(0, 12)) + 0.2
    for angle, length, width in ((hour / 12 * 360, 0.17, 0.036), (hour * 360 * 1.0 % 360 + 54, 0.25, 0.024)):
        pen.stroke(moved(turned([(0, -0.03), (0, length)], angle), 0, 0.475), width, COAL, smooth=False)
    pen.blob(0.0, 0.475, 0.035, 0.035, ink.main if ink.main != INKS["white"] else GOLD, key=False)


def lamp(pen: Pen, ink: Ink) -> None:
    """A table lamp with a wide shade."""
    base = rgb("B98A45") if ink.main not in (INKS["brown"], INKS["yellow"], INKS["orange"]) else rgb("5A4650")
    half = path("0.05,0.6 0.035,0.44 0.09,0.34 0.1,0.24 0.045,0.16 0.06,0.09 0.22,0.05 0.25,0")
    right = curve(half)
    pen.shape(np.vstack([right, (right * (-1, 1))[::-1]]), base, shade=0.8)
    pen.stroke([(0.16, 0.58), (0.16, 0.44)], 0.010, base)
    pen.dots([(0.16, 0.43)], 0.022, GOLD)
    shade = np.vstack(
        [
            [(-0.20, 0.99), (0.20, 0.99)],
            curve([(0.20, 0.99), (0.27, 0.76), (0.44, 0.54)]),
            curve([(0.44, 0.54), (0.0, 0.50), (-0.44, 0.54)]),
            curve([(-0.44, 0.54), (-0.27, 0.76), (-0.20, 0.99)]),
        ]
    )
    pen.shape(shade, ink.main, shade=0.6)
    for x in (-0.5, 0.0, 0.5):
        pen.stroke([(x * 0.36, 0.985), (x * 0.48, 0.76), (x * 0.80, 0.53)], 0.012, ink.dark)
    pen.stroke([(-0.43, 0.55), (0.0, 0.512), (0.43, 0.55)], 0.035, ink.trim)
    pen.stroke([(-0.20, 0.985), (0.20, 0.985)], 0.025, ink.trim)
    pen.dots([(x, 0.485 + 0.10 * x * x) for x in np.linspace(-0.38, 0.38, 11)], 0.014, GOLD)


def book(pen: Pen, ink: Ink) -> None:
    """A thick book that stands half open."""
    page = mix(CREAM, rgb("E3CFA4"), 0.25)
    pen.shape([(-0.62, 0.06), (0.0, 0.0), (0.0, 0.90), (-0.62, 1.0)], ink.dark, shade=0.3, side="left")
    pen.shape([(0.62, 0.06), (0.0, 0.0), (0.0, 0.90), (0.62, 1.0)], ink.main, shade=0.5)
    for k, tone in enumerate((darker(page, 0.12), page, lighter(page, 0.3))):
        reach = 0.56 - 0.05 * k
        for sign in (-1, 1):
            leaf = np.vstack(
                [
                    [(0.0, 0.05), (0.0, 0.90)],
                    curve([(0.0, 0.90), (sign * reach * 0.45, 0.985), (sign * reach, 0.955 - 0.01 * k)]),
                    [(sign * reach, 0.10)],
                    curve([(sign * reach, 0.10), (sign * reach * 0.45, 0.12), (0.0, 0.05)]),
                ]
            )
            pen.shape(leaf, tone, shade=0.0 if k < 2 else 0.35, side="left" if sign > 0 else "right", key=k == 2)
    for sign in (-1, 1):
        for row in range(6):
            y = 0.80 - 0.10 * row
            if sign > 0 and row < 3:
                continue
            pen.stroke([(sign * 0.08, y - 0.01), (sign * 0.40, y + 0.03)], 0.018, mix(page, COAL, 0.45))
    pen.soft(
        [(0.10, 0.60), (0.16, 0.80), (0.30, 0.84), (0.38, 0.74), (0.36, 0.60), (0.22, 0.56)],
        ink.main,
        key=False,
        shade=0.4,
    )
    pen.stroke(
        [(0.0, 0.06), (0.02, -0.02), (0.07, -0.06)], 0.04, ink.main if ink.main != INKS["white"] else rgb("C8402F")
    )
    pen.shape([(-0.66, 1.03), (-0.62, 1.0), (-0.62, 0.06), (-0.66, 0.03)], ink.main)
    pen.shape([(0.66, 1.03), (0.62, 1.0), (0.62, 0.06), (0.66, 0.03)], ink.main)
    pen.shape([(-0.66, 0.03), (0.0, -0.04), (0.66, 0.03), (0.62, 0.09), (0.0, 0.03), (-0.62, 0.09)], ink.main)


def umbrella(pen: Pen, ink: Ink) -> None:
    """An open umbrella that rests on its handle."""
    pen.stroke([(0.0, 0.50), (0.0, 0.10)], 0.028, darker(WOOD, 0.3), smooth=False)
    pen.stroke([(0.0, 0.12), (0.02, 0.02), (0.10, -0.01), (0.16, 0.06)], 0.045, WOOD)
    dome = arc(0, 0.46, 0.66, 0.48, 0, 180, n=40)
    scallops = []
    edges = np.linspace(-0.66, 0.66, 7)
    for left, right in pairwise(edges):
        scallops.append(arc((left + right) / 2, 0.455, (right - left) / 2, 0.075, 180, 0, n=9))
    pen.shape(np.vstack([dome, *scallops]), ink.main, shade=0.8)
    tones = (ink.dark, ink.main, ink.light, ink.light, ink.main, ink.dark)
    for k, (left, right) in enumerate(pairwise(edges)):
        side_l = curve([(0.0, 0.94), (left * 0.78, 0.77), (left, 0.46)])
        side_r = curve([(0.0, 0.94), (right * 0.78, 0.77), (right, 0.46)])
        bottom = arc((left + right) / 2, 0.455, (right - left) / 2, 0.075, 180, 0, n=9)
        if k in (2, 3, 0, 5):
            pen.shape(np.vstack([side_l, bottom, side_r[::-1]]), mix(tones[k], ink.main, 0.45), key=False, shade=0.3)
    for edge in edges[1:-1]:
        pen.stroke(
            [(0.0, 0.94), (edge * 0.78, 0.77), (edge, 0.46)], 0.012, ink.line if ink.main == INKS["black"] else ink.dark
        )
    pen.stroke([(0.0, 0.93), (0.0, 1.0)], 0.028, darker(WOOD, 0.3))


def chair(pen: Pen, ink: Ink) -> None:
    """A wooden chair with a straw seat."""
    for x0, x1, low, high in ((-0.22, -0.26, 0.10, 0.44), (0.38, 0.42, 0.10, 0.44)):
        pen.stroke([(x0, high), (x1, low)], 0.055, ink.dark, smooth=False)
    pen.stroke([(-0.36, 0.0), (-0.31, 0.46), (-0.24, 1.0)], 0.062, ink.main)
    pen.stroke([(0.26, 0.0), (0.24, 0.46), (0.30, 1.0)], 0.062, ink.main)
    for y in (0.62, 0.76, 0.90):
        shift = (y - 0.46) * 0.13
        pen.stroke([(-0.31 + shift, y), (0.0 + shift, y + 0.03), (0.245 + shift * 0.8, y)], 0.075, ink.main)
        pen.stroke(
            [(-0.28 + shift, y - 0.02), (0.0 + shift, y + 0.01), (0.225 + shift * 0.8, y - 0.02)], 0.014, ink.dark
        )
    straw = rgb("E3BE72") if ink.main not in (INKS["yellow"], INKS["orange"]) else rgb("B98A5A")
    pen.shape([(-0.36, 0.42), (0.26, 0.42), (0.44, 0.52), (-0.20, 0.52)], straw, shade=0.5)
    for k in range(5):
        pen.stroke(
            [(-0.33 + 0.035 * k, 0.435 + 0.018 * k), (0.25 + 0.035 * k, 0.435 + 0.018 * k)], 0.008, darker(straw, 0.25)
        )
    pen.stroke([(-0.36, 0.42), (0.27, 0.42)], 0.055, ink.main, smooth=False)
    pen.stroke([(-0.34, 0.18), (0.25, 0.18)], 0.036, ink.main, smooth=False)
    pen.stroke([(0.27, 0.24), (0.40, 0.30)], 0.034, ink.dark, smooth=False)


DRAWN = {
    "teapot": teapot,
    "cup": cup,
    "violin": violin,
    "drum": drum,
    "bell": bell,
    "clock": clock,
    "lamp": lamp,
    "book": book,
    "umbrella": umbrella,
    "chair": chair,
}
