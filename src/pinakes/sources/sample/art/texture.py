"""Paper, grain, carved lines and wash, as grey pictures that are made once and cut where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = Image.Image
SIDE = 2048


def _picture(values: NDArray[np.float64], low: float = 0.0, high: float = 255.0) -> Grey:
    """An array scaled to fill a range, as a grey picture."""
    span = np.percentile(values, [0.5, 99.5])
    unit = np.clip((values - span[0]) / max(float(span[1] - span[0]), 1e-9), 0, 1)
    return Image.fromarray((low + unit * (high - low)).astype(np.uint8))


def _level(values: NDArray[np.float64]) -> Grey:
    """An array as a grey picture in which every shade is as frequent as any other."""
    ranks = np.argsort(np.argsort(values, axis=None)).reshape(values.shape)
    return Image.fromarray((ranks * (255.0 / values.size)).astype(np.uint8))


def _smooth(side: int, wave: float, seed: int, stretch: float = 1.0) -> NDArray[np.float64]:
    """Periodic noise (side, side) whose features are about `wave` pixels high and `stretch` times as wide."""
    spectrum = np.fft.rfft2(np.random.default_rng(seed).normal(size=(side, side)))
    down, across = np.fft.fftfreq(side)[:, None] * wave, np.fft.rfftfreq(side)[None, :] * wave * stretch
    field = np.fft.irfft2(spectrum * np.exp(-4 * (down**2 + across**2)), s=(side, side))
    return np.asarray(field / field.std())


def _tiled(picture: Grey) -> Grey:
    """A periodic picture repeated to the full side."""
    whole = Image.new("L", (SIDE, SIDE))
    for x in range(0, SIDE, picture.width):
        for y in range(0, SIDE, picture.height):
            whole.paste(picture, (x, y))
    return whole


@cache
def grain() -> Grey:
    """The speckle of a dry brush or a printed stone."""
    return _tiled(_level(_smooth(512, 3.4, 11) + 0.35 * _smooth(512, 1.2, 12)))


@cache
def hatch() -> Grey:
    """Lines as a gouge leaves them: where they are dark, ink stays."""
    side = 512
    down = np.arange(side)[:, None] + 5.0 * _smooth(side, 90, 21, 2.0)
    lines = np.cos(down * (2 * np.pi * 40 / side))
    return _tiled(_level(lines + 0.35 * _smooth(side, 5, 22, 6.0)))


@cache
def wood() -> Grey:
    """The long grain of a printing block."""
    return _tiled(_level(_smooth(512, 3.0, 31, 40.0) + 0.25 * _smooth(512, 2.0, 32)))


@cache
def wash() -> Grey:
    """Clouds of wet colour with granulation."""
    return _tiled(
        _level(
            _smooth(1024, 150, 41)
            + 0.5 * _smooth(1024, 50, 44)
            + 0.22 * _smooth(1024, 14, 42)
            + 0.22 * _smooth(1024, 2.5, 43)
        )
    )


@cache
def mottle() -> Grey:
    """Uneven paint around middle grey, at the size of the finished picture."""
    rough = _smooth(1024, 160, 51) + 0.8 * _smooth(1024, 36, 52) + 0.7 * _smooth(1024, 3.0, 53)
    return _picture(rough, 96, 160)


@cache
def paper() -> Grey:
    """Light paper with tooth and a few fibres, at the size of the finished picture."""
    tooth = _smooth(1024, 2.4, 61) + 0.6 * _smooth(1024, 7, 62)
    sheet = _picture(tooth, 238, 255)
    fibres = Image.new("L", (1024, 1024), 255)
    rng = np.random.default_rng(63)
    canvas = np.asarray(fibres).copy()
    for _ in range(260):
        x, y, turn = rng.uniform(0, 1024), rng.uniform(0, 1024), rng.uniform(0, 6.28)
        for _step in range(int(rng.integers(10, 34))):
            turn += rng.normal(0, 0.16)
            x, y = (x + np.cos(turn)) % 1024, (y + np.sin(turn)) % 1024
            canvas[int(y) % 1024, int(x) % 1024] = 236
    soft = Image.fromarray(canvas).filter(ImageFilter.GaussianBlur(0.6))
    return Image.fromarray(np.minimum(np.asarray(sheet), np.asarray(soft)))


@cache
def coloured(name: str) -> Image.Image:
    """The paint or the paper as a picture in colour, to be laid over one."""
    grey = {"mottle": mottle, "paper": paper}[name]()
    return Image.merge("RGB", (grey, grey, grey))


TEXTURES: dict[str, Callable[[], Grey]] = {"grain": grain, "hatch": hatch, "wood": wood, "wash": wash}


def cut(texture: Grey, size: tuple[int, int], rng: np.random.Generator) -> Grey:
    """A piece of a texture from a place left to chance; pieces larger than the texture are stretched."""
    width, height = min(size[0], texture.width), min(size[1], texture.height)
    x, y = int(rng.integers(0, texture.width - width + 1)), int(rng.integers(0, texture.height - height + 1))
    piece = texture.crop((x, y, x + width, y + height))
    return piece if piece.size == size else piece.resize(size)
