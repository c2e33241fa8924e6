"""Changes of sounds: noise, speed, pitch, and spans of time or bands of frequencies that fall silent.

Sounds are (b, samples) float32 from -1 to 1 at 16 kHz, and keep their length. Masks after Park and others,
"SpecAugment", Interspeech 2019, here on the waveform, so that any front end sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import soxr

from pinakes.encoders.trained.inputs import RATE
from pinakes.learn.augment.draws import Doubles, Draws
from pinakes.learn.augment.steps import ordered, whole, within
from pinakes.registry import Registry
from pinakes.types import Floats

# Of the phase vocoder: 32 ms, a quarter of it from one frame to the next.
_FRAME, _HOP = 512, 128
# Edges of masks are no clicks.
_FADE_SECONDS, _FADE_HERTZ = 0.005, 50.0


class SoundStep(Protocol):
    """One change of sounds, with its settings."""

    step: ClassVar[str]

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """The sounds changed, (b, samples)."""


SOUND_STEPS: Registry[type[SoundStep]] = Registry("step for sound", "pinakes.sound_steps")


@SOUND_STEPS.register("noise")
@dataclass(frozen=True, slots=True)
class Noise:
    """Add white noise, so many decibels below the sound."""

    step: ClassVar[str] = "noise"
    low: float = 10.0
    high: float = 40.0
    probability: float = 0.5

    def __post_init__(self) -> None:
        within(self, -20, 120, "low", "high")
        within(self, 0, 1, "probability")
        ordered(self, "low", "high")

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """Noise in some of the sounds; silence stays silent."""
        noisy, below = draws.chance(self.probability), draws.uniform(self.low, self.high)
        found = sounds.copy()
        for row in np.flatnonzero(noisy).tolist():
            level = float(np.sqrt(np.mean(np.square(sounds[row]), dtype=np.float64))) if sounds.shape[1] else 0.0
            white = draws.row(row).generators()[0].standard_normal(sounds.shape[1], np.float32)
            found[row] += white * np.float32(level * 10 ** (-below[row] / 20))
        return np.clip(found, -1, 1)


@SOUND_STEPS.register("speed")
@dataclass(frozen=True, slots=True)
class Speed:
    """Play faster or slower, the pitch with it; what is missing at the end is silence."""

    step: ClassVar[str] = "speed"
    low: float = 0.9
    high: float = 1.1

    def __post_init__(self) -> None:
        within(self, 0.25, 4, "low", "high")
        ordered(self, "low", "high")

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """Each sound resampled."""
        factors = draws.uniform(self.low, self.high).tolist()
        return _stacked([_faster(sound, by) for sound, by in zip(sounds, factors, strict=True)], sounds)


@SOUND_STEPS.register("pitch")
@dataclass(frozen=True, slots=True)
class Pitch:
    """Raise or lower the pitch and keep the speed: stretched by a phase vocoder, then resampled.

    Flanagan and Golden, "Phase vocoder", Bell System Technical Journal 45, 1966.
    """

    step: ClassVar[str] = "pitch"
    # At most so many either way.
    semitones: float = 2.0

    def __post_init__(self) -> None:
        within(self, 0, 24, "semitones")

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """Each sound shifted by an interval of its own."""
        factors = (2.0 ** (draws.uniform(-self.semitones, self.semitones) / 12)).tolist()
        shifted = [_faster(stretched(sound, by), by) for sound, by in zip(sounds, factors, strict=True)]
        return _stacked(shifted, sounds)


@SOUND_STEPS.register("time-mask")
@dataclass(frozen=True, slots=True)
class TimeMask:
    """Silence spans of time."""

    step: ClassVar[str] = "time-mask"
    # The longest span, and how many there are.
    seconds: float = 0.5
    count: int = 2

    def __post_init__(self) -> None:
        within(self, 0, 60, "seconds")
        whole(self, 0, 100, "count")

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """Each sound times 0 in its spans, with short fades."""
        times = np.arange(sounds.shape[1]) / RATE
        longest = min(self.seconds, sounds.shape[1] / RATE)
        lengths = draws.uniform(0, longest, (self.count,))
        starts = draws.uniform(size=(self.count,)) * np.maximum(sounds.shape[1] / RATE - lengths, 0)
        return sounds * _masks(times, starts, starts + lengths, _FADE_SECONDS)


@SOUND_STEPS.register("frequency-mask")
@dataclass(frozen=True, slots=True)
class FrequencyMask:
    """Silence bands of frequencies."""

    step: ClassVar[str] = "frequency-mask"
    # The widest band, and how many there are.
    hertz: float = 1_000.0
    count: int = 2

    def __post_init__(self) -> None:
        within(self, 0, RATE / 2, "hertz")
        whole(self, 0, 100, "count")

    def apply(self, sounds: Floats, draws: Draws) -> Floats:
        """Each sound without its bands."""
        widths = draws.uniform(0, self.hertz, (self.count,))
        starts = draws.uniform(size=(self.count,)) * (RATE / 2 - widths)
        if not sounds.size:
            return sounds.copy()
        masks = _masks(
            np.arange(sounds.shape[1] // 2 + 1) * RATE / sounds.shape[1], starts, starts + widths, _FADE_HERTZ
        )
        found = np.fft.irfft(np.fft.rfft(sounds) * masks, sounds.shape[1]).astype(np.float32)
        return np.clip(found, -1, 1)


# What sounds are changed by where nobody says otherwise.
USUAL: tuple[SoundStep, ...] = (Speed(), Pitch(), Noise(), TimeMask(), FrequencyMask())


def changed(sounds: Floats, steps: Sequence[SoundStep], draws: Draws) -> Floats:
    """Sounds (b, samples) after all steps in their order."""
    for number, step in enumerate(steps):
        sounds = step.apply(sounds, draws.named(f"{number} {step.step}"))
    return sounds


def stretched(sound: Floats, factor: float) -> Floats:
    """A sound (samples,) so many times as long, its pitch kept."""
    if len(sound) < _FRAME or factor == 1:
        return sound
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    padded = np.pad(sound, (_FRAME // 2, _FRAME + _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    spectrum = np.fft.rfft(frames * window)
    count = int(np.ceil((len(sound) * factor + _FRAME) / _HOP))
    places = np.minimum(np.arange(count) / factor, len(spectrum) - 2)
    before, share = places.astype(np.int64), (places % 1)[:, None]
    sizes = (1 - share) * np.abs(spectrum[before]) + share * np.abs(spectrum[before + 1])
    # From frame to frame each bin turns as fast as it did there.
    turns = np.angle(spectrum[before + 1]) - np.angle(spectrum[before])
    phases = np.angle(spectrum[0]) + np.concatenate([np.zeros_like(turns[:1]), np.cumsum(turns[:-1], 0)])
    return _overlapped(np.fft.irfft(sizes * np.exp(1j * phases), _FRAME) * window, window)[: round(len(sound) * factor)]


def _overlapped(frames: Doubles, window: Floats) -> Floats:
    """Frames (f, frame) added where they overlap, over the sum of their windows squared; the first half is padding."""
    length = (len(frames) - 1) * _HOP + _FRAME
    found, weight = np.zeros(length), np.zeros(length)
    for number, frame in enumerate(frames):
        start = number * _HOP
        found[start : start + _FRAME] += frame
        weight[start : start + _FRAME] += window**2
    return (found / np.maximum(weight, 1e-3))[_FRAME // 2 :].astype(np.float32)


def _faster(sound: Floats, factor: float) -> Floats:
    if not len(sound) or factor == 1:
        return sound
    played: Floats = soxr.resample(sound, RATE * factor, RATE)
    return played


def _stacked(several: Sequence[Floats], like: Floats) -> Floats:
    """Sounds of any lengths cut or filled with silence to those that were given."""
    found = np.zeros_like(like)
    for row, sound in enumerate(several):
        kept = sound[: like.shape[1]]
        found[row, : len(kept)] = kept
    return np.clip(found, -1, 1)


def _masks(places: Doubles, starts: Doubles, ends: Doubles, fade: float) -> Floats:
    """Factors (b, places): 0 between starts and ends (b, count), 1 outside, a slope between."""
    found = np.ones((len(starts), len(places)), np.float32)
    for start, end in zip(starts.T, ends.T, strict=True):
        inside = np.minimum(places[None] - start[:, None], end[:, None] - places[None]) / fade
        found *= 1 - np.clip(inside, 0, 1).astype(np.float32)
    return found
