"""Small pictures that stand for media on a page: of a picture, of a sound, of a film."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from pinakes.media.geometry import thumbnail
from pinakes.types import Floats

_QUALITY = 80
_PAPER, _INK = (255, 255, 255), (70, 70, 80)
_COLUMNS, _GAP = 3, 3


def jpeg(image: Image.Image) -> bytes:
    """An RGB picture as the bytes of a JPEG without any metadata."""
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


class Waveform:
    """The outline of a sound of any length in bounded memory: least and greatest samples of ever longer stretches."""

    _MOST = 4096

    def __init__(self) -> None:
        self._bounds: list[tuple[float, float]] = []
        self._stretch = 256
        self._rest: Floats = np.zeros(0, np.float32)

    def add(self, samples: Floats) -> None:
        """Take the next samples, mono."""
        samples = np.concatenate((self._rest, samples))
        whole = len(samples) // self._stretch * self._stretch
        stretches = samples[:whole].reshape(-1, self._stretch)
        self._bounds += zip(stretches.min(axis=1).tolist(), stretches.max(axis=1).tolist(), strict=True)
        self._rest = samples[whole:]
        while len(self._bounds) >= self._MOST:
            pairs = np.array(self._bounds[: len(self._bounds) // 2 * 2]).reshape(-1, 2, 2)
            self._bounds = list(
                zip(pairs[..., 0].min(axis=1).tolist(), pairs[..., 1].max(axis=1).tolist(), strict=True)
            )
            self._stretch *= 2

    def drawn(self, longest: int) -> bytes:
        """The outline as a JPEG, four times as wide as high; nothing if there was no sound."""
        bounds = list(self._bounds)
        if len(self._rest):
            bounds.append((float(self._rest.min()), float(self._rest.max())))
        if not bounds:
            return b""
        width, height = max(longest, 16), max(longest // 4, 8)
        starts = np.arange(width) * len(bounds) // width
        least, most = np.array(bounds).T
        # From the middle line up to the greatest and down to the least sample of each column's stretch.
        top = (1 - np.clip(np.maximum.reduceat(most, starts), 0, 1)) * (height - 1) / 2
        bottom = (1 - np.clip(np.minimum.reduceat(least, starts), -1, 0)) * (height - 1) / 2
        row = np.arange(height)[:, None]
        inked = (row >= np.floor(top)) & (row <= np.ceil(bottom))
        return jpeg(Image.fromarray(np.where(inked[..., None], _INK, _PAPER).astype(np.uint8)))


def outline(data: bytes) -> list[tuple[float, float]]:
    """The outline of a sound, read back from its picture: its highest and lowest in each column, from -1 to 1."""
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as image:
            grey = np.asarray(image.convert("L"), np.float32)
    except (OSError, ValueError):
        return []
    inked = grey < sum(_PAPER + _INK) / 6
    half = max(len(inked) - 1, 1) / 2
    # A column without ink is as silent as one with ink on its middle line alone.
    inked[len(inked) // 2] = True
    high = 1 - inked.argmax(axis=0) / half
    low = inked[::-1].argmax(axis=0) / half - 1
    return list(zip(high.tolist(), low.tolist(), strict=True))


class FilmStrip:
    """Up to nine pictures spread over a film whose length is not known before its end."""

    _MOST = 2 * _COLUMNS * _COLUMNS

    def __init__(self) -> None:
        self._pictures: list[Image.Image] = []
        self._every, self._seen = 1, 0

    def add(self, image: Image.Image, longest: int) -> None:
        """Take the key frame of the next shot."""
        if self._seen % self._every == 0:
            self._pictures.append(thumbnail(image, max(longest // _COLUMNS - _GAP, 8)))
            if len(self._pictures) > self._MOST:
                del self._pictures[1::2]
                self._every *= 2
        self._seen += 1

    def drawn(self) -> bytes:
        """The pictures in rows of three as a JPEG; nothing if there was none."""
        if not self._pictures:
            return b""
        count = min(len(self._pictures), _COLUMNS * _COLUMNS)
        chosen = [self._pictures[i * len(self._pictures) // count] for i in range(count)]
        columns = min(count, _COLUMNS)
        rows = -(-count // columns)
        width, height = max(p.width for p in chosen), max(p.height for p in chosen)
        strip = Image.new("RGB", (columns * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP), _INK)
        for i, picture in enumerate(chosen):
            strip.paste(picture, (i % columns * (width + _GAP), i // columns * (height + _GAP)))
        return jpeg(strip)
