"""The fast histograms and statistics against plain loops over pixels and samples."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from pinakes.encoders.base import ENCODERS
from pinakes.encoders.classical import colour, gradient, texture
from pinakes.encoders.classical.base import luma
from pinakes.settings import Settings


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


def naive_bands(samples: np.ndarray) -> np.ndarray:
    """Decibels (frames, 64) by the definitions: one frame, one transform, one triangle after the other."""
    audio_utils = pytest.importorskip("transformers.audio_utils")
    filters = audio_utils.mel_filter_bank(257, 64, 20, 8_000, 16_000, norm="slaney", mel_scale="slaney")
    window = [0.5 - 0.5 * np.cos(2 * np.pi * i / 512) for i in range(512)]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(257), np.arange(512)) / 512)
    frames = []
    for at in range(0, len(samples) - 511, 160):
        power = np.abs(turns @ (samples[at : at + 512] * window)) ** 2
        frames.append([10 * np.log10(max(float(power @ filters[:, band]), 1e-8)) for band in range(64)])
    levels = np.array(frames)
    return np.maximum(levels, levels.max() - 80)


def naive_statistics(frames: np.ndarray) -> list[np.ndarray]:
    """Mean, spread, and spread of the change over one frame and over five."""
    quick = np.array([frames[i + 1] - frames[i] for i in range(len(frames) - 1)])
    slow = np.array([frames[i + 5] - frames[i] for i in range(len(frames) - 5)])
    return [frames.mean(0), *(np.sqrt(((one - one.mean(0)) ** 2).mean(0)) for one in (frames, quick, slow))]


def tone(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    time = np.arange(8_000) / 16_000
    wave = np.sin(2 * np.pi * (300 + 900 * time) * time) * (1 + np.sin(20 * time))
    return (0.2 * wave + chance.normal(0, 0.01, len(time))).astype(np.float32)


def unit(parts: list[np.ndarray]) -> np.ndarray:
    vector = np.concatenate(parts)
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("seed", [0, 1])
def test_mel_statistics_are_those_of_a_loop(seed: int) -> None:
    mean, *spreads = naive_statistics(naive_bands(tone(seed)))
    expected = unit([0.025 * (mean - mean.mean()), *(np.log(spread + 0.5) - 1 for spread in spreads)])
    (got,) = ENCODERS.get("logmel")(Settings()).encode("audio", [tone(seed)])
    assert np.abs(got - expected).max() < 1e-4


@pytest.mark.parametrize("seed", [0, 1])
def test_cepstra_are_the_cosine_transform_of_the_mel_bands(seed: int) -> None:
    levels = naive_bands(tone(seed))
    cepstra = np.array([
        [
            np.sqrt(2 / 64) * sum(row[i] * np.cos(np.pi * k * (2 * i + 1) / 128) for i in range(64))
            for k in range(20)
        ]
        for row in levels
    ])  # fmt: skip
    mean, *spreads = naive_statistics(cepstra)
    # The first tells loudness alone, which should not rule.
    mean[0] *= 0.3
    expected = unit([0.025 * mean, *(np.log(spread + 0.5) - 1 for spread in spreads)])
    (got,) = ENCODERS.get("mfcc")(Settings()).encode("audio", [tone(seed)])
    assert np.abs(got - expected).max() < 1e-4
