"""Sounds as decibels of mel bands, computed once and kept; a reader that shifts, tunes, hushes and masks them.

The bands are those of the network's own front end, so that what is learned from them holds for samples as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.builtin.keeping import Cut, kept
from pinakes.learn.data.base import View
from pinakes.learn.data.readers import READERS
from pinakes.learn.networks.hearing import SILENCE, LogMel
from pinakes.types import Floats

BANDS, SIZE, HOP = 64, 512, 320
# What longer sounds are cut to, in frames: ten seconds, the span into which a library cuts.
FRAMES = 10 * 16_000 // HOP + 1
# What makes decibels of natural logarithms.
DECIBELS = 10 / np.log(10)


def front() -> LogMel:
    """From samples to decibels (n, frames, bands): 32 ms every 20 ms."""
    return LogMel(BANDS, SIZE, HOP)


def kept_levels(view: View, stem: Path) -> Cut:
    """The decibels of a view of sounds, from the files that begin like `stem`, or computed and written there."""
    levels = kept(stem.with_name(f"{stem.name}-levels.npy"), np.float16, (len(view), FRAMES, BANDS))
    lengths = kept(stem.with_name(f"{stem.name}-frames.npy"), np.int64, (len(view),))
    hear = front()
    with torch.no_grad():
        for row in np.flatnonzero(lengths == 0).tolist():
            heard = hear(torch.from_numpy(np.asarray(view.read(np.array([row]))[0], np.float32))[None])[0]
            frames = min(len(heard), FRAMES)
            levels[row, :frames] = heard[:frames].numpy().astype(np.float16)
            # Told last: without it the row is computed again.
            lengths[row] = frames
    return Cut(levels, lengths)


@dataclass(frozen=True)
class LevelReader:
    """Decibels (b, frames, BANDS): a part of a sound, or all of it and silence; changed only where there are draws."""

    seconds: float = 5.0
    # The loudest and the softest that a sound is made, in decibels.
    louder: float = 6.0
    softer: float = 14.0
    # Bands by which a sound is moved up or down.
    bands: int = 2
    # How often noise is added, and how far below the sound, in decibels.
    noisy: float = 0.4
    below: float = 35.0
    # The longest silence, as a share of the frames, the widest band, and how many there are of each.
    silence: float = 0.16
    gap: int = 10
    masks: int = 2

    def __post_init__(self) -> None:
        if not 0.1 <= self.seconds <= FRAMES * HOP / 16_000:
            raise BadSetting(f"Sounds of {self.seconds:g} seconds can not be learned from.", "Set from 0.1 to 10.")

    @property
    def frames(self) -> int:
        """How many frames there are of a sound."""
        return round(self.seconds * 16_000 / HOP) + 1

    def read(self, raw: list[Floats], draws: Draws | None) -> Tensor:
        """Floats (b, frames, BANDS)."""
        found = np.full((len(raw), self.frames, BANDS), SILENCE, np.float32)
        spare = [max(len(levels) - self.frames, 0) for levels in raw]
        starts = [0] * len(raw) if draws is None else draws.named("start").below([each + 1 for each in spare]).tolist()
        for row, (levels, start) in enumerate(zip(raw, starts, strict=True)):
            part = levels[start : start + self.frames]
            found[row, : len(part)] = part
        return torch.from_numpy(found if draws is None else self._changed(found, draws))

    def describe(self) -> dict[str, Any]:
        """The length and all changes."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {"reader": "levels", **told}

    def _changed(self, levels: Floats, draws: Draws) -> Floats:
        """Begun elsewhere, tuned, louder or softer, with noise and with masks."""
        rows, frames = len(levels), levels.shape[1]
        turned = (np.arange(frames) + draws.named("turn").below([frames] * rows)[:, None]) % frames
        moved = np.arange(BANDS) + draws.named("tune").below([2 * self.bands + 1] * rows)[:, None] - self.bands
        moved = np.clip(moved, 0, BANDS - 1)
        levels = levels[np.arange(rows)[:, None, None], turned[:, :, None], moved[:, None, :]]
        gain = draws.named("gain").uniform(-self.softer, self.louder)[:, None, None]
        levels = np.where(levels > SILENCE, np.maximum(levels + gain, SILENCE), SILENCE).astype(np.float32)
        levels = self._with_noise(levels, draws.named("noise"))
        hidden = _spans(draws.named("silence"), frames, self.silence * frames, self.masks)[:, :, None]
        hidden = hidden | _spans(draws.named("gap"), BANDS, self.gap, self.masks)[:, None, :]
        return np.where(hidden, np.float32(SILENCE), levels)

    def _with_noise(self, levels: Floats, draws: Draws) -> Floats:
        """White noise in mel bands, so far below the mean of the sound."""
        rows = len(levels)
        below = draws.uniform(0, self.below)
        # Wider bands hold more of white noise; its slope is left to chance instead.
        slope = draws.uniform(-10, 10)[:, None] * np.linspace(-0.5, 0.5, BANDS)
        noise = levels.mean((1, 2))[:, None] - below[:, None] + slope
        noisy = np.where(draws.chance(self.noisy)[:, None], noise, SILENCE)[:, None, :]
        return added(levels, noisy.astype(np.float32)).reshape(rows, -1, BANDS)


def added(one: Floats, other: Floats) -> Floats:
    """The decibels of two sounds heard together."""
    both: Floats = np.logaddexp(one / DECIBELS, other / DECIBELS) * DECIBELS
    return np.where(one <= SILENCE, np.where(other <= SILENCE, SILENCE, both), both).astype(np.float32)


def _spans(draws: Draws, length: int, most: float, count: int) -> NDArray[np.bool_]:
    """Which places (b, length) lie in one of some spans by chance."""
    found = np.zeros((len(draws), length), np.bool_)
    for _ in range(count):
        wide = draws.uniform(0, most)
        start = draws.uniform() * (length - wide)
        places = np.arange(length)[None]
        found |= (places >= start[:, None]) & (places < (start + wide)[:, None])
    return found


@READERS.register("levels")
def _level_reader(told: Mapping[str, Any]) -> LevelReader:
    return LevelReader(**{name: value for name, value in told.items() if name != "reader"})
