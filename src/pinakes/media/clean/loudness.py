"""Loudness of sound after ITU-R BS.1770-5, and its normalisation to one level without clipping."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pinakes.media.base import CleaningNote
from pinakes.media.clean.steps import cleaning_step
from pinakes.types import Floats

STEP = "loudness"
# The level of EBU R 128; no sound is moved by more than MAX_GAIN_DB or brought above PEAK_DB (true peak).
TARGET_LUFS, MAX_GAIN_DB, PEAK_DB = -23.0, 20.0, -1.0
MIN_GAIN_DB = 0.1
GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
HOP_SECONDS, HOPS_PER_BLOCK = 0.1, 4
# The weighting filter rings for less than this.
RING_SECONDS = 0.25
OVERSAMPLING, TAPS = 4, 12
_OFFSET = -0.691

Power = NDArray[np.float64]


def integrated_loudness(samples: Floats, rate: int) -> float | None:
    """Gated loudness of mono sound in LUFS; None where nothing is above the absolute gate."""
    hops = _hop_powers(samples, rate)
    if hops.size >= HOPS_PER_BLOCK:
        sums = np.cumsum(np.concatenate([[0.0], hops]))
        blocks = (sums[HOPS_PER_BLOCK:] - sums[:-HOPS_PER_BLOCK]) / HOPS_PER_BLOCK
    else:
        # Shorter than one block: there is nothing to gate, so the whole is one block.
        blocks = hops.mean(keepdims=True) if hops.size else hops
    loud = blocks[blocks > _power(GATE_LUFS)]
    if loud.size == 0:
        return None
    gate = loud.mean() * 10 ** (RELATIVE_GATE_LU / 10)
    return _OFFSET + 10 * math.log10(float(loud[loud > gate].mean()))


def true_peak(samples: Floats) -> float:
    """Largest value between the samples too, by interpolation to four times the rate."""
    if samples.size == 0:
        return 0.0
    peak = float(np.abs(samples).max())
    for taps in _interpolators():
        peak = max(peak, float(np.abs(np.convolve(samples, taps)).max()))
    return peak


@cleaning_step(STEP, "audio", f"one gain to {TARGET_LUFS:g} LUFS, at most {MAX_GAIN_DB:g} dB and never into clipping")
def normalise_loudness(samples: Floats, rate: int) -> tuple[Floats, CleaningNote]:
    """Bring a sound to the common loudness; silence and what is there already are returned untouched."""
    loudness = integrated_loudness(samples, rate)
    if loudness is None:
        return samples, CleaningNote(STEP, False, "")
    wanted = min(max(TARGET_LUFS - loudness, -MAX_GAIN_DB), MAX_GAIN_DB)
    room = PEAK_DB - 20 * math.log10(max(true_peak(samples), 1e-9))
    gain = min(wanted, room)
    # Room below zero means that the peaks are too high already; a sound is not made softer than the target for that.
    if wanted > 0:
        gain = max(gain, 0.0)
    if abs(gain) < MIN_GAIN_DB:
        return samples, CleaningNote(STEP, False, "")
    held = ", held back by its peaks" if gain < wanted else ""
    scaled = np.clip(samples * np.float32(10 ** (gain / 20)), -1, 1).astype(np.float32)
    return scaled, CleaningNote(STEP, True, f"{loudness:.1f} LUFS, {gain:+.1f} dB{held}")


def _power(lufs: float) -> float:
    return 10 ** ((lufs - _OFFSET) / 10)


def _hop_powers(samples: Floats, rate: int) -> Power:
    """Mean square of the weighted sound in each hop of a tenth of a second; a shorter rest counts if it is all."""
    hop = max(1, round(rate * HOP_SECONDS))
    if samples.size < hop:
        return np.array([np.square(weighted(samples, rate)).mean()]) if samples.size else np.zeros(0)
    whole = samples.size // hop * hop
    powers: Power = np.square(weighted(samples[:whole], rate)).reshape(-1, hop).mean(axis=1)
    return powers


def weighted(samples: Floats, rate: int) -> Power:
    """The K-weighted sound, filtered piece by piece in the frequency domain."""
    ring = math.ceil(rate * RING_SECONDS)
    size = 1 << max(12, (4 * ring - 1).bit_length())
    response = _response(rate, size)
    step = size - ring
    padded = np.concatenate([np.zeros(ring), samples, np.zeros(-samples.size % step)])
    out = np.empty(padded.size - ring)
    for start in range(0, out.size, step):
        piece = np.fft.irfft(np.fft.rfft(padded[start : start + size]) * response, size)
        out[start : start + step] = piece[ring:]
    return out[: samples.size]


def coefficients(rate: int) -> list[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """The two filters of BS.1770 at any rate, as (b, a) each, by bilinear transform of its analogue prototypes."""
    stages = []
    shelf_hz, shelf_db, shelf_q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    # Below such rates the shelf would lie beyond what the sound can hold.
    if rate > 2.2 * shelf_hz:
        k = math.tan(math.pi * shelf_hz / rate)
        high = 10 ** (shelf_db / 20)
        band = high**0.4996667741545416
        a0 = 1 + k / shelf_q + k * k
        top = (high + band * k / shelf_q + k * k, 2 * (k * k - high), high - band * k / shelf_q + k * k)
        stages.append(((top[0] / a0, top[1] / a0, top[2] / a0), (1.0, *_poles(k, shelf_q))))
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * pass_hz / rate)
    stages.append(((1.0, -2.0, 1.0), (1.0, *_poles(k, pass_q))))
    return stages


def _poles(k: float, q: float) -> tuple[float, float]:
    a0 = 1 + k / q + k * k
    return 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0


@lru_cache(maxsize=8)
def _response(rate: int, size: int) -> NDArray[np.complex128]:
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(z.size, np.complex128)
    for b, a in coefficients(rate):
        response *= (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    return response


@lru_cache(maxsize=1)
def _interpolators() -> tuple[NDArray[np.float32], ...]:
    """Windowed sinc filters for the points at one, two and three quarters between two samples."""
    place = np.arange(TAPS) - TAPS / 2 + 1
    filters = []
    for phase in range(1, OVERSAMPLING):
        at = place - phase / OVERSAMPLING
        taps = np.sinc(at) * np.cos(np.pi * at / (TAPS + 1)) ** 2
        filters.append((taps / taps.sum()).astype(np.float32))
    return tuple(filters)
