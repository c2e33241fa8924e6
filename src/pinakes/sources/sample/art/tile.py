"""Cut-out tiles: one thing on its own, with its shadow, its reflection and the snow that lies on it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from pinakes.sources.sample.art.palette import Hand, Rgb, mix


def trimmed(tile: Image.Image, corner: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    """The tile without its empty rim, and where its corner is now."""
    bounds = tile.getchannel("A").getbbox()
    if bounds is None:
        return tile, corner
    return tile.crop(bounds), (corner[0] + bounds[0], corner[1] + bounds[1])


def lit(tile: Image.Image, tint: Rgb, share: float) -> Image.Image:
    """The tile in the light of the hour."""
    if share <= 0:
        return tile
    veil = Image.new("RGB", tile.size, tint)
    coloured = Image.blend(tile.convert("RGB"), veil, share)
    coloured.putalpha(tile.getchannel("A"))
    return coloured


def snowed(tile: Image.Image, thickness: int, snow: Rgb) -> Image.Image:
    """The tile with snow on everything that faces the sky."""
    # Worked out at half the size: snow has no sharp edges.
    alpha = tile.getchannel("A").reduce(2)
    deep = max(1, thickness // 2)
    lower = ImageChops.offset(alpha, 0, deep)
    lower.paste(0, (0, 0, alpha.width, deep))
    cap = ImageChops.subtract(alpha, lower).filter(ImageFilter.BoxBlur(max(1.0, deep / 5)))
    grown = cap.point([min(255, v * 3) if v > 40 else 0 for v in range(256)])
    below = ImageChops.subtract(ImageChops.offset(grown, 0, max(1, deep // 3)), grown)
    below = ImageChops.multiply(below, alpha).point([v // 3 for v in range(256)])
    caked = tile.copy()
    for mask, colour in ((grown, snow), (below, mix(snow, (70, 80, 120), 0.6))):
        caked.paste((*colour, 255), (0, 0), mask.resize(tile.size, Image.Resampling.BILINEAR))
    return caked


def shadow(sheet: Image.Image, tile: Image.Image, corner: tuple[int, int], hand: Hand, short: float) -> None:
    """The soft shadow that a cut shape throws on the sheet below it."""
    if hand.dark <= 0:
        return
    step = hand.lift * short / 1000
    pad = int(step * 3) + 4
    alpha = Image.new("L", (tile.width + 2 * pad, tile.height + 2 * pad))
    alpha.paste(tile.getchannel("A"), (pad, pad))
    small = alpha.reduce(4).filter(ImageFilter.GaussianBlur(max(0.6, step / 4 * 0.9)))
    mask = small.resize(alpha.size, Image.Resampling.BILINEAR).point([round(v * hand.dark) for v in range(256)])
    sheet.paste((30, 22, 40), (round(corner[0] - pad + step), round(corner[1] - pad + step * 1.3)), mask)


def reflected(tile: Image.Image, water: Rgb, rng: np.random.Generator, depth: float = 0.6) -> Image.Image:
    """What still water shows of the tile: upside down, broken by ripples, fading."""
    height = max(8, int(tile.height * depth))
    mirror = tile.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((tile.width, height), Image.Resampling.BILINEAR)
    veil = Image.new("RGB", mirror.size, water)
    coloured = Image.blend(mirror.convert("RGB"), veil, 0.30)
    fade = Image.linear_gradient("L").resize(mirror.size).point([max(0, 150 - v) for v in range(256)])
    coloured.putalpha(ImageChops.multiply(mirror.getchannel("A"), fade))
    broken = Image.new("RGBA", mirror.size)
    strip = max(3, height // 26)
    phase = float(rng.uniform(0, 6.28))
    for index, top in enumerate(range(0, height, strip)):
        gap = strip if index % 4 != 3 else max(1, strip // 2)
        sway = round(np.sin(index * 0.9 + phase) * tile.width * 0.012 * (1 + index / 8))
        broken.paste(coloured.crop((0, top, tile.width, min(height, top + gap))), (sway, top))
    return broken


def glow(sheet: Image.Image, centre: tuple[float, float], radius: float, colour: Rgb, strength: float) -> None:
    """A round light that fades outward."""
    side = int(radius * 2)
    if side < 4:
        return
    fade = Image.radial_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
    mask = fade.point([round(max(0.0, 1 - v / 181) ** 1.6 * 255 * strength) if v < 181 else 0 for v in range(256)])
    sheet.paste(colour, (round(centre[0] - radius), round(centre[1] - radius)), mask)
