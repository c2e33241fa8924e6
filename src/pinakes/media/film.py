"""Films: a key frame for each shot and spans of the sound, on one time line, as they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from av.stream import Disposition

from pinakes.durations import clock
from pinakes.errors import BadMedia, Unsupported
from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.container import AUDIO_CODECS, VIDEO_CODECS, Container, open_container
from pinakes.media.foreign import foreign
from pinakes.media.headers import check_size
from pinakes.media.keyframes import Geometry, KeyFrame, frame_look, frame_picture, geometry
from pinakes.media.metadata.tags import of_tags
from pinakes.media.parts import picture_part
from pinakes.media.preview import FilmStrip
from pinakes.media.reading import Pulse, Reading, Source, Summary
from pinakes.media.shots import ShotFinder
from pinakes.media.sniff import Kind
from pinakes.media.sound import check_length
from pinakes.media.soundtrack import Soundtrack
from pinakes.types import Place

# Every frame of a film is looked at up to so many pixels in all (a quarter of an hour of 1280 x 720); of a longer one
# only the key frames, which takes a fraction of the time and finds borders to within their distance.
CLOSE_PIXELS = 20_000_000_000
# Frames are compared no more often than this, and key frames of a long film decoded no more often than that.
_LOOK_SECONDS, _SPARSE_SECONDS = 1 / 31, 0.5
_MOST_ERRORS = 50
_USUAL_RATE = 25.0
_MISSING_SHARE, _MISSING_SECONDS = 0.05, 1.0
_SOUND_KINDS = {
    "video/mp4": "audio/mp4",
    "video/3gpp": "audio/mp4",
    "video/quicktime": "audio/mp4",
    "video/x-matroska": "audio/x-matroska",
    "video/webm": "audio/webm",
}


def read_film(source: Source) -> Reading:
    """The shots and the sound of a film; a container without pictures is a sound."""
    with open_container(source.opened.file, source.kind.mime, source.name) as container:
        metadata = of_tags(container.metadata, [stream.metadata for stream in container.streams], source.spec.limits)
        yield Summary(metadata)
        film = _Film(source, container)
        yield from film.parts()
        return film.summary(metadata)


class Pictures:
    """The shots of one stream of pictures."""

    def __init__(self, name: str, stream: Any, spec: DecodeSpec, *, sparse: bool) -> None:
        self._name, self._stream, self._spec = name, stream, spec
        self.finder = ShotFinder(sparse=sparse)
        self.strip = FilmStrip()
        self.seconds = self.reached = 0.0
        self.frames = 0
        self.shots = 0
        self._pixels = 0
        self._shown: Geometry | None = None
        self._size = (0, 0)
        self._looked = -1.0
        self._start = 0.0
        self._key: KeyFrame | None = None
        self._step = 1 / float(stream.average_rate or _USUAL_RATE)

    def add(self, frame: Any, seconds: float | None) -> Iterator[DecodedPart]:
        """The next frame; gives the shots that are over."""
        now = max(self.seconds if self.frames else 0.0, seconds if seconds is not None else self.seconds + self._step)
        self.frames, self.seconds = self.frames + 1, now
        check_length(self._name, now, self._spec.limits)
        self._measure(frame)
        if self._key is None:
            self._start, self._key = now, KeyFrame(now)
        if self.frames > 1 and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        with foreign(self._name):
            border = self.finder.feed(frame_look(frame, now))
        if border is not None:
            yield self._shot(border)
        if self._key.wants(now):
            with foreign(self._name):
                self._key.add(now, frame_picture(frame, self._shown or Geometry(), self._spec))

    def passed(self, seconds: float) -> None:
        """The film goes on to here, though no frame of it was decoded; earlier ones may still come out."""
        self.reached = max(self.reached, seconds)

    def finish(self, flags: tuple[str, ...] = ()) -> Iterator[DecodedPart]:
        """The last shot."""
        if self._key is not None:
            self.seconds = max(self.seconds, self.reached) + self._step
            yield self._shot(self.seconds, flags)

    def facts(self) -> dict[str, float]:
        """Size and number of shots, if there were any frames."""
        width, height = self._size
        return {"width": float(width), "height": float(height), "shots": float(self.shots)} if self.frames else {}

    def _shot(self, end: float, flags: tuple[str, ...] = ()) -> DecodedPart:
        key = self._key or KeyFrame(self._start)
        image, self._key = key.chosen(end)
        start, self._start = self._start, end
        self.shots += 1
        self.strip.add(image, self._spec.preview_pixels)
        return picture_part(image, Place(seconds=(round(start, 6), round(end, 6))), self._spec, flags=flags)

    def _measure(self, frame: Any) -> None:
        """Check the size of the first frame and of any that differs; count what was decoded."""
        if (frame.width, frame.height) != self._size:
            check_size(frame.width, frame.height, f"A frame of {self._name}", self._spec.limits)
            self._size = frame.width, frame.height
            self._shown = geometry(self._stream, frame)
        self._pixels += frame.width * frame.height
        if self._pixels > CLOSE_PIXELS:
            self.finder.sparse = True


class _Film:
    """One container being read."""

    def __init__(self, source: Source, container: Container) -> None:
        self._source, self._container = source, container
        self._name, self._spec = source.name, source.spec
        self._notes: list[str] = []
        self._video = self._stream("video", VIDEO_CODECS)
        self._audio = self._stream("audio", AUDIO_CODECS)
        if self._video is None and self._audio is None:
            raise Unsupported(
                f"{self._name} holds no pictures and no sound that can be read. {' '.join(self._notes)}".strip()
            )
        # The header's length, in microseconds; to be doubted, but good enough to plan by. Bare AAC has none.
        self._told = (container.duration or 0) / 1e6 if source.kind.mime != "audio/aac" else 0.0
        check_length(self._name, self._told, self._spec.limits)
        self._begin = (container.start_time or 0) / 1e6
        self._sound = Soundtrack(self._name, self._spec)
        self._pictures = self._ready_pictures() if self._video is not None else None
        self._errors = 0
        self._key_taken = float("-inf")

    def parts(self) -> Reading:
        """Shots and spans in the order in which they end."""
        pulse = Pulse()
        streams = [stream for stream in (self._video, self._audio) if stream is not None]
        packets = iter(self._container.demux(streams))
        while (packet := self._next(packets)) is not None:
            for frame in self._frames(packet):
                seconds = None if frame.time is None else frame.time - self._begin
                if packet.stream is self._audio:
                    yield from self._sound.add(frame, seconds)
                elif self._pictures is not None:
                    yield from self._pictures.add(frame, seconds)
            yield from pulse.beat(self._seconds() / max(self._told, self._seconds(), 1e-9))
        flags = ("truncated",) if self._is_cut() else ()
        if self._pictures is not None:
            yield from self._pictures.finish(flags)
        yield from self._sound.finish(flags)
        if not self._seconds():
            raise BadMedia(f"{self._name} is damaged: nothing of its pictures and sound could be decoded.")
        return Summary()

    def summary(self, metadata: Any) -> Summary:
        """What is known once it is read."""
        shown = self._pictures is not None and self._pictures.frames > 0
        facts = {"seconds": self._seconds(), **self._sound.facts()}
        preview = b""
        kind = None
        if self._pictures is not None and shown:
            facts |= self._pictures.facts()
            preview = self._pictures.strip.drawn() if self._spec.previews else b""
            if self._pictures.finder.sparse:
                self._notes.append("Only key frames were looked at: borders of shots are exact to their distance.")
        else:
            kind = Kind(_SOUND_KINDS.get(self._source.kind.mime, self._source.kind.mime), "audio")
            preview = self._sound.waveform.drawn(self._spec.preview_pixels) if self._spec.previews else b""
        if self._errors:
            self._notes.append(f"{self._errors:,} damaged places were left out.")
        if self._is_cut():
            self._notes.append(f"It is cut off: {clock(self._seconds())} of {clock(self._told)} could be read.")
        return Summary(metadata, facts, (*self._notes, *self._sound.notes()), preview, kind)

    def _seconds(self) -> float:
        shown = self._pictures.frames and max(self._pictures.seconds, self._pictures.reached) if self._pictures else 0.0
        return max(shown, self._sound.seconds)

    def _is_cut(self) -> bool:
        return self._told - self._seconds() > max(_MISSING_SECONDS, _MISSING_SHARE * self._told)

    def _stream(self, kind: str, codecs: frozenset[str]) -> Any:
        """The first stream of that kind that can be read; a cover picture is no film."""
        for stream in self._container.streams:
            if stream.type != kind or stream.disposition & Disposition.attached_pic:
                continue
            context = stream.codec_context
            if context is not None and context.name in codecs:
                return stream
            what = "pictures" if kind == "video" else "sound"
            self._notes.append(f"Its {what} ({context.name if context else 'unknown code'}) can not be read.")
        return None

    def _ready_pictures(self) -> Pictures:
        context = self._video.codec_context
        if context.width and context.height:
            check_size(context.width, context.height, f"A frame of {self._name}", self._spec.limits)
        # The children of the pool share the cores already.
        context.thread_count = 1
        frames = self._told * float(self._video.average_rate or _USUAL_RATE)
        sparse = frames * context.width * context.height > CLOSE_PIXELS
        return Pictures(self._name, self._video, self._spec, sparse=sparse)

    def _next(self, packets: Iterator[Any]) -> Any:
        """The next packet; None at the end and where the container is too damaged to go on."""
        try:
            with foreign(self._name):
                return next(packets, None)
        except BadMedia:
            self._errors += 1
            return None

    def _frames(self, packet: Any) -> list[Any]:
        """What a packet decodes to; a damaged one decodes to nothing, up to a number of them."""
        if (
            packet.stream is self._video
            and self._pictures
            and self._pictures.finder.sparse
            and not self._is_due(packet)
        ):
            return []
        try:
            with foreign(self._name):
                return list(packet.decode())
        except BadMedia:
            self._errors += 1
            if self._errors > _MOST_ERRORS and not self._seconds():
                raise
            return []

    def _is_due(self, packet: Any) -> bool:
        """Of a long film only key frames are decoded, at most two a second; the last packet empties the decoder."""
        if packet.size == 0:
            return True
        seconds = None if packet.pts is None else float(packet.pts * packet.time_base) - self._begin
        if not packet.is_keyframe or (seconds is not None and 0 <= seconds - self._key_taken < _SPARSE_SECONDS):
            if seconds is not None and self._pictures is not None:
                self._pictures.passed(min(seconds, self._spec.limits.max_seconds))
            return False
        self._key_taken = seconds if seconds is not None else self._key_taken
        return True
