"""Sound files: spans of the sound at the rates that encoders want, the tags, and the waveform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile

from pinakes.durations import clock
from pinakes.errors import BadMedia, NoContent, PinakesError, TooLarge
from pinakes.limits import Limits
from pinakes.media.container import open_container
from pinakes.media.foreign import foreign
from pinakes.media.metadata.tags import of_tags
from pinakes.media.preview import Waveform
from pinakes.media.reading import Pulse, Reading, Source, Summary
from pinakes.media.signatures import tag_length
from pinakes.media.spans import Spans, mono
from pinakes.types import Fields, Floats

_BLOCK_FRAMES = 1 << 16
# A file that ends this much before its header says is cut off.
_MISSING_SHARE, _MISSING_SECONDS = 0.02, 0.5
# Read by the library for sound files; the others by that for films.
_PLAIN = frozenset(("audio/wav", "audio/flac", "audio/ogg", "audio/mpeg"))


def read_sound(source: Source) -> Reading:
    """Spans of the sound; a sound of no more than one span is one part."""
    if source.kind.mime not in _PLAIN:
        from pinakes.media.film import read_film

        return read_film(source)
    return _read_plain(source)


def _read_plain(source: Source) -> Reading:
    file, name, spec = source.opened.file, source.name, source.spec
    metadata = _tags(source)
    yield Summary(metadata)
    sure = _tells_its_length(source)
    file.seek(0)
    with foreign(name):
        sound = soundfile.SoundFile(file)
    with sound:
        check_sound(name, sound.samplerate, sound.channels, spec.limits)
        told = sound.frames / sound.samplerate
        check_length(name, told, spec.limits)
        spans, waveform, pulse = Spans(sound.samplerate, spec), Waveform(), Pulse()
        ending = Ending()
        for frames in _blocks(sound, name, ending):
            samples, bad = mono(frames)
            ending.bad_numbers += bad
            waveform.add(samples)
            yield from spans.add(samples)
            check_length(name, spans.seconds, spec.limits)
            yield from pulse.beat(spans.seconds / max(told, 1e-9))
        if not spans.seconds:
            raise ending.error or NoContent(f"{name} holds no sound.")
        ending.missing = told - spans.seconds if sure else 0.0
        yield from spans.finish(("truncated",) if ending.is_cut(told) else ())
        facts = {"seconds": spans.seconds, "rate": float(sound.samplerate), "channels": float(sound.channels)}
    return Summary(metadata, facts, ending.notes(told), waveform.drawn(spec.preview_pixels) if spec.previews else b"")


class Ending:
    """How a sound ended: whole, cut off, or with numbers that are none."""

    def __init__(self) -> None:
        self.error: PinakesError | None = None
        self.missing = 0.0
        self.bad_numbers = 0

    def is_cut(self, told: float) -> bool:
        """Whether the sound ends before its header, or its decoder, says that it should."""
        return self.error is not None or self.missing > max(_MISSING_SECONDS, _MISSING_SHARE * told)

    def notes(self, told: float) -> tuple[str, ...]:
        """Sentences for the item's record."""
        said = []
        if self.is_cut(told):
            said.append(f"The sound is cut off: {clock(told - self.missing)} of {clock(told)} could be read.")
        if self.bad_numbers:
            said.append(f"{self.bad_numbers:,} samples were no numbers and were taken for silence.")
        return tuple(said)


def check_sound(name: str, rate: int, channels: int, limits: Limits) -> None:
    """Refuse rates and numbers of channels that no recording has."""
    if rate < limits.min_sample_rate:
        raise BadMedia(
            f"{name} claims a sample rate of {rate} Hz; the least is {limits.min_sample_rate} Hz.",
            "Lower min_sample_rate if it is good.",
        )
    if rate > limits.max_sample_rate:
        raise TooLarge(
            f"{name} has a sample rate of {rate:,} Hz; the limit is {limits.max_sample_rate:,} Hz.",
            "Raise max_sample_rate, or resample it.",
        )
    if channels < 1:
        raise BadMedia(f"{name} claims to have no channel.")
    if channels > limits.max_channels:
        raise TooLarge(
            f"{name} has {channels} channels; the limit is {limits.max_channels}.",
            "Raise max_channels, or mix it down.",
        )


def check_length(name: str, seconds: float, limits: Limits) -> None:
    """Refuse what is longer than the limit, be it by its header or by what was read."""
    if seconds > limits.max_seconds:
        raise TooLarge(
            f"{name} is {clock(min(seconds, 1e12))} long; the limit is {clock(limits.max_seconds)}.",
            "Raise max_seconds, or split it.",
        )


def _blocks(sound: Any, name: str, ending: Ending) -> Iterator[Floats]:
    """Frames (n, channels) until the sound ends or its decoder gives up, which the ending then tells."""
    most = max(_BLOCK_FRAMES // sound.channels, 1024)
    while True:
        try:
            with foreign(name):
                frames = sound.read(most, dtype="float32", always_2d=True)
        except BadMedia as error:
            ending.error = error
            return
        if not len(frames):
            return
        yield np.asarray(frames)


def _tells_its_length(source: Source) -> bool:
    """Whether the header knows how long the sound is; of an MP3 without an index it is only guessed."""
    if source.kind.mime != "audio/mpeg":
        return True
    file = source.opened.file
    file.seek(0)
    file.seek(tag_length(file.read(16)))
    frame = file.read(400)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def _tags(source: Source) -> Fields:
    """The tags, where the container can be read for them; a sound without them is still a sound."""
    try:
        with open_container(source.opened.file, source.kind.mime, source.name, for_tags=True) as container:
            streams = [stream.metadata for stream in container.streams if stream.type == "audio"]
            return of_tags(container.metadata, streams, source.spec.limits)
    except BadMedia:
        return {}
