"""Frames of a film: small ones to compare, and for each shot the one that stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from av.video.reformatter import Colorspace
from PIL import Image

from pinakes.media.base import DecodeSpec
from pinakes.media.geometry import reduced_size
from pinakes.media.shots import LOOK_HEIGHT, LOOK_WIDTH, Look, look

# Candidates are taken this long after the start of a shot, then after twice as long, and so on.
_FIRST_SECONDS = 0.3
_MOST_CANDIDATES = 4
# The best place for a key frame, as a share of its shot, and the deviation of levels under which it shows nothing.
_BEST_SHARE, _BLANK_DEVIATION = 0.4, 8.0
# Frames without a word on their colours: the matrix of high definition from this height on.
_HIGH_DEFINITION = 720
_UNSPECIFIED = 2
_WIDEST_PIXEL = 4.0


@dataclass(frozen=True, slots=True)
class Geometry:
    """How frames are shown: pixels that are not square, and a camera that was held upright."""

    aspect: float = 1.0
    rotation: int = 0

    def shown_size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) in square pixels, before the frame is turned."""
        return (
            (max(round(width * self.aspect), 1), height) if self.aspect >= 1 else (width, round(height / self.aspect))
        )


def geometry(stream: Any, frame: Any) -> Geometry:
    """How the frames of a stream are shown; nonsense in its header is ignored."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    aspect = float(ratio) if ratio else 1.0
    if not 1 / _WIDEST_PIXEL <= aspect <= _WIDEST_PIXEL:
        aspect = 1.0
    return Geometry(aspect, round((frame.rotation or 0) / 90) % 4 * 90)


def frame_look(frame: Any, seconds: float) -> Look:
    """A frame as it is compared with others."""
    return look(seconds, frame.reformat(LOOK_WIDTH, LOOK_HEIGHT, "rgb24", interpolation="AREA").to_ndarray())


def frame_picture(frame: Any, shown: Geometry, spec: DecodeSpec) -> Image.Image:
    """A frame as an upright RGB picture, as small as all that is wanted of it allows."""
    width, height = reduced_size(shown.shown_size(frame.width, frame.height), spec)
    source = None
    if frame.colorspace == _UNSPECIFIED:
        source = Colorspace.ITU709 if frame.height >= _HIGH_DEFINITION else Colorspace.ITU601
    small = frame.reformat(width, height, "rgb24", src_colorspace=source, interpolation="AREA")
    image = Image.fromarray(np.ascontiguousarray(small.to_ndarray()))
    return image.rotate(shown.rotation, expand=True) if shown.rotation else image


class KeyFrame:
    """Chooses the frame that stands for a shot while it is not known yet how long the shot is."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._due = _FIRST_SECONDS
        self._candidates: list[tuple[float, Image.Image]] = []

    def wants(self, seconds: float) -> bool:
        """Whether a frame at this time should become a candidate; the first always does."""
        return not self._candidates or seconds - self._start >= self._due

    def add(self, seconds: float, image: Image.Image) -> None:
        """A candidate; the first and the latest are kept."""
        while seconds - self._start >= self._due:
            self._due *= 2
        self._candidates.append((seconds, image))
        if len(self._candidates) > _MOST_CANDIDATES:
            del self._candidates[1]

    def chosen(self, end: float) -> tuple[Image.Image, KeyFrame]:
        """The best frame of the shot that ends here, and the chooser of the next with what it has seen already."""
        best_at = self._start + _BEST_SHARE * (end - self._start)
        own = [one for one in self._candidates if one[0] < end] or self._candidates[:1]
        image = min(own, key=lambda one: (_is_blank(one[1]), abs(one[0] - best_at)))[1]
        rest = KeyFrame(end)
        for seconds, candidate in self._candidates:
            if seconds >= end:
                rest.add(seconds, candidate)
        return image, rest


def _is_blank(image: Image.Image) -> bool:
    grey = np.asarray(image.resize((32, 32), Image.Resampling.BOX).convert("L"))
    return float(grey.std()) < _BLANK_DEVIATION
