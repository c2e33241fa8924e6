"""Sounds to the log-mel pictures that CLAP takes (Wu et al., ICASSP 2023), as ClapFeatureExtractor makes them.

A sound longer than the model's window is encoded as several windows spread over it and averaged, where the reference
takes one window at random: the same sound must give the same vector.
"""

from __future__ import annotations

import numpy as np

from pinakes.encoders.hub.plans import AudioPlan
from pinakes.encoders.mel import log_mel_frames, mel_filters
from pinakes.types import Floats

# Windows taken of a long sound at most.
MOST_WINDOWS = 6
FLOOR = 1e-10


def windows(samples: Floats, length: int) -> list[Floats]:
    """The sound itself, or evenly spread windows of `length` samples that cover it as well as MOST_WINDOWS can."""
    if len(samples) <= length:
        return [samples]
    count = min(MOST_WINDOWS, -(-len(samples) // length))
    starts = np.linspace(0, len(samples) - length, count).astype(int)
    return [samples[start : start + length] for start in starts]


def features(samples: Floats, plan: AudioPlan) -> Floats:
    """Decibels (frames, bands) of a window, filled up to the model's length as its configuration says."""
    mel = plan.mel
    filters = mel_filters(plan.want.rate, mel.size, mel.bands, mel.low, mel.high, "slaney", slaney_norm=True)
    # Double precision: far below the loudest bins, single precision would leave its own noise in the logarithm.
    sound = filled(samples, window_length(plan), mel.padding).astype(np.float64)
    return log_mel_frames(sound, mel.size, mel.hop, filters, FLOOR, centred=True).astype(np.float32)  # type: ignore[arg-type]


def window_length(plan: AudioPlan) -> int:
    """Samples in the model's window."""
    return int(plan.mel.seconds * plan.want.rate)


def filled(samples: Floats, length: int, padding: str) -> Floats:
    """A short sound repeated and padded to `length` samples."""
    if padding == "repeat":
        return np.resize(samples, length) if len(samples) < length else samples
    if padding == "repeatpad":
        samples = np.tile(samples, length // len(samples))
    return np.pad(samples, (0, max(0, length - len(samples))))
