"""Skies: the light of the hour, sun, stars, clouds, and the rain and snow that fall from them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from pinakes.sources.sample.art.geometry import curve
from pinakes.sources.sample.art.palette import CREAM, Rgb, darker, lighter, mix
from pinakes.sources.sample.art.stage import Stage
from pinakes.sources.sample.art.tile import glow


def sky(stage: Stage, horizon: float) -> None:
    """The whole background down to a horizon, then what shines and floats in it."""
    if stage.pen.hand.bands:
        _bands(stage, horizon)
    else:
        _gradient(stage, horizon)
    clear = stage.scene.weather == "clear"
    if stage.night and stage.scene.weather != "rain":
        stars(stage, horizon)
    elif stage.scene.time != "night" and clear:
        sun(stage, horizon)
    count = int(stage.rng.integers(2, 5)) if clear else int(stage.rng.integers(4, 6))
    for _ in range(count if not (stage.night and clear) else 2):
        low = horizon * (0.30 if clear else 0.22)
        cloud(
            stage, stage.rng.uniform(-0.02, stage.w), stage.rng.uniform(0.06, low + 0.10), stage.rng.uniform(0.10, 0.20)
        )


def _gradient(stage: Stage, horizon: float) -> None:
    """An even passage from one colour to the next, as a printer's brush leaves it on the block."""
    top, middle, bottom = stage.mood.sky
    image = stage.pen.image
    t = np.clip(np.arange(image.height) / (horizon * stage.pen.short + 1), 0, 1)
    column = np.column_stack([np.interp(t, (0, 0.55, 1), parts) for parts in zip(top, middle, bottom, strict=True)])
    strip = Image.fromarray(column.round().astype(np.uint8)[:, None, :])
    image.paste(strip.resize(image.size, Image.Resampling.NEAREST))
    mask = Image.new("L", (image.width, int(horizon * stage.pen.short * 0.7)), 255)
    stage.pen.tone(mask, (0, 0), darker(stage.mood.sky[0], 0.2), 0.45 * stage.pen.hand.shading + 0.06, "above")


def _bands(stage: Stage, horizon: float) -> None:
    """Sheets of paper or broad strokes laid over each other from top to horizon."""
    stage.pen.image.paste(stage.mood.sky[0], (0, 0, *stage.pen.image.size))
    count = 7
    for k in range(1, count):
        t = k / (count - 1)
        a, b, c = stage.mood.sky
        colour = mix(a, b, t / 0.55) if t < 0.55 else mix(b, c, (t - 0.55) / 0.45)
        y = horizon * (t * 0.95) + stage.rng.normal(0, 0.008)
        top = stage.ridge(y, 0.012 + 0.012 * stage.rng.random(), stage.rng.uniform(0.6, 1.8))
        floor = min(horizon + 0.1, y + horizon * 0.24) if k < count - 1 else horizon + 0.1
        outline = np.vstack([top, [(stage.w + 0.1, floor), (-0.1, floor)]])
        stage.pen.shape(
            outline,
            colour,
            shade=0.30 if k < 5 else 0.15,
            side="above",
            tone=mix(a, b, (t - 0.16) / 0.55) if t < 0.7 else b,
            key=False,
        )


def sun(stage: Stage, horizon: float) -> None:
    """The sun: high and pale by day, low and large at dusk."""
    dusk = stage.scene.time == "dusk"
    x = stage.w * _free_column(stage)
    stage.lamp = x if dusk else None
    y, r = (horizon - 0.05, 0.13) if dusk else (horizon * 0.30, 0.062)
    x0, y0 = stage.pen.pixels([(x, y)])[0]
    glow(stage.pen.image, (x0, y0), stage.pen.short * r * 4.2, stage.mood.light, 0.85 if dusk else 0.6)
    pale = mix(stage.mood.light, CREAM, 0.25)
    if stage.pen.hand.bands or stage.pen.hand.outline > 3:
        stage.pen.blob(
            x, y, r * 1.42, r * 1.42, mix(stage.mood.sky[2] if dusk else stage.mood.sky[1], pale, 0.45), key=False
        )
    stage.pen.blob(
        x,
        y,
        r,
        r,
        pale if not dusk else mix(stage.mood.light, (240, 120, 70), 0.18),
        shade=0.2,
        side="below",
        key=False,
    )


def _free_column(stage: Stage) -> float:
    """A place across the picture that no large thing covers, as a share of the width."""
    candidates = stage.rng.uniform(0.12, 0.88, 12)
    gaps = [min((abs(c - t.x) for t in stage.scene.things), default=1.0) for c in candidates]
    return float(candidates[int(np.argmax(gaps))])


def stars(stage: Stage, horizon: float) -> None:
    """Many small stars and a few with four points."""
    spread = stage.scatter(90, (0, stage.w), (0, horizon * 0.92))
    faint = mix(stage.mood.sky[1], CREAM, 0.75)
    stage.pen.dots(spread[:60], 0.0016, faint)
    stage.pen.dots(spread[60:84], 0.0030, mix(faint, CREAM, 0.6))
    for x, y in stage.scatter(6, (0.04, stage.w - 0.04), (0.04, horizon * 0.6)):
        r = stage.rng.uniform(0.008, 0.014)
        tips = [
            (
                x + (r if k % 2 == 0 else r * 0.24) * np.sin(k * np.pi / 4),
                y + (r if k % 2 == 0 else r * 0.24) * np.cos(k * np.pi / 4),
            )
            for k in range(8)
        ]
        stage.pen.shape(tips, mix(CREAM, stage.mood.light, 0.4), key=False)


def cloud(stage: Stage, x: float, y: float, size: float, colour: Rgb | None = None) -> None:
    """A heap of round shapes on a flat foot."""
    tone = colour or stage.mood.cloud
    if stage.scene.weather != "clear":
        tone = mix(tone, darker(stage.mood.sky[1], 0.3), 0.40 if stage.scene.weather == "rain" else 0.12)
    n = int(stage.rng.integers(4, 7))
    across = np.linspace(-1, 1, n)
    grid = np.linspace(-1.5, 1.5, 61)
    rise = np.zeros_like(grid)
    for t in across:
        r = (0.34 + 0.34 * (1 - t * t)) * stage.rng.uniform(0.8, 1.2)
        rise = np.maximum(rise, 0.86 * np.sqrt(np.maximum(0.0, r * r - (grid - t * 0.98) ** 2)))
    seen = rise > 0
    top = np.column_stack([x + grid[seen] * size, y - rise[seen] * size])
    left, right = top[0], top[-1]
    foot = curve(
        [
            (right[0], right[1]),
            (right[0] - 0.10 * size, y + 0.09 * size),
            (x, y + 0.11 * size),
            (left[0] + 0.10 * size, y + 0.09 * size),
            (left[0], left[1]),
        ]
    )
    outline = np.vstack([top, foot[1:-1]])
    stage.pen.shape(
        outline, tone, shade=0.75, side="below", tone=mix(tone, stage.mood.sky[1], 0.75), key=stage.pen.hand.outline > 3
    )


def rain(stage: Stage, rng: np.random.Generator, shift: float = 0.0) -> None:
    """Slanting strokes over everything, the nearer ones longer and lighter."""
    draw = ImageDraw.Draw(stage.pen.image)
    short = stage.pen.short
    light = lighter(mix(stage.mood.cloud, CREAM, 0.5), 0.2)
    x, depth = rng.uniform(-0.1, stage.w + 0.3, 210), np.sort(rng.uniform(0.3, 1, 210))
    y = (rng.uniform(-0.1, stage.h, 210) + shift * (0.8 + depth)) % (stage.h + 0.1) - 0.05
    length = 0.030 + 0.045 * depth
    ends = np.column_stack([x, y, x - length * 0.28, y + length]) * short
    for line, far in zip(ends.tolist(), depth.tolist(), strict=True):
        tone = mix(stage.mood.sky[1], light, 0.45 + 0.5 * far)
        draw.line(line, fill=tone, width=max(1, round(short * 0.0024 * (0.5 + far * 0.6))))


def snow(stage: Stage, rng: np.random.Generator, shift: float = 0.0) -> None:
    """Flakes: small and many far away, few and large near by."""
    draw = ImageDraw.Draw(stage.pen.image)
    short = stage.pen.short
    for count, radius, white in ((150, 0.0030, 0.72), (90, 0.0052, 0.9), (26, 0.0085, 1.0)):
        tone = mix(stage.mood.sky[1], (252, 250, 246), white)
        x = rng.uniform(0, stage.w, count)
        y = (rng.uniform(0, stage.h, count) + shift * (0.3 + radius * 90)) % stage.h
        r = radius * rng.uniform(0.75, 1.2, count)
        for flake in (np.column_stack([x - r, y - r, x + r, y + r]) * short).tolist():
            draw.ellipse(flake, fill=tone)
