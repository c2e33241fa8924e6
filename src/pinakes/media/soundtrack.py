"""The sound of a container, frame by frame, as spans on the container's time line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.foreign import foreign
from pinakes.media.preview import Waveform
from pinakes.media.sound import check_length, check_sound
from pinakes.media.spans import Spans, mono
from pinakes.types import Floats

# AV_NUM_DATA_POINTERS of FFmpeg.
_ROOM_FOR_PLANES = 8
_BATCH_SAMPLES = 1 << 14
# Gaps between frames up to this long are silence; a longer one is a damaged clock.
_GAP_SECONDS, _LONGEST_GAP = 0.1, 30.0


class Soundtrack:
    """Takes decoded frames of sound and gives spans."""

    def __init__(self, name: str, spec: DecodeSpec) -> None:
        self._name, self._spec = name, spec
        self._rate = 0
        self._spans: Spans | None = None
        # Frames are short; so many of them are worked on together.
        self._waiting: list[Floats] = []
        self._waiting_samples = 0
        self._start = 0.0
        self._other_rates = 0
        self._bad_numbers = 0
        self.channels = 0
        self.waveform = Waveform()

    @property
    def seconds(self) -> float:
        """Where on the time line the sound has got to."""
        return self._start + self._spans.seconds + self._waiting_samples / self._rate if self._spans else 0.0

    def add(self, frame: Any, seconds: float | None) -> Iterator[DecodedPart]:
        """The next frame, shown from that second on."""
        if self._spans is None:
            self.channels = frame.layout.nb_channels
            check_sound(self._name, frame.sample_rate, self.channels, self._spec.limits)
            self._rate, self._start = frame.sample_rate, max(seconds or 0.0, 0.0)
            self._spans = Spans(self._rate, self._spec, self._start)
        if frame.sample_rate != self._rate:
            self._other_rates += 1
            return
        with foreign(f"The sound of {self._name}"):
            whole = packed(frame)
            data = interleaved(whole.to_ndarray(), whole.layout.nb_channels, whole.format.is_planar)
        samples, bad = mono(data)
        self._bad_numbers += bad
        gap = (seconds - self.seconds) if seconds is not None else 0.0
        if _GAP_SECONDS < gap <= _LONGEST_GAP:
            samples = np.concatenate((np.zeros(round(gap * self._rate), np.float32), samples))
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        if self._waiting_samples >= _BATCH_SAMPLES:
            yield from self._work(self._spans)
        check_length(self._name, self.seconds, self._spec.limits)

    def finish(self, flags: tuple[str, ...] = ()) -> Iterator[DecodedPart]:
        """What is left."""
        if self._spans is not None:
            yield from self._work(self._spans)
            yield from self._spans.finish(flags)

    def _work(self, spans: Spans) -> Iterator[DecodedPart]:
        if not self._waiting:
            return
        samples = np.concatenate(self._waiting)
        self._waiting, self._waiting_samples = [], 0
        self.waveform.add(samples)
        yield from spans.add(samples)

    def facts(self) -> dict[str, float]:
        """Rate and channels, if there was sound."""
        return {"rate": float(self._rate), "channels": float(self.channels)} if self._spans else {}

    def notes(self) -> tuple[str, ...]:
        """What was left out or changed."""
        said = []
        if self._other_rates:
            said.append(f"The sample rate changes; {self._other_rates:,} frames of sound were left out.")
        if self._bad_numbers:
            said.append(f"{self._bad_numbers:,} samples were no numbers and were taken for silence.")
        return tuple(said)


def packed(frame: Any) -> Any:
    """A frame whose samples may be looked at: of more planes than a frame has room for, the binding reads on and on."""
    if not frame.format.is_planar or frame.layout.nb_channels <= _ROOM_FOR_PLANES:
        return frame
    import av

    resampler = av.AudioResampler(format=frame.format.packed, layout=frame.layout, rate=frame.sample_rate)
    (whole,) = resampler.resample(frame)
    return whole


def interleaved(data: NDArray[Any], channels: int, planar: bool) -> Floats:
    """Samples of any format as (n, channels) float32 in -1 to 1."""
    frames = data.T if planar else data.reshape(-1, channels)
    if frames.dtype == np.uint8:
        return np.asarray((frames.astype(np.float32) - 128) / 128, np.float32)
    scale = 1.0 if frames.dtype.kind == "f" else float(2 ** (8 * frames.dtype.itemsize - 1))
    return np.asarray(frames / scale, np.float32)
