"""Sounds by the statistics of their mel bands (`logmel`) and of their cepstra (`mfcc`): mean, spread and change.

Davis and Mermelstein, TASSP 1980 (cepstra); Tzanetakis and Cook, TSAP 2002 (statistics of frames as a description of
fixed length). Spreads enter by their logarithm: twice the movement then counts the same in a loud and in a quiet band.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pinakes.encoders.classical.base import SOUND, register
from pinakes.encoders.mel import clean, is_silent, log_mel_frames, mel_filters
from pinakes.types import Floats

SIZE, HOP, BANDS = 512, 160, 64
LOW, HIGH = 20.0, 8_000.0
# Decibels below full scale, and below the sound's own loudest band, under which all counts as still.
FLOOR, RANGE = 1e-8, 80.0
CEPSTRA = 20
# Frames between which the slow change is taken: 50 ms.
SLOW = 5
# Weights and offset that bring means (decibels) and logarithms of spreads to like size round zero.
MEL_MEAN, CEPSTRUM_MEAN, LOUDNESS, EASE, CENTRE = 0.025, 0.025, 0.3, 0.5, 1.0


def logmel_row(samples: Floats) -> Floats:
    """Statistics (4 * BANDS,) of the mel bands; zeros for silence."""
    samples = clean(samples)
    if is_silent(samples):
        return np.zeros(4 * BANDS, np.float32)
    mean, *spreads = statistics(bands(samples))
    return np.concatenate([MEL_MEAN * (mean - mean.mean()), *(_eased(spread) for spread in spreads)])


def mfcc_row(samples: Floats) -> Floats:
    """Statistics (4 * CEPSTRA,) of the cepstra; zeros for silence."""
    samples = clean(samples)
    if is_silent(samples):
        return np.zeros(4 * CEPSTRA, np.float32)
    mean, *spreads = statistics(bands(samples) @ cosines())
    mean[0] *= LOUDNESS
    return np.concatenate([CEPSTRUM_MEAN * mean, *(_eased(spread) for spread in spreads)])


def bands(samples: Floats) -> Floats:
    """Decibels (frames, BANDS), nothing further than RANGE below the loudest."""
    filters = mel_filters(SOUND.rate, SIZE, BANDS, LOW, HIGH, "slaney", slaney_norm=True)
    levels = log_mel_frames(samples, SIZE, HOP, filters, FLOOR, centred=False)
    shown: Floats = np.maximum(levels, levels.max() - RANGE)
    return shown


def statistics(frames: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, spread, and spread of the change from frame to frame and over 50 ms, of frames (n, k): four times (k,)."""
    still = np.zeros((1, frames.shape[1]), np.float32)
    quick = np.diff(frames, axis=0) if len(frames) > 1 else still
    slow = frames[SLOW:] - frames[:-SLOW] if len(frames) > SLOW else still
    return frames.mean(0), frames.std(0), quick.std(0), slow.std(0)


@cache
def cosines() -> Floats:
    """The orthogonal cosine transform (BANDS, CEPSTRA), but for the first column's factor."""
    at = np.pi * (2 * np.arange(BANDS)[:, None] + 1) * np.arange(CEPSTRA) / (2 * BANDS)
    transform: Floats = (np.cos(at) * np.sqrt(2 / BANDS)).astype(np.float32)
    return transform


def _eased(spread: Floats) -> Floats:
    eased: Floats = np.log(spread + EASE) - CENTRE
    return eased


register("logmel", "audio", 4 * BANDS, 1, logmel_row, "Mean, spread and change of 64 mel bands in decibels.")
register(
    "mfcc",
    "audio",
    4 * CEPSTRA,
    1,
    mfcc_row,
    "Mean, spread and change of 20 mel-frequency cepstral coefficients (Davis and Mermelstein 1980).",
)
