"""A stream of sound cut into overlapping spans at every wanted rate, with no more than two spans held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr

from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.parts import sound_part
from pinakes.types import Floats

# For flags, where no encoder wants sound.
_OWN_RATE = 16_000
_SHORTEST_SPAN = 0.1
# What comes after the last full span is worth one of its own from this length on.
_WORTH_SECONDS = 0.05


class _Track:
    """The sound at one rate, from the start of the last span on."""

    def __init__(self, source_rate: int, rate: int) -> None:
        self.rate = rate
        self._resampler = None if rate == source_rate else soxr.ResampleStream(source_rate, rate, 1, dtype="float32")
        self._held: list[Floats] = []
        self._first = 0
        self.end = 0

    def add(self, samples: Floats, *, last: bool) -> None:
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples), last=last)
        if len(samples):
            self._held.append(samples)
            self.end += len(samples)

    def cut(self, start: float, end: float) -> Floats:
        """Samples from second to second; what comes before is not needed any more."""
        first, after = round(start * self.rate), round(end * self.rate)
        whole = np.concatenate(self._held) if self._held else np.zeros(0, np.float32)
        whole = whole[max(first - self._first, 0) :]
        self._held, self._first = [whole], max(first, self._first)
        return np.clip(whole[: after - first], -1.0, 1.0)


class Spans:
    """Takes mono sound in pieces and gives its spans as parts, placed from `offset` seconds on."""

    def __init__(self, source_rate: int, spec: DecodeSpec, offset: float = 0.0) -> None:
        self._rate, self._spec, self._offset = source_rate, spec, offset
        self._length = max(spec.span_seconds, _SHORTEST_SPAN)
        self._step = max(self._length - max(spec.span_overlap, 0.0), self._length / 10)
        rates = dict.fromkeys(want.rate for want in spec.sounds) or {_OWN_RATE: None}
        self._tracks = [_Track(source_rate, rate) for rate in rates]
        self._taken = 0
        self._given = 0

    @property
    def seconds(self) -> float:
        """Length of the sound so far."""
        return self._taken / self._rate

    def add(self, samples: Floats) -> Iterator[DecodedPart]:
        """Take the next samples; give the spans after which there is certainly more."""
        self._taken += len(samples)
        for track in self._tracks:
            track.add(samples, last=False)
        while self.seconds > self._end(self._given) and self._ready(self._end(self._given)):
            start = self._given * self._step
            self._given += 1
            yield self._part(start, start + self._length)

    def finish(self, flags: tuple[str, ...] = ()) -> Iterator[DecodedPart]:
        """The rest: a short sound as one span; the end of a long one as a full span that reaches back."""
        for track in self._tracks:
            track.add(np.zeros(0, np.float32), last=True)
        while self.seconds > self._end(self._given):
            start = self._given * self._step
            self._given += 1
            yield self._part(start, start + self._length)
        if not self._given:
            if self._taken:
                yield self._part(0.0, self.seconds, flags)
        elif self.seconds - self._end(self._given - 1) >= _WORTH_SECONDS:
            yield self._part(self.seconds - self._length, self.seconds, flags)

    def _end(self, number: int) -> float:
        return number * self._step + self._length

    def _ready(self, end: float) -> bool:
        return all(track.end >= round(end * track.rate) for track in self._tracks)

    def _part(self, start: float, end: float, flags: tuple[str, ...] = ()) -> DecodedPart:
        # Rounded first, so that the samples lie exactly where the place says.
        start, end = round(start, 6), round(end, 6)
        samples = {track.rate: track.cut(start, end) for track in self._tracks}
        place = round(self._offset + start, 6), round(self._offset + end, 6)
        return sound_part(samples, place, self._spec, flags=flags)


def mono(frames: Floats) -> tuple[Floats, int]:
    """Frames (n, channels) as their mean (n,), and how many numbers were none: those become silence."""
    bad = frames.size - int(np.count_nonzero(np.isfinite(frames)))
    if bad:
        frames = np.nan_to_num(frames, nan=0.0, posinf=0.0, neginf=0.0)
    # Far above full scale there is no sound, and the sum of many channels must stay finite.
    mixed = np.clip(frames, -1e3, 1e3).mean(axis=1, dtype=np.float32)
    return mixed, bad
