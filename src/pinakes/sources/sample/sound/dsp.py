"""The tools of the sound maker: noise, envelopes, filters, strings and rooms, as arrays (samples,) at one rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
Sound: TypeAlias = NDArray[np.float64]
Chance: TypeAlias = np.random.Generator


def samples(length: float) -> int:
    """How many samples a length in seconds has."""
    return round(length * RATE)


def seconds(length: float) -> Sound:
    """The time of each sample, from 0."""
    return np.arange(samples(length)) / RATE


def silence(length: float) -> Sound:
    """Nothing, to add to."""
    return np.zeros(samples(length))


def noise(length: float, rng: Chance) -> Sound:
    """White noise of unit power."""
    return rng.standard_normal(samples(length))


def _room_for(length: int) -> int:
    """The least size of a fast transform that holds a length."""
    return min(odd << max(0, (-(-length // odd) - 1).bit_length()) for odd in (1, 3, 5, 9, 15))


def shaped(sound: Sound, points: Sequence[tuple[float, float]]) -> Sound:
    """A sound through a filter given by (frequency, gain) points, straight between them on a logarithmic scale."""
    n = _room_for(len(sound))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 1.0)
    at, gain = np.array(points, dtype=np.float64).T
    response = np.interp(np.log(frequency), np.log(np.maximum(at, 1.0)), gain)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, n) * response, n)[: len(sound)])


def band(sound: Sound, low: float, high: float) -> Sound:
    """What lies between two frequencies, with soft edges."""
    return shaped(sound, [(low * 0.5, 0), (low, 1), (high, 1), (min(high * 2, RATE / 2 - 1), 0)])


def fading(length: float, attack: float, decay: float) -> Sound:
    """An envelope that rises in `attack` seconds and then falls to 1/e every `decay` seconds."""
    t = seconds(length)
    return np.asarray(np.minimum(t / max(attack, 1e-4), 1.0) * np.exp(-np.maximum(t - attack, 0) / decay))


def swell(length: float, points: Sequence[tuple[float, float]]) -> Sound:
    """An envelope through (share of the length, level) points with rounded corners."""
    x = np.linspace(0, 1, samples(length))
    at, level = np.array(points, dtype=np.float64).T
    bend = np.interp(x, at, np.linspace(0, len(at) - 1, len(at)))
    low = np.minimum(bend.astype(int), len(at) - 2)
    share = bend - low
    share = share * share * (3 - 2 * share)
    return np.asarray(level[low] * (1 - share) + level[low + 1] * share)


def tone(frequency: Sound | float, length: float, phase: float = 0.0) -> Sound:
    """A sine whose frequency may change from sample to sample."""
    n = samples(length)
    if isinstance(frequency, float | int):
        return np.asarray(np.sin((2 * np.pi * frequency / RATE) * np.arange(1, n + 1) + phase))
    return np.sin((2 * np.pi / RATE) * np.cumsum(frequency[:n]) + phase)


def saw(frequency: Sound, partials: int) -> Sound:
    """A string's or a throat's buzz at a changing frequency, without what the rate can not carry."""
    turns = (2 * np.pi / RATE) * np.cumsum(frequency)
    top = float(frequency.max())
    # sin((k + 1) x) = 2 cos(x) sin(k x) - sin((k - 1) x): one multiplication a partial.
    double, before, now = 2 * np.cos(turns), np.zeros(len(turns)), np.sin(turns)
    whole = now.copy()
    for k in range(2, partials + 1):
        before, now = now, double * now - before
        if k * top > RATE * 0.45:
            break
        whole += now / k
    return whole


def put(into: Sound, sound: Sound, at: float, gain: float = 1.0) -> None:
    """Add a sound at a time, as far as there is room."""
    start = samples(at)
    n = min(len(sound), len(into) - start)
    if n > 0 and start >= 0:
        into[start : start + n] += gain * sound[:n]


def plucked(frequency: float, length: float, rng: Chance, damping: float = 0.996) -> Sound:
    """A plucked string (Karplus and Strong 1983): each period is the one before, a little softer.

    The softening is a circular filter, so that all periods come from one transform of the first.
    """
    period = max(2, round(RATE / frequency))
    first = rng.uniform(-1, 1, period)
    first = (first + np.roll(first, 1) + np.roll(first, 2)) / 3
    rounds = samples(length) // period + 1
    softer = damping * 0.5 * (1 + np.exp(-2j * np.pi * np.fft.rfftfreq(period)))
    spectra = np.fft.rfft(first) * softer ** np.arange(rounds)[:, None]
    return np.asarray(np.fft.irfft(spectra, period, axis=1)).ravel()[: samples(length)]


def room(sound: Sound, rng: Chance, size: float, share: float) -> Sound:
    """The sound in a room of a given echo length in seconds."""
    echo = rng.standard_normal(samples(size)) * np.exp(-6.5 * seconds(size) / size)
    echo = shaped(echo, [(80, 0.3), (300, 1), (2500, 0.8), (8000, 0.15)])
    n = _room_for(len(sound) + len(echo))
    wet = np.fft.irfft(np.fft.rfft(sound, n) * np.fft.rfft(echo, n), n)[: len(sound)]
    power = float(np.sqrt(np.mean(wet * wet))) or 1.0
    return sound * (1 - share) + wet * (share * float(np.sqrt(np.mean(sound * sound))) / power)


def finished(sound: Sound, level: float = 0.6) -> NDArray[np.float32]:
    """Faded at both ends, without a constant part, its peak at a level."""
    clean = sound - sound.mean()
    edge = min(samples(0.04), len(clean) // 4)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    clean[:edge] *= ramp
    clean[-edge:] *= ramp[::-1]
    peak = float(np.abs(clean).max())
    return np.asarray(clean * (level / peak if peak > 0 else 1.0), dtype=np.float32)
