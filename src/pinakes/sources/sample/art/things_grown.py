"""Trees, flowers, mushrooms, apples, mountains, the moon and stars; foot at 0, one unit high, y upward."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.art.geometry import Points, arc, curve, mirrored, moved, path, turned
from pinakes.sources.sample.art.ink import Ink
from pinakes.sources.sample.art.palette import CREAM, GOLD, WOOD, darker, mix, rgb
from pinakes.sources.sample.art.pen import Pen

LEAF = rgb("5E8B52")


def leaf(pen: Pen, x: float, y: float, length: float, degrees: float, colour: tuple[int, int, int]) -> None:
    """One pointed leaf that grows from a point."""
    half = [(0.0, 0.0), (0.16, 0.25), (0.19, 0.5), (0.11, 0.8), (0.0, 1.0)]
    outline = turned(curve(mirrored(half)[:-1], closed=True) * length, degrees)
    pen.shape(moved(outline, x, y), colour, shade=0.4)
    pen.stroke(
        moved(turned([(0, 0), (0, length * 0.8)], degrees), x, y), length * 0.03, darker(colour, 0.25), smooth=False
    )


def tree(pen: Pen, ink: Ink) -> None:
    """A round tree with dabs of leaves."""
    trunk = [(-0.085, 0.0), (-0.05, 0.20), (-0.045, 0.45), (0.045, 0.45), (0.05, 0.20), (0.10, 0.0)]
    pen.shape(curve(trunk, closed=True), darker(WOOD, 0.15), shade=0.8)
    pen.stroke([(-0.01, 0.30), (-0.16, 0.52)], 0.035, darker(WOOD, 0.15), taper=0.3)
    pen.stroke([(0.0, 0.34), (0.17, 0.54)], 0.032, darker(WOOD, 0.15), taper=0.3)
    crown = _crown(pen.rng)
    pen.shape(curve(crown, closed=True), ink.main, shade=0.35, side="below")
    for x, y, r in (
        (-0.22, 0.58, 0.17),
        (0.21, 0.60, 0.17),
        (0.0, 0.50, 0.15),
        (-0.12, 0.79, 0.16),
        (0.13, 0.82, 0.15),
    ):
        pen.blob(x, y, r, r * 0.9, ink.main, shade=0.95, side="below", key=False)
    # Gaps through which the sky is not seen, but the shadow inside.
    for x, y in ((-0.10, 0.63), (0.12, 0.69), (0.02, 0.82)):
        gap = arc(x, y, 0.055, 0.028, 200, 340)
        pen.stroke(gap + pen.rng.normal(0, 0.01, 2), 0.016, ink.dark, taper=0.3)
    for _ in range(34):
        angle, far = pen.rng.uniform(0, 2 * np.pi), np.sqrt(pen.rng.uniform(0, 1))
        x, y = 0.35 * far * np.cos(angle), 0.66 + 0.29 * far * np.sin(angle)
        tone = ink.light if x * 0.7 - (y - 0.66) < pen.rng.normal(0, 0.14) else ink.dark
        pen.shape(moved(turned(arc(0, 0, 0.012, 0.03), pen.rng.uniform(-60, 60)), x, y), tone, key=False)


def _crown(rng: np.random.Generator) -> Points:
    """The outline of a crown: clumps of leaves, no two trees alike."""
    clumps = 8
    angles = np.linspace(0, 2 * np.pi, clumps, endpoint=False) + rng.normal(0, 0.10, clumps) + rng.uniform(0, 0.8)
    outline = []
    for angle in angles:
        reach = rng.uniform(0.95, 1.08)
        for aside, far in ((-0.30, 0.90), (-0.12, 1.0), (0.12, 1.0), (0.30, 0.90)):
            turn = angle + aside
            outline.append((0.40 * reach * far * np.cos(turn), 0.66 + 0.34 * reach * far * np.sin(turn)))
    return np.array(outline)


def flower(pen: Pen, ink: Ink) -> None:
    """A tall flower with two leaves and a bud; indoors it stands in a jug."""
    foot = 0.26 if ink.indoors else 0.0
    green = darker(LEAF, 0.2) if ink.main == rgb("56934A") else LEAF
    pen.stroke([(0.02, foot), (-0.01, 0.45), (0.0, 0.72)], 0.026, darker(green, 0.15))
    pen.stroke([(0.01, foot + 0.10), (0.12, 0.44), (0.22, 0.58)], 0.018, darker(green, 0.15))
    leaf(pen, 0.0, foot + 0.05, 0.34, 48, green)
    leaf(pen, 0.01, foot + 0.02, 0.30, -44, green)
    pen.shape(
        curve([(0.16, 0.58), (0.15, 0.68), (0.22, 0.76), (0.29, 0.68), (0.27, 0.58)], closed=True), ink.main, shade=0.7
    )
    pen.shape([(0.16, 0.60), (0.21, 0.64), (0.27, 0.60), (0.22, 0.555)], green, key=False)
    petals = 9
    for ring, (reach, tone, count) in enumerate(((0.27, ink.main, petals), (0.17, ink.light, petals))):
        for k in range(count):
            half = [(0.0, 0.03), (0.055, 0.10), (0.075, 0.19), (0.045, 0.25), (0.0, 0.27)]
            petal = curve(mirrored(half)[:-1], closed=True) * (reach / 0.27)
            pen.shape(
                moved(turned(petal, 360 / count * (k + ring / 2) + 8), 0.0, 0.74),
                tone,
                shade=0.55,
                side="below",
                key=ring == 0,
            )
    centre = GOLD if ink.main not in (rgb("F0C23C"), rgb("EA8430")) else darker(WOOD, 0.3)
    pen.blob(0.0, 0.74, 0.075, 0.07, centre, shade=0.8)
    pen.dots([(0.03 * np.cos(a), 0.74 + 0.028 * np.sin(a)) for a in np.arange(6)], 0.008, darker(centre, 0.4))
    if ink.indoors:
        jug = curve(path("-0.1,0.34 -0.07,0.27 -0.17,0.14 -0.12,0 0.12,0 0.17,0.14 0.07,0.27 0.1,0.34"))
        pen.shape(jug, mix(CREAM, rgb("7FA0A8"), 0.35), shade=0.8)
        pen.stroke([(-0.15, 0.16), (0.0, 0.13), (0.15, 0.16)], 0.018, rgb("5C7F8A"))


def mushroom(pen: Pen, ink: Ink) -> None:
    """A spotted mushroom and a small one beside it."""
    for x, size in ((0.34, 0.48), (0.0, 1.0)):
        sub = pen.at(x, 0.0, size, up=False)
        stem = [(-0.11, 0.0), (-0.085, 0.25), (-0.09, 0.50), (0.09, 0.50), (0.085, 0.25), (0.13, 0.0), (0.0, -0.02)]
        sub.shape(curve(stem, closed=True), CREAM, shade=0.7)
        sub.shape(
            curve([(-0.16, 0.44), (-0.06, 0.40), (0.07, 0.39), (0.17, 0.44), (0.0, 0.48)], closed=True),
            mix(CREAM, WOOD, 0.2),
            key=False,
        )
        cap = np.vstack(
            [
                arc(0, 0.52, 0.42, 0.45, 0, 180),
                curve([(-0.42, 0.52), (-0.25, 0.46), (0.0, 0.49), (0.25, 0.46), (0.42, 0.52)]),
            ]
        )
        sub.shape(cap, ink.main, shade=0.85)
        for sx, sy, r in (
            (-0.22, 0.66, 0.060),
            (0.03, 0.80, 0.070),
            (0.22, 0.64, 0.055),
            (-0.02, 0.60, 0.042),
            (0.31, 0.56, 0.028),
            (-0.33, 0.57, 0.03),
            (-0.14, 0.85, 0.035),
        ):
            sub.blob(sx, sy, r, r * 0.85, ink.trim, key=False)


def apple(pen: Pen, ink: Ink) -> None:
    """An apple with a leaf."""
    half = path("0,0.76 0.14,0.84 0.34,0.8 0.45,0.56 0.38,0.22 0.2,0.02 0.06,0.02 0,0.05")
    pen.shape(curve(mirrored(half)[:-1], closed=True), ink.main, shade=0.95, side="round")
    pen.soft([(-0.30, 0.62), (-0.25, 0.70), (-0.16, 0.70), (-0.20, 0.60), (-0.27, 0.48)], ink.light, key=False)
    pen.soft([(-0.10, 0.775), (0.0, 0.745), (0.10, 0.775), (0.0, 0.80)], ink.dark, key=False)
    pen.stroke([(0.0, 0.76), (0.02, 0.90), (0.07, 1.0)], 0.035, darker(WOOD, 0.3))
    leaf(pen, 0.04, 0.86, 0.30, 62, darker(LEAF, 0.25) if ink.main == rgb("56934A") else LEAF)


def mountain(pen: Pen, ink: Ink) -> None:
    """One great peak with snow."""
    left = [(-1.15, 0.0), (-0.82, 0.26), (-0.60, 0.36), (-0.32, 0.72), (-0.16, 0.83), (0.0, 1.0)]
    right = [(0.15, 0.80), (0.34, 0.66), (0.52, 0.40), (0.80, 0.28), (1.18, 0.0)]
    pen.shape(np.vstack([left, right]), ink.main, shade=0.35, side="below", tone=ink.light)
    pen.shape(
        [(0.0, 1.0), *right, (0.30, 0.0), (0.16, 0.24), (0.22, 0.42), (0.06, 0.60), (0.10, 0.78)],
        ink.dark,
        key=False,
        shade=0.4,
    )
    snow = ink.trim if ink.main != rgb("FBF5E6") else rgb("FFFFFF")
    pen.shape(
        path("-0.32,0.72 -0.16,0.83 0,1 0.1,0.78 0.03,0.71 -0.05,0.79 -0.13,0.66 -0.2,0.73"),
        snow,
        key=False,
    )
    pen.shape(
        [(0.0, 1.0), (0.15, 0.80), (0.34, 0.66), (0.25, 0.62), (0.19, 0.70), (0.12, 0.60), (0.10, 0.78)],
        mix(snow, ink.main, 0.3),
        key=False,
    )
    for x, y in ((-0.62, 0.22), (-0.40, 0.40), (-0.30, 0.14), (-0.75, 0.10)):
        pen.stroke([(x, y), (x + 0.07, y - 0.10), (x + 0.05, y - 0.18)], 0.016, ink.dark, taper=0.8)


def moon(pen: Pen, ink: Ink) -> None:
    """A crescent moon with a sleeping face."""
    outer = arc(0.0, 0.5, 0.48, 0.50, 52, 308)
    inner = arc(0.26, 0.5, 0.40, 0.405, 283, 77)
    pen.shape(np.vstack([outer, inner]), ink.main, shade=0.6, side="left")
    pen.stroke([(-0.235, 0.60), (-0.175, 0.565), (-0.115, 0.60)], 0.028, ink.line)
    pen.stroke([(-0.14, 0.50), (-0.085, 0.465), (-0.13, 0.43)], 0.022, ink.line)
    pen.stroke([(-0.185, 0.355), (-0.135, 0.325), (-0.085, 0.345)], 0.026, ink.line)
    pen.blob(-0.28, 0.46, 0.045, 0.035, mix(ink.main, rgb("E07A5F"), 0.35), key=False)


def star(pen: Pen, ink: Ink) -> None:
    """A five-pointed star with a little smile."""
    tips = [
        (0.5 * r * np.sin(k * np.pi / 5), 0.5 + 0.5 * r * np.cos(k * np.pi / 5))
        for k in range(10)
        for r in (1.0 if k % 2 == 0 else 0.5,)
    ]
    pen.shape(tips, ink.main, shade=0.4, side="below")
    for k in range(0, 10, 2):
        pen.shape(
            [tips[k], tips[(k + 1) % 10], (0.0, 0.5)],
            ink.light if k in (0, 8, 6) else mix(ink.main, ink.light, 0.4),
            key=False,
            shade=0.3,
        )
    pen.dots([(-0.075, 0.53), (0.075, 0.53)], 0.018, ink.line if ink.main != rgb("2A2730") else CREAM)
    pen.stroke([(-0.05, 0.445), (0.0, 0.42), (0.05, 0.445)], 0.02, ink.line if ink.main != rgb("2A2730") else CREAM)


DRAWN = {
    "tree": tree,
    "flower": flower,
    "mushroom": mushroom,
    "apple": apple,
    "mountain": mountain,
    "moon": moon,
    "star": star,
}
