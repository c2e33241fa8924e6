"""Birds, owls, fish, whales, butterflies and snails; foot at 0, one unit high, y upward."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import arc, curve, path
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import COAL, CREAM, INKS, Rgb, darker, mix, rgb
from pinakes.sources.sample.art.pen import Pen
from pinakes.sources.sample.art.things_animals import eye, eye_on

BEAK = rgb("E3A03C")


def bird(pen: Pen, ink: Ink) -> None:
    """A plump songbird; in the air it spreads its wings."""
    pale = ink.light if ink.main != INKS["white"] else ink.trim
    if not ink.flying:
        for x in (-0.04, 0.10):
            pen.stroke([(x, 0.20), (x + 0.01, 0.02)], 0.022, BEAK, smooth=False)
            pen.stroke([(x - 0.06, 0.0), (x + 0.01, 0.02), (x + 0.08, 0.0)], 0.020, BEAK, smooth=False)
    pen.shape([(-0.36, 0.42), (-0.80, 0.34), (-0.84, 0.46), (-0.74, 0.50), (-0.36, 0.56)], ink.dark, shade=0.4)
    if ink.flying:
        pen.soft(
            [(0.10, 0.60), (-0.02, 0.90), (-0.16, 1.10), (-0.04, 1.06), (0.14, 0.94), (0.26, 0.66)], ink.dark, shade=0.5
        )
    body = path(
        "-0.46,0.48 -0.3,0.64 -0.02,0.72 0.16,0.88 0.36,0.9 0.48,0.76 0.46,0.54 0.34,0.3 0.1,0.16 -0.18,0.22 -0.38,0.36"
    )
    pen.shape(curve(body, closed=True), ink.main, shade=0.7, side="below")
    pen.shape(
        curve([(0.46, 0.60), (0.44, 0.42), (0.30, 0.24), (0.08, 0.18), (0.10, 0.34), (0.26, 0.52)], closed=True),
        pale,
        key=False,
        shade=0.3,
        side="below",
    )
    pen.shape(
        [(0.455, 0.82), (0.64, 0.745), (0.465, 0.70)],
        BEAK if ink.main not in (INKS["orange"], INKS["yellow"]) else rgb("8A5A3A"),
    )
    eye(pen, 0.355, 0.775, 0.036, white=eye_on(ink))
    if ink.flying:
        wing = path("0.1,0.56 -0.14,0.8 -0.46,1.12 -0.44,0.98 -0.54,0.96 -0.46,0.84 -0.52,0.76 -0.36,0.64 -0.16,0.48")
    else:
        wing = path(
            "0.16,0.58 -0.06,0.64 -0.3,0.56 -0.56,0.4 -0.34,0.38 -0.4,0.31 -0.2,0.32 -0.22,0.26 0.02,0.3 0.16,0.42"
        )
    pen.shape(curve(wing, closed=True, each=5), ink.dark, shade=0.6)
    for k in range(3):
        x, y = (-0.30 + 0.10 * k, 0.47 - 0.03 * k) if not ink.flying else (-0.34 + 0.12 * k, 0.88 - 0.11 * k)
        pen.stroke([(x, y), (x + 0.14, y + 0.06 * (-1 if ink.flying else 1))], 0.018, ink.main, taper=0.7)


def owl(pen: Pen, ink: Ink) -> None:
    """An owl on a piece of branch."""
    pen.stroke([(-0.42, 0.06), (-0.1, 0.03), (0.2, 0.06), (0.44, 0.03)], 0.075, rgb("6B4A38"))
    body = path(
        "-0.3,0.98 -0.24,0.88 0,0.9 0.24,0.88 0.3,0.98 0.34,0.74 0.35,0.4 0.24,0.12 0,0.05 -0.24,0.12 "
        "-0.35,0.4 -0.34,0.74"
    )
    pen.shape(np.vstack([body[0:1], curve(body[0:5]), curve(np.vstack([body[4:12], body[0:1]]))]), ink.main, shade=0.6)
    pen.soft([(0.0, 0.60), (-0.19, 0.50), (-0.20, 0.24), (0.0, 0.10), (0.20, 0.24), (0.19, 0.50)], ink.light, key=False)
    for row, y in enumerate((0.46, 0.36, 0.26, 0.17)):
        for x in np.linspace(-0.13, 0.13, 4 - row % 2) * (1.0 if row < 3 else 0.6):
            pen.stroke([(x - 0.032, y + 0.018), (x, y - 0.016), (x + 0.032, y + 0.018)], 0.016, ink.dark)
    for sign in (-1, 1):
        pen.soft(
            [(sign * 0.33, 0.62), (sign * 0.41, 0.40), (sign * 0.33, 0.12), (sign * 0.24, 0.22), (sign * 0.25, 0.50)],
            ink.dark,
            shade=0.4,
        )
        pen.blob(sign * 0.135, 0.715, 0.135, 0.135, ink.light, key=False)
        pen.blob(sign * 0.130, 0.715, 0.090, 0.090, rgb("F2C94C") if ink.main != INKS["yellow"] else CREAM, key=False)
        pen.blob(sign * 0.125, 0.715, 0.050, 0.052, COAL, key=False)
        pen.blob(sign * 0.125 - 0.016, 0.735, 0.016, 0.016, CREAM, key=False)
        for k in (-1, 0, 1):
            pen.stroke([(sign * 0.12 + k * 0.035, 0.10), (sign * 0.12 + k * 0.04, 0.035)], 0.026, BEAK)
    pen.shape([(-0.045, 0.665), (0.045, 0.665), (0.0, 0.57)], BEAK)


def fish(pen: Pen, ink: Ink) -> None:
    """A round fish with scales and a fan of a tail."""
    pen.soft(
        [(-0.40, 0.50), (-0.62, 0.78), (-0.86, 0.86), (-0.74, 0.50), (-0.86, 0.14), (-0.62, 0.22)],
        ink.dark,
        shade=0.5,
        side="left",
    )
    pen.soft([(-0.22, 0.76), (-0.18, 1.0), (0.06, 1.02), (0.28, 0.84), (0.1, 0.72)], ink.dark, shade=0.4, side="above")
    pen.soft([(-0.10, 0.24), (-0.16, 0.02), (0.04, 0.04), (0.14, 0.22)], ink.dark, shade=0.4)
    body = path("-0.5,0.5 -0.26,0.74 0.06,0.84 0.4,0.76 0.64,0.5 0.4,0.24 0.06,0.16 -0.26,0.26")
    pen.shape(curve(body, closed=True), ink.main, shade=0.8, side="below")
    pen.shape(
        curve([(0.64, 0.50), (0.44, 0.73), (0.30, 0.66), (0.26, 0.46), (0.36, 0.28), (0.46, 0.28)], closed=True),
        ink.light,
        key=False,
        shade=0.3,
        side="below",
    )
    for row, x in enumerate((-0.30, -0.15, 0.0, 0.14)):
        for y in np.arange(0.34, 0.70, 0.12) + (0.06 if row % 2 else 0.0):
            if abs(y - 0.5) < 0.26 - abs(x) * 0.35:
                pen.stroke(arc(x, y, 0.055, 0.06, 100, 260), 0.016, ink.dark, smooth=False)
    for x in (-0.215, 0.075):
        pen.stroke(
            [(x, 0.30 - 0.04 * (x > 0)), (x + 0.035, 0.5), (x, 0.70 + 0.06 * (x > 0))], 0.030, ink.trim, taper=0.5
        )
    eye(pen, 0.44, 0.58, 0.048, white=True)
    pen.stroke([(0.60, 0.46), (0.55, 0.42), (0.50, 0.42)], 0.018, ink.line)
    pen.soft([(0.18, 0.44), (0.02, 0.52), (0.0, 0.36), (0.12, 0.30)], ink.dark, shade=0.4)


def whale(pen: Pen, ink: Ink) -> None:
    """A whale; at the surface it spouts."""
    spray = mix(CREAM, rgb("A9D0DA"), 0.4)
    for tip in () if ink.flying else ((0.16, 1.10), (0.30, 1.16), (0.44, 1.10)):
        pen.stroke(
            [(0.30, 0.72), (0.30, 0.92), tip, (tip[0] + (tip[0] - 0.30) * 0.5, tip[1] - 0.06)], 0.032, spray, taper=0.5
        )
    pen.soft([(-0.84, 0.62), (-1.02, 0.86), (-1.24, 0.90), (-1.10, 0.70), (-0.96, 0.56)], ink.dark, shade=0.4)
    pen.soft([(-0.84, 0.62), (-0.76, 0.88), (-0.58, 0.96), (-0.66, 0.72), (-0.76, 0.54)], ink.main, shade=0.4)
    body = path(
        "-0.92,0.66 -0.66,0.4 -0.36,0.54 0,0.7 0.4,0.74 0.76,0.6 0.9,0.34 0.76,0.08 0.36,-0.02 -0.16,0 "
        "-0.56,0.14 -0.8,0.4"
    )
    pen.shape(curve(body, closed=True), ink.main, shade=0.5, side="above", tone=ink.dark)
    belly = path("0.9,0.3 0.6,0.26 0.2,0.16 -0.24,0.1 -0.4,0.08 -0.16,0 0.36,-0.02 0.76,0.08")
    pen.shape(curve(belly, closed=True), ink.trim, key=False, shade=0.3, side="below")
    for k in range(5):
        pen.stroke(
            [(0.80 - 0.05 * k, 0.23 - 0.036 * k), (0.36 - 0.04 * k, 0.13 - 0.026 * k)], 0.012, mix(ink.trim, COAL, 0.25)
        )
    pen.soft([(0.20, 0.26), (0.10, 0.02), (-0.06, -0.08), (-0.02, 0.10), (0.06, 0.24)], ink.dark, shade=0.4)
    eye(pen, 0.60, 0.40, 0.032, white=eye_on(ink))
    pen.stroke([(0.88, 0.36), (0.74, 0.32), (0.62, 0.29)], 0.014, ink.line)


def butterfly(pen: Pen, ink: Ink) -> None:
    """A butterfly with open wings."""
    rim = ink.dark if ink.main != INKS["black"] else rgb("6A6068")
    for sign in (-1, 1):
        upper = np.array([(0.02, 0.52), (0.16, 0.86), (0.46, 1.00), (0.60, 0.90), (0.56, 0.66), (0.34, 0.50)]) * (
            sign,
            1,
        )
        lower = np.array([(0.02, 0.48), (0.28, 0.48), (0.44, 0.34), (0.40, 0.12), (0.24, 0.04), (0.10, 0.20)]) * (
            sign,
            1,
        )
        for outline, centre in ((lower, (0.24, 0.30)), (upper, (0.34, 0.74))):
            pen.soft(outline, rim)
            middle = np.array(centre) * (sign, 1)
            pen.shape(
                curve((outline - middle) * 0.82 + middle, closed=True), ink.main, shade=0.5, side="below", key=False
            )
        pen.blob(sign * 0.40, 0.80, 0.075, 0.070, ink.light, key=False)
        pen.blob(sign * 0.40, 0.80, 0.034, 0.032, rim, key=False)
        pen.blob(sign * 0.27, 0.25, 0.055, 0.055, ink.light, key=False)
        for t in (0.30, 0.55):
            pen.stroke([(sign * 0.05, 0.54), (sign * (0.20 + t * 0.35), 0.90 - t * 0.45)], 0.010, rim, taper=0.6)
        pen.stroke([(0.0, 0.74), (sign * 0.08, 0.92), (sign * 0.16, 0.98)], 0.014, COAL if not ink.night else CREAM)
        pen.dots([(sign * 0.165, 0.985)], 0.018, COAL if not ink.night else CREAM)
    pen.soft(
        [(0.0, 0.78), (-0.04, 0.68), (-0.045, 0.40), (0.0, 0.20), (0.045, 0.40), (0.04, 0.68)],
        darker(COAL, 0.2) if not ink.night else rgb("5A4A58"),
    )


def snail(pen: Pen, ink: Ink) -> None:
    """A snail with a spiral shell."""
    skin: Rgb = rgb("D9B98C") if ink.main not in (INKS["yellow"], INKS["orange"], INKS["white"]) else rgb("A98A72")
    for x, tip in ((0.60, (0.58, 0.86)), (0.68, (0.80, 0.80))):
        pen.stroke([(x, 0.46), tip], 0.03, skin)
        pen.dots([tip], 0.038, COAL if ink.main != INKS["black"] else rgb("6E6670"))
    slug = path("-0.86,0.02 -0.5,0.14 0.2,0.16 0.46,0.28 0.52,0.5 0.66,0.58 0.8,0.48 0.78,0.28 0.62,0.06 0.4,0 -0.4,0")
    pen.shape(curve(slug, closed=True), skin, shade=0.6, side="below")
    pen.blob(-0.06, 0.54, 0.47, 0.46, ink.main, shade=0.9)
    t = np.linspace(0, 1, 60)
    spiral = np.column_stack(
        [-0.04 + 0.40 * (1 - t) * np.cos(t * 15 - 0.5), 0.53 + 0.39 * (1 - t) * np.sin(t * 15 - 0.5)]
    )
    pen.stroke(spiral, 0.040, ink.light if ink.main != INKS["white"] else ink.dark, taper=0.4, smooth=False)
    pen.stroke([(0.78, 0.36), (0.73, 0.32), (0.68, 0.33)], 0.018, darker(skin, 0.5))


DRAWN = {"bird": bird, "owl": owl, "fish": fish, "whale": whale, "butterfly": butterfly, "snail": snail}
