"""The fast histograms against plain loops over pixels."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from pinakes.encoders.classical import colour, gradient, texture
from pinakes.encoders.classical.base import luma


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (128, 128, 3), np.uint8)


def test_hues_are_those_of_the_standard_library() -> None:
    colours = np.random.default_rng(0).uniform(0, 1, (300, 3)).astype(np.float32)
    colours[:3] = [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]]
    ours = np.stack(colour.hsv(colours), axis=1)
    theirs = np.array([colorsys.rgb_to_hsv(*map(float, one)) for one in colours])
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("shape", [colour.FINE, colour.COARSE])
def test_every_colour_is_shared_out_whole(shape: tuple[int, int, int, int]) -> None:
    weights = colour.weights(shape)
    assert np.abs(weights.sum(1) - 1).max() < 1e-5
    assert weights.min() >= 0


def test_colours_are_counted_as_a_loop_counts_them() -> None:
    pixels = picture(1)
    weights = colour.weights(colour.COARSE)
    counts = np.zeros((4, 4, colour.bins(colour.COARSE)))
    for y in range(128):
        for x in range(128):
            red, green, blue = (int(value) >> 4 for value in pixels[y, x])
            counts[y // 32, x // 32] += weights[(red << 8) | (green << 4) | blue]
    expected = (counts / 1024) ** colour.POWER / 4
    got = colour.rows(pixels[None])[0, -16 * colour.bins(colour.COARSE) :]
    assert np.abs(got - expected.ravel()).max() < 1e-4


def test_edges_are_shared_out_as_a_loop_shares_them() -> None:
    grey = luma(picture(2)[None])[:, :20, :20]
    planes = gradient.direction_planes(grey)[0]
    expected = np.zeros((9, 20, 20))
    values = grey[0].astype(int)
    for y in range(20):
        for x in range(20):
            across = values[y, min(x + 1, 19)] - values[y, max(x - 1, 0)]
            down = values[min(y + 1, 19), x] - values[max(y - 1, 0), x]
            direction = np.arctan2(down, across) / np.pi * 9 % 9
            low = int(direction)
            expected[low % 9, y, x] += np.hypot(across, down) / 255 * (1 - (direction - low))
            expected[(low + 1) % 9, y, x] += np.hypot(across, down) / 255 * (direction - low)
    assert np.abs(planes - expected).max() < 1e-4


@pytest.mark.parametrize("radius", [1, 2, 4])
def test_patterns_are_counted_as_a_loop_counts_them(radius: int) -> None:
    grey = luma(picture(3)[None])[0, :24, :24].astype(np.int16)
    inner = grey[radius:-radius, radius:-radius]
    places = [(y, x) for y in range(radius, 24 - radius) for x in range(radius, 24 - radius)]
    around = {
        place: [int(grey[place[0] + radius * dy, place[1] + radius * dx]) - int(grey[place]) for dy, dx in texture.RING]
        for place in places
    }
    mean = np.mean([abs(value) for values in around.values() for value in values])
    counts = np.zeros(texture.JOINT)
    for place in places:
        sign = _turned([value > 0 for value in around[place]])
        size = _turned([abs(value) >= mean for value in around[place]])
        counts[(sign * 10 + size) * 2 + int(grey[place] > inner.mean())] += 1
    assert np.abs(texture._histogram(grey[None], radius)[0] - counts / len(places)).max() < 1e-6


def _turned(bits: list[bool]) -> int:
    changes = sum(bits[i] != bits[(i + 1) % 8] for i in range(8))
    return sum(bits) if changes <= 2 else 9
