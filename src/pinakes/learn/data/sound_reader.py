"""Sounds as samples of one length: the start where nothing is drawn, any part and changed where a model learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pinakes.encoders.trained.inputs import RATE
from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.sound import SOUND_STEPS, SoundStep, changed
from pinakes.learn.augment.steps import described, made
from pinakes.learn.data.decoding import SOUND_SECONDS
from pinakes.learn.data.readers import READERS
from pinakes.types import Floats


@dataclass(frozen=True)
class SoundReader:
    """Sounds (b, samples) at 16 kHz; shorter ones end in silence."""

    seconds: float = 5.0
    steps: tuple[SoundStep, ...] = ()

    def __post_init__(self) -> None:
        if not 0.01 <= self.seconds <= SOUND_SECONDS:
            raise BadSetting(
                f"Sounds of {self.seconds:g} seconds can not be learned from.",
                f"Set seconds from 0.01 to {SOUND_SECONDS:g}.",
            )

    @property
    def samples(self) -> int:
        """Columns of what is read."""
        return round(self.seconds * RATE)

    def read(self, raw: Sequence[Floats], draws: Draws | None) -> Tensor:
        """Floats (b, samples)."""
        found = np.zeros((len(raw), self.samples), np.float32)
        spare = [max(len(sound) - self.samples, 0) for sound in raw]
        starts = [0] * len(raw) if draws is None else draws.named("start").below([each + 1 for each in spare]).tolist()
        for row, (sound, start) in enumerate(zip(raw, starts, strict=True)):
            part = sound[start : start + self.samples]
            found[row, : len(part)] = part
        return torch.from_numpy(changed(found, self.steps, draws) if draws is not None else found)

    def describe(self) -> dict[str, Any]:
        """The length, and what sounds are changed by while a model learns."""
        return {"reader": "sounds", "seconds": self.seconds, "steps": described(self.steps)}


@READERS.register("sounds")
def _sound_reader(told: Mapping[str, Any]) -> SoundReader:
    return SoundReader(float(told["seconds"]), made(SOUND_STEPS, told["steps"]))
