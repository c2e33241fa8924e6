"""From sound to mel bands: one front end for the classical encoders and for published models of sound.

Definitions are those of librosa and of transformers' `audio_utils`; tests compare with the latter and a naive twin.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats

Scale = Literal["htk", "slaney"]
# Below this peak (-80 dB of full scale) there is nothing to hear.
SILENCE = 1e-4
# Frames transformed at a time; bounds the memory that a long sound takes.
FRAMES = 2048


def clean(samples: Floats) -> Floats:
    """Samples with what is not a number made silent and what is over full scale cut; a copy only where needed."""
    if np.isfinite(samples).all() and (samples.size == 0 or np.abs(samples).max() <= 1):
        return samples
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1).astype(np.float32)


def is_silent(samples: Floats) -> bool:
    """Whether nothing can be heard."""
    return samples.size == 0 or float(np.abs(samples).max()) < SILENCE


def log_mel(power: Floats, filters: Floats, floor: float) -> Floats:
    """Decibels (frames, bands) of power spectra (frames, bins) under filters (bins, bands)."""
    levels: Floats = 10 * np.log10(np.maximum(power @ filters, np.float32(floor)))
    return levels


def log_mel_frames(samples: Floats, size: int, hop: int, filters: Floats, floor: float, *, centred: bool) -> Floats:
    """Decibels (frames, bands) of a sound; centred frames reach past its ends, where it is mirrored."""
    blocks = [log_mel(power, filters, floor) for power in power_blocks(samples, size, hop, centred=centred)]
    return np.concatenate(blocks)


def power_blocks(samples: Floats, size: int, hop: int, *, centred: bool) -> Iterator[Floats]:
    """Power spectra (frames, size // 2 + 1) under Hann's window, some frames at a time."""
    if centred:
        samples = np.pad(samples, size // 2, mode="reflect")
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    window = hann(size).astype(samples.dtype)
    for at in range(0, len(windows), FRAMES):
        spectra = np.fft.rfft(windows[at : at + FRAMES] * window)
        power: Floats = (spectra.real**2 + spectra.imag**2).astype(samples.dtype, copy=False)
        yield power


@cache
def hann(size: int) -> NDArray[np.float64]:
    """Hann's window, periodic."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)


@cache
def mel_filters(
    rate: int, size: int, bands: int, low: float, high: float, scale: Scale, *, slaney_norm: bool
) -> Floats:
    """Triangular filters (size // 2 + 1, bands), each of area one with `slaney_norm`, else of height one."""
    edges = from_mel(np.linspace(to_mel(np.array(low), scale), to_mel(np.array(high), scale), bands + 2), scale)
    bins = np.linspace(0, rate / 2, size // 2 + 1)
    rising = (bins[:, None] - edges[None, :-2]) / np.diff(edges)[:-1]
    falling = (edges[None, 2:] - bins[:, None]) / np.diff(edges)[1:]
    filters = np.maximum(0, np.minimum(rising, falling))
    if slaney_norm:
        filters *= 2 / (edges[2:] - edges[:-2])
    triangles: Floats = filters.astype(np.float32)
    return triangles


# Slaney's scale: linear up to 1,000 Hz, logarithmic above.
_LINEAR, _KNEE, _STEP = 200 / 3, 1000.0, np.log(6.4) / 27


def to_mel(hertz: np.ndarray, scale: Scale) -> np.ndarray:
    """Hertz on a mel scale."""
    if scale == "htk":
        return np.asarray(2595 * np.log10(1 + hertz / 700))
    above = _KNEE / _LINEAR + np.log(np.maximum(hertz, _KNEE) / _KNEE) / _STEP
    return np.where(hertz < _KNEE, hertz / _LINEAR, above)


def from_mel(mels: np.ndarray, scale: Scale) -> np.ndarray:
    """The inverse of `to_mel`."""
    if scale == "htk":
        return np.asarray(700 * (10 ** (mels / 2595) - 1))
    above = _KNEE * np.exp(_STEP * (np.maximum(mels, _KNEE / _LINEAR) - _KNEE / _LINEAR))
    return np.where(mels < _KNEE / _LINEAR, mels * _LINEAR, above)
