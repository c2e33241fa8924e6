"""Views that decode what they read when they read it: pictures, sounds and texts out of files."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from pinakes.encoders.trained.inputs import RATE
from pinakes.errors import BadMedia, PinakesError, Unsupported
from pinakes.learn.data.files import Files
from pinakes.limits import Limits
from pinakes.media import clean
from pinakes.media.base import AudioWant, DecodedPart, DecodeSpec, ImageWant
from pinakes.media.decode import READERS
from pinakes.media.geometry import fit
from pinakes.media.opening import Opened
from pinakes.media.picture import read_picture
from pinakes.media.reading import Source
from pinakes.media.sniff import Kind, Medium, sniff_file
from pinakes.types import Floats, Pixels, Rows

# Pictures that nobody has asked a size for.
_USUAL = ImageWant(256, 256, "inside")
# Of a sound, no more than this is ever learned from.
SOUND_SECONDS = 60.0
# What parsers warn of is caught by a switch of the whole process.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class PictureFiles:
    """Pictures as they are wanted, (h, w, 3) uint8; of a file of several pages the first."""

    files: Files
    want: ImageWant = _USUAL
    # Steps of cleaning by name, as a library's are.
    cleaning: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    kind: Literal["pixels"] = "pixels"

    def wanting(self, want: ImageWant) -> PictureFiles:
        """The same pictures in another geometry."""
        return replace(self, want=want)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Rows) -> list[Pixels]:
        """The pictures, decoded no larger than needed."""
        return [_picture(self.files, row, self) for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each file."""
        return _digests(self.files, rows)


@dataclass(frozen=True)
class SoundFiles:
    """Sounds (samples,) float32, mono at 16 kHz, no longer than `seconds`."""

    files: Files
    seconds: float = SOUND_SECONDS
    cleaning: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    kind: Literal["sounds"] = "sounds"

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Rows) -> list[Floats]:
        """The samples of each."""
        return [_sound(self.files, row, self) for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each file."""
        return _digests(self.files, rows)


@dataclass(frozen=True)
class TextFiles:
    """Texts out of files, each as one, by a function from bytes where they are not plain."""

    files: Files
    parse: Callable[[bytes, str], str]
    kind: Literal["texts"] = "texts"

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Rows) -> list[tuple[str, ...]]:
        """The text of each."""
        return [(self.parse(self.files.read(row), self.files.name(row)),) for row in rows.tolist()]

    def digests(self, rows: Rows) -> list[str]:
        """SHA-256 of each file."""
        return _digests(self.files, rows)


def _digests(files: Files, rows: Rows) -> list[str]:
    return [files.sha256(row) for row in rows.tolist()]


def _picture(files: Files, row: int, view: PictureFiles) -> Pixels:
    name, file, kind, _ = _opened(files, row, ("image",))
    spec = DecodeSpec(images=(view.want,), previews=False, limits=view.limits)
    with _ONE_AT_A_TIME:
        picture = read_picture(file, kind.mime, name, spec)
        if not view.cleaning:
            return fit(picture.image, view.want, reduced=picture.reduced)
        pixels, _ = clean.apply_image(np.asarray(picture.image), view.cleaning)
        return fit(Image.fromarray(pixels), view.want)


def _sound(files: Files, row: int, view: SoundFiles) -> Floats:
    name, file, kind, size = _opened(files, row, ("audio", "film"))
    want = AudioWant(RATE)
    spec = DecodeSpec(
        sounds=(want,), span_seconds=view.seconds, previews=False, cleaning=view.cleaning, limits=view.limits
    )
    # The status of no file: nothing asks it whether what is in memory has changed.
    opened = Opened(Path(name), file, os.stat_result((0,) * 6 + (size,) + (0,) * 3))
    with _ONE_AT_A_TIME:
        for part in READERS[kind.medium](Source(opened, kind, spec)):
            if isinstance(part, DecodedPart) and part.modality == "audio":
                return part.arrays[want.key]
    raise BadMedia(f"There is no sound in {name}.", "Leave it out of the training set.")


def _opened(files: Files, row: int, media: tuple[Medium, ...]) -> tuple[str, BytesIO, Kind, int]:
    name, data = files.name(row), files.read(row)
    file = BytesIO(data)
    kind = sniff_file(file)
    file.seek(0)
    if kind.medium not in media:
        raise Unsupported(f"{name} is {kind.mime} and no {media[0]}.", "Leave it out of the training set.")
    return name, file, kind, len(data)


def unreadable(view: PictureFiles | SoundFiles, rows: Rows | None = None) -> dict[int, PinakesError]:
    """Rows of a view that can not be decoded, each with the reason."""
    found: dict[int, PinakesError] = {}
    for row in (np.arange(len(view)) if rows is None else rows).tolist():
        try:
            view.read(np.array([row]))
        except PinakesError as error:
            found[row] = error
    return found
