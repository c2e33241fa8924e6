"""A pen that fills, shades and outlines shapes as one artist's hand would."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from pinakes.sources.sample.art import texture
from pinakes.sources.sample.art.geometry import Outline, Points, arc, box, curve, points, ribbon, unsteady
from pinakes.sources.sample.art.palette import Hand, Rgb, darker, lighter, mix

KEY: Rgb = (44, 36, 48)


# How gently each texture passes from bare to covered.
SOFTNESS = {"hatch": 0.22, "grain": 0.55, "wood": 0.9, "wash": 1.3}


def shadow_of(colour: Rgb) -> Rgb:
    """The shaded side of a colour; light ones turn lilac rather than brown."""
    light = sum(colour) / 765
    return mix(colour, (150, 138, 168), 0.38) if light > 0.86 else darker(colour)


@cache
def _ramp(side: str, strength: int) -> Image.Image:
    """A grey ramp (256, 256), dark where the light falls and up to strength / 50 bright on the named side."""
    if side == "round":
        field = np.hypot(*np.meshgrid(np.linspace(-0.55, 1.25, 256), np.linspace(-0.6, 1.2, 256)))
        ramp = Image.fromarray((np.clip((field - 0.35) / 0.9, 0, 1) * 255).astype(np.uint8))
    elif side == "flat":
        ramp = Image.new("L", (256, 256), 128)
    else:
        ramp = Image.linear_gradient("L").rotate({"below": 0, "right": 90, "above": 180, "left": 270}[side])
    return ramp.point([min(255, round(v * strength / 50)) for v in range(256)])


@dataclass(slots=True)
class Pen:
    """Draws on a picture; its own coordinates run to the right and down (or up), in units of `scale` pixels."""

    image: Image.Image
    hand: Hand
    rng: np.random.Generator
    # Pixels of the picture's shorter side: wobble and lines keep their proportion to it.
    short: float
    scale: tuple[float, float]
    origin: tuple[float, float] = (0.0, 0.0)
    # Steadiness: 0 draws straight lines, 1 as the hand does.
    loose: float = 1.0

    def at(self, x: float, y: float, size: float, *, flip: bool = False, up: bool = True) -> Pen:
        """A pen on the same picture whose unit is `size` of ours, its origin at a point of ours."""
        sx, sy = self.scale
        place = (self.origin[0] + x * sx, self.origin[1] + y * sy)
        return replace(self, scale=(size * sx * (-1 if flip else 1), size * sy * (-1 if up else 1)), origin=place)

    def pixels(self, outline: Outline) -> Points:
        """Our coordinates as pixels."""
        return points(outline) * self.scale + self.origin

    def _drawn(self, outline: Outline, *, closed: bool) -> Points:
        p = self.pixels(outline)
        # What is smaller than the tremble of the hand needs none.
        if float(np.ptp(p, axis=0).max()) < self.short * 0.022:
            return p
        amount = self.hand.wobble * self.loose * self.short * 0.0017
        return unsteady(p, amount, self.short * 0.055, float(self.rng.random()), closed=closed)

    def shape(
        self,
        outline: Outline,
        colour: Rgb,
        *,
        shade: float = 0.0,
        side: str = "right",
        key: bool = True,
        tone: Rgb | None = None,
    ) -> None:
        """Fill an outline; `shade` is how much of the hand's texture lies on the named side."""
        p = self._drawn(outline, closed=True)
        flat = p.ravel().tolist()
        draw = ImageDraw.Draw(self.image)
        if self.hand.rim > 0:
            step = self.hand.rim * self.short / 1000
            draw.polygon((p - (step * 0.6, step)).ravel().tolist(), fill=lighter(colour, 0.45))
        draw.polygon(flat, fill=colour)
        if shade > 0:
            self._shade(p, tone or shadow_of(colour), shade * self.hand.shading, side)
        if key and self.hand.outline > 0:
            width = max(1, round(self.hand.outline * self.short / 1000))
            draw.line([*flat, *flat[:4]], fill=KEY, width=width, joint="curve")

    def facet(self, outline: Outline, colour: Rgb) -> None:
        """Fill a small outline as it is."""
        ImageDraw.Draw(self.image).polygon(self.pixels(outline).ravel().tolist(), fill=colour)

    def veil(self, outline: Outline, tone: Rgb, amount: float, side: str) -> None:
        """Shade an area without filling it."""
        p = self.pixels(outline)
        self._shade(p, tone, amount * self.hand.shading, side)

    def _shade(self, p: Points, tone: Rgb, amount: float, side: str) -> None:
        low = np.maximum(np.floor(p.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(p.max(axis=0)).astype(int) + 1, self.image.size)
        width, height = (int(v) for v in high - low)
        if width < 2 or height < 2:
            return
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).polygon((p - low).ravel().tolist(), fill=255)
        self.tone(mask, (int(low[0]), int(low[1])), tone, amount, side)

    def tone(self, mask: Image.Image, corner: tuple[int, int], tone: Rgb, amount: float, side: str) -> None:
        """Lay the hand's texture in a colour over a mask, densest on the named side."""
        ramp = _ramp(side, round(min(amount * 1.35, 1.2) * 50)).resize(mask.size, Image.Resampling.NEAREST)
        field = texture.cut(texture.TEXTURES[self.hand.texture](), mask.size, self.rng)
        soft = SOFTNESS[self.hand.texture]
        ink = ImageChops.subtract(ramp, field, soft, 0)
        self.image.paste(
            tone,
            (corner[0], corner[1], corner[0] + mask.width, corner[1] + mask.height),
            ImageChops.multiply(ink, mask),
        )

    def blob(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Rgb,
        *,
        shade: float = 0.0,
        side: str = "round",
        key: bool = True,
    ) -> None:
        """An ellipse."""
        self.shape(arc(x, y, rx, ry), colour, shade=shade, side=side, key=key)

    def rect(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        colour: Rgb,
        *,
        shade: float = 0.0,
        side: str = "right",
        key: bool = True,
    ) -> None:
        """A rectangle."""
        self.shape(box(x0, y0, x1, y1), colour, shade=shade, side=side, key=key)

    def soft(self, outline: Outline, colour: Rgb, *, shade: float = 0.0, side: str = "right", key: bool = True) -> None:
        """A closed shape through the points without corners."""
        self.shape(curve(outline, closed=True), colour, shade=shade, side=side, key=key)

    def stroke(self, path: Outline, width: float, colour: Rgb, *, taper: float = 0.0, smooth: bool = True) -> None:
        """A line as a brush leaves it; `taper` thins both ends."""
        p = self.pixels(curve(path) if smooth else path)
        draw = ImageDraw.Draw(self.image)
        wide = max(abs(self.scale[1]) * width, 1.0)
        reach = float(np.ptp(p, axis=0).max())
        if len(p) == 2 and taper == 0 and reach < self.short * 0.06:
            draw.line(p.ravel().tolist(), fill=colour, width=round(wide))
            return
        if reach > self.short * 0.03:
            p = unsteady(
                p,
                self.hand.wobble * self.loose * self.short * 0.001,
                self.short * 0.06,
                float(self.rng.random()),
                closed=False,
            )
        t = np.arange(len(p)) * (1 / max(len(p) - 1, 1))
        widths = wide * (1 + 0.10 * self.hand.wobble * np.sin(t * 9 + self.rng.random() * 6))
        if taper > 0:
            widths *= 1 - taper * np.abs(2 * t - 1) ** 1.5
        draw.polygon(ribbon(p, widths).ravel().tolist(), fill=colour)
        if taper == 0:
            for x, y in (p[0], p[-1]):
                draw.ellipse([x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2], fill=colour)

    def dots(self, places: Outline, radius: float, colour: Rgb) -> None:
        """Small round marks."""
        draw = ImageDraw.Draw(self.image)
        r = max(abs(self.scale[1]) * radius, 0.8)
        for x, y in self.pixels(places):
            k = r * float(self.rng.uniform(0.8, 1.2))
            draw.ellipse([x - k, y - k * 0.94, x + k, y + k * 0.94], fill=colour)
