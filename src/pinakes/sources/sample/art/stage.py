"""The stage of a plate: a pen in picture coordinates (shorter side 1, y downward), and the layers of scenery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pinakes.sources.sample.art.geometry import Points, curve, points, unsteady
from pinakes.sources.sample.art.palette import Mood, Rgb, darker, mix
from pinakes.sources.sample.art.pen import Pen
from pinakes.sources.sample.scene import Scene


@dataclass(slots=True)
class Stage:
    """What the scenery is drawn on and with."""

    pen: Pen
    mood: Mood
    scene: Scene
    w: float
    h: float
    horizon: float
    # Where across the picture the sun stands, if it is seen.
    lamp: float | None = None
    # Middle, half width and colour of what still water repeats.
    doubles: list[tuple[float, float, Rgb]] = field(default_factory=list)

    @property
    def rng(self) -> np.random.Generator:
        """Chance that depends on the scene alone."""
        return self.pen.rng

    @property
    def night(self) -> bool:
        """Whether windows are lit."""
        return self.scene.time == "night"

    @property
    def snowy(self) -> bool:
        """Whether snow lies."""
        return self.scene.weather == "snow"

    def pick(self, colours: Sequence[Rgb]) -> Rgb:
        """One of several colours, by chance."""
        return colours[int(self.rng.integers(len(colours)))]

    def in_light(self, colour: Rgb) -> Rgb:
        """A colour of the scenery in the light of the hour and the air of the mood."""
        aired = mix(colour, self.mood.mid, 0.22 if not self.night else 0.45)
        return mix(aired, self.mood.tint, min(0.5, self.mood.tinted * (1.6 if not self.night else 2.0)))

    def ray(self, veil: Image.Image, outline: Points, strength: int = 38) -> None:
        """Add a ray of light to a veil."""
        layer = Image.new("L", veil.size)
        ImageDraw.Draw(layer).polygon(outline.ravel().tolist(), fill=strength)
        veil.paste(ImageChops.add(veil, layer))

    def ridge(self, y: float, swing: float, bumps: float, *, rough: float = 0.0) -> Points:
        """A skyline from left to right that rises and falls `bumps` times around a height."""
        n = max(5, int(bumps * 4))
        x = np.linspace(-0.05, self.w + 0.05, n)
        phase = self.rng.uniform(0, 2 * np.pi)
        wave = np.sin(x / self.w * bumps * 2 * np.pi + phase) * 0.7 + np.sin(x / self.w * bumps * 4.7 + 2 * phase) * 0.3
        line = np.column_stack([x, y - wave * swing + self.rng.normal(0, 1, n) * rough])
        return curve(line)

    def layer(
        self, top: Points, colour: Rgb, *, shade: float = 0.6, side: str = "above", tone: Rgb | None = None
    ) -> None:
        """A sheet of land or water below a skyline, darker or lighter towards one side."""
        outline = np.vstack([top, [(self.w + 0.1, self.h + 0.1), (-0.1, self.h + 0.1)]])
        self.lift(top)
        self.pen.shape(outline, colour)
        # What lies deeper is covered by the next sheet: only the visible edge is worth shading.
        floor = min(self.h + 0.02, float(top[:, 1].max()) + (0.16 if side == "above" else self.h))
        edge = np.vstack([top, [(self.w + 0.05, floor), (-0.05, floor)]])
        self.pen.veil(edge, tone or darker(colour, 0.2), shade, side)

    def lift(self, top: Points) -> None:
        """The soft shadow that the next sheet throws on the one behind it."""
        hand = self.pen.hand
        if hand.dark < 0.1:
            return
        p = self.pen.pixels(top)
        step = hand.lift * self.pen.short / 1000
        low = max(0, int(p[:, 1].min() - 4 * step))
        high = min(self.pen.image.height, int(p[:, 1].max() + 4))
        if high - low < 8:
            return
        size = (max(1, self.pen.image.width // 4), max(1, (high - low) // 4))
        mask = Image.new("L", size)
        flat = ((p - (0, low + step * 0.6)) / 4).ravel().tolist()
        ImageDraw.Draw(mask).polygon([*flat, size[0] + 9, size[1] + 9, -9, size[1] + 9], fill=round(255 * hand.dark))
        soft = mask.filter(ImageFilter.GaussianBlur(max(0.8, step / 4)))
        self.pen.image.paste(
            (30, 22, 40), (0, low), soft.resize((self.pen.image.width, high - low), Image.Resampling.BILINEAR)
        )

    def scatter(self, count: int, x: tuple[float, float], y: tuple[float, float]) -> Points:
        """Places spread over a rectangle, the farther ones first."""
        spread = np.column_stack([self.rng.uniform(*x, count), self.rng.uniform(*y, count)])
        return spread[np.argsort(spread[:, 1])]

    def clear_of(self, spread: Points, gap: float) -> Points:
        """Those places that no thing of the scene stands on."""
        keep = np.ones(len(spread), dtype=bool)
        for thing in self.scene.things:
            far = np.hypot(spread[:, 0] - thing.x * self.w, (spread[:, 1] - thing.y * self.h) * 1.6)
            keep &= far > gap * thing.size + 0.02
        return spread[keep]

    def wobbly(self, line: Points, amount: float = 1.0) -> Points:
        """A line in picture coordinates as the hand draws it."""
        p = unsteady(
            self.pen.pixels(line),
            amount * self.pen.short * 0.002,
            self.pen.short * 0.05,
            self.rng.random(),
            closed=False,
        )
        return points((p - self.pen.origin) / self.pen.scale)
