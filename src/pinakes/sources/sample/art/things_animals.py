"""Cats, dogs, rabbits and horses; foot at 0, one unit high, y upward."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import curve, moved, path, turned
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import COAL, CREAM, GOLD, INKS, rgb
from pinakes.sources.sample.art.pen import Pen

ROSE = rgb("D98C86")


def eye(pen: Pen, x: float, y: float, r: float, *, white: bool = False) -> None:
    """A bright eye."""
    if white:
        pen.blob(x, y, r * 1.55, r * 1.55, CREAM, key=False)
    pen.blob(x, y, r, r * 1.08, COAL, key=False)
    pen.blob(x - r * 0.32, y + r * 0.36, r * 0.34, r * 0.34, CREAM, key=False)


def eye_on(ink: Ink) -> bool:
    """Whether a dark coat needs a light ring round the eye."""
    return ink.main in (INKS["black"], INKS["brown"], INKS["purple"], INKS["blue"])


def cat(pen: Pen, ink: Ink) -> None:
    """A sitting cat that looks at us, its tail round its feet."""
    pen.stroke([(0.22, 0.06), (0.42, 0.05), (0.52, 0.18), (0.46, 0.36), (0.54, 0.46)], 0.085, ink.main)
    body = path("-0.13,0.6 -0.25,0.36 -0.29,0.1 -0.22,0 0.24,0 0.32,0.12 0.27,0.38 0.13,0.6")
    pen.shape(curve(body, closed=True), ink.main, shade=0.8)
    pen.shape(
        curve([(0.0, 0.56), (-0.09, 0.44), (-0.07, 0.28), (0.0, 0.22), (0.07, 0.28), (0.09, 0.44)], closed=True),
        ink.light,
        key=False,
    )
    for x in (-0.075, 0.075):
        pen.shape(
            curve([(x - 0.055, 0.28), (x - 0.06, 0.02), (x, -0.02), (x + 0.06, 0.02), (x + 0.055, 0.28)]),
            ink.main,
            key=False,
        )
        pen.blob(x, 0.025, 0.07, 0.04, ink.light, key=False)
    pen.stroke([(0.0, 0.24), (0.0, 0.04)], 0.014, ink.dark)
    head = path(
        "-0.235,0.96 -0.245,0.74 -0.2,0.6 -0.08,0.53 0.08,0.53 0.2,0.6 0.245,0.74 0.235,0.96 0.11,0.87 -0.11,0.87"
    )
    pen.shape(np.vstack([[head[0]], curve(head[1:7]), [head[7]], [head[8]], [head[9]]]), ink.main, shade=0.6)
    for sign in (-1, 1):
        pen.shape([(sign * 0.205, 0.92), (sign * 0.205, 0.80), (sign * 0.125, 0.855)], ROSE, key=False)
        eye_colour = rgb("E9C24C") if ink.main != INKS["yellow"] else rgb("7FA65A")
        pen.blob(sign * 0.105, 0.735, 0.056, 0.050, eye_colour, key=False)
        pen.blob(sign * 0.105, 0.735, 0.020, 0.046, COAL, key=False)
        for k in (-1, 0, 1):
            pen.stroke([(sign * 0.10, 0.645 + k * 0.012), (sign * 0.33, 0.66 + k * 0.05)], 0.007, ink.line)
    pen.blob(0.0, 0.635, 0.085, 0.055, ink.light, key=False)
    pen.shape([(-0.032, 0.675), (0.032, 0.675), (0.0, 0.64)], ROSE if ink.main != INKS["pink"] else COAL, key=False)
    smile = [(-0.062, 0.618), (-0.030, 0.600), (0.0, 0.628), (0.030, 0.600), (0.062, 0.618)]
    pen.stroke(smile, 0.011, ink.line if ink.main != INKS["black"] else COAL)
    for y in (0.835, 0.80):
        pen.stroke([(-0.035, y + 0.02), (0.035, y + 0.02)], 0.013, ink.dark)


def dog(pen: Pen, ink: Ink) -> None:
    """A standing dog with long ears and its tail up."""
    pen.stroke([(-0.44, 0.52), (-0.56, 0.64), (-0.58, 0.82)], 0.07, ink.main, taper=0.35)
    for x, tone in ((-0.26, ink.dark), (0.30, ink.dark), (-0.38, ink.main), (0.20, ink.main)):
        pen.shape(
            curve(
                [
                    (x - 0.06, 0.36),
                    (x - 0.05, 0.04),
                    (x - 0.03, 0.0),
                    (x + 0.09, 0.0),
                    (x + 0.06, 0.07),
                    (x + 0.07, 0.36),
                ]
            ),
            tone,
            shade=0.3,
        )
    body = path("-0.5,0.46 -0.44,0.27 -0.1,0.24 0.24,0.25 0.38,0.4 0.34,0.6 0.05,0.57 -0.38,0.6")
    pen.shape(curve(body, closed=True), ink.main, shade=0.8, side="below")
    pen.shape(curve([(-0.28, 0.57), (-0.30, 0.40), (-0.12, 0.36), (0.0, 0.56)], closed=True), ink.light, key=False)
    pen.shape([(0.12, 0.52), (0.16, 0.78), (0.42, 0.78), (0.40, 0.44)], ink.main, key=False)
    head = path("0.1,0.84 0.16,0.97 0.34,0.99 0.45,0.9 0.66,0.84 0.68,0.74 0.56,0.69 0.36,0.66 0.16,0.7")
    pen.shape(curve(head, closed=True), ink.main, shade=0.6, side="below")
    pen.shape(
        curve([(0.46, 0.80), (0.66, 0.83), (0.68, 0.74), (0.56, 0.69), (0.44, 0.70)], closed=True), ink.light, key=False
    )
    pen.blob(0.66, 0.815, 0.042, 0.036, COAL)
    pen.stroke([(0.50, 0.735), (0.58, 0.72), (0.64, 0.74)], 0.012, ink.line if ink.main != INKS["black"] else COAL)
    eye(pen, 0.385, 0.865, 0.030, white=eye_on(ink))
    pen.shape(
        curve([(0.14, 0.93), (0.05, 0.80), (0.06, 0.60), (0.16, 0.56), (0.24, 0.70), (0.25, 0.90)], closed=True),
        ink.dark,
        shade=0.5,
    )
    collar = rgb("C8402F") if ink.main != INKS["red"] else rgb("3B6EA5")
    pen.stroke([(0.15, 0.63), (0.27, 0.585), (0.40, 0.60)], 0.05, collar)
    pen.blob(0.36, 0.55, 0.035, 0.035, GOLD)


def rabbit(pen: Pen, ink: Ink) -> None:
    """A sitting rabbit with upright ears."""
    pen.blob(-0.37, 0.15, 0.10, 0.095, ink.light, shade=0.4)
    body = path("-0.34,0.22 -0.28,0.44 -0.06,0.52 0.16,0.48 0.26,0.3 0.24,0.04 0.1,0 -0.24,0 -0.34,0.08")
    pen.shape(curve(body, closed=True), ink.main, shade=0.75, side="below")
    pen.shape(
        curve([(-0.28, 0.20), (-0.16, 0.34), (0.0, 0.26), (0.02, 0.06), (-0.12, 0.0), (-0.26, 0.05)], closed=True),
        ink.main,
        shade=0.9,
        side="round",
    )
    pen.shape(
        curve([(-0.22, 0.05), (-0.18, 0.09), (0.06, 0.075), (0.09, 0.02), (0.0, -0.01), (-0.18, -0.01)], closed=True),
        ink.light,
    )
    pen.shape(
        curve([(0.12, 0.24), (0.13, 0.04), (0.12, 0.0), (0.28, 0.0), (0.27, 0.06), (0.23, 0.26)], closed=True),
        ink.main,
        shade=0.3,
    )
    for lean, x in ((-16, 0.12), (9, 0.24)):
        ear = curve([(0.0, 0.0), (-0.075, 0.14), (-0.06, 0.32), (0.0, 0.40), (0.06, 0.32), (0.075, 0.14)], closed=True)
        pen.shape(moved(turned(ear, -lean), x, 0.62), ink.main, shade=0.4)
        pen.shape(moved(turned(moved(ear * (0.5, 0.82), 0, 0.03), -lean), x, 0.62), ROSE, key=False)
    head = path("0.02,0.6 0.06,0.7 0.2,0.74 0.34,0.68 0.42,0.56 0.36,0.46 0.2,0.42 0.06,0.46")
    pen.shape(curve(head, closed=True), ink.main, shade=0.6, side="below")
    pen.blob(0.345, 0.515, 0.075, 0.055, ink.light, key=False)
    eye(pen, 0.235, 0.605, 0.034, white=eye_on(ink))
    pen.blob(0.41, 0.555, 0.028, 0.022, ROSE if ink.main != INKS["pink"] else COAL, key=False)
    for k in (-1, 0, 1):
        pen.stroke([(0.35, 0.505), (0.52, 0.49 + 0.045 * k)], 0.006, ink.line)


def horse(pen: Pen, ink: Ink) -> None:
    """A standing horse with a full mane."""
    mane = ink.dark if ink.main != INKS["black"] else rgb("6A6068")
    pen.stroke([(-0.48, 0.58), (-0.60, 0.46), (-0.62, 0.26), (-0.57, 0.12)], 0.11, mane, taper=0.6)
    for x, lean, tone in (
        (-0.30, 0.02, ink.dark),
        (0.16, 0.02, ink.dark),
        (-0.42, -0.02, ink.main),
        (0.28, 0.0, ink.main),
    ):
        leg = [
            (x - 0.075, 0.42),
            (x - 0.04 + lean, 0.22),
            (x - 0.035 + lean, 0.04),
            (x + 0.045 + lean, 0.04),
            (x + 0.045 + lean, 0.22),
            (x + 0.085, 0.42),
        ]
        pen.shape(leg, tone, shade=0.4)
        pen.shape(
            [(x - 0.04 + lean, 0.065), (x + 0.05 + lean, 0.065), (x + 0.065 + lean, 0.0), (x - 0.05 + lean, 0.0)],
            COAL,
            key=False,
        )
    neck = [(0.08, 0.58), (0.22, 0.76), (0.30, 0.92), (0.48, 0.90), (0.46, 0.70), (0.40, 0.46), (0.20, 0.40)]
    pen.shape(curve(neck, closed=True), ink.main, shade=0.5)
    body = path("-0.52,0.54 -0.46,0.38 -0.2,0.33 0.1,0.33 0.34,0.36 0.4,0.5 0.26,0.63 -0.04,0.6 -0.34,0.65")
    pen.shape(curve(body, closed=True), ink.main, shade=0.8, side="below")
    head = path("0.27,0.88 0.36,0.985 0.47,0.95 0.62,0.78 0.68,0.69 0.63,0.62 0.54,0.63 0.42,0.74 0.32,0.78")
    pen.shape(curve(head, closed=True), ink.main, shade=0.5, side="below")
    pen.shape([(0.33, 0.94), (0.36, 1.06), (0.42, 0.965)], ink.main)
    pen.shape([(0.345, 0.955), (0.365, 1.02), (0.395, 0.965)], ROSE, key=False)
    mane_shape = path(
        "0.36,1.02 0.26,0.96 0.18,0.84 0.06,0.7 -0.02,0.56 0.08,0.54 0.16,0.62 0.22,0.72 0.3,0.82 0.34,0.9 "
        "0.42,0.86 0.42,0.96"
    )
    pen.shape(curve(mane_shape, closed=True), mane, shade=0.4)
    pen.shape(
        curve([(0.55, 0.73), (0.67, 0.72), (0.665, 0.64), (0.60, 0.62), (0.54, 0.645)], closed=True),
        ink.light,
        key=False,
    )
    pen.dots([(0.635, 0.675)], 0.013, COAL)
    eye(pen, 0.44, 0.855, 0.024, white=eye_on(ink))
    pen.stroke([(0.50, 0.86), (0.45, 0.74)], 0.016, ink.trim)
    pen.stroke([(0.57, 0.76), (0.505, 0.665)], 0.016, ink.trim)


DRAWN = {"cat": cat, "dog": dog, "rabbit": rabbit, "horse": horse}
