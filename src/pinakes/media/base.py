"""What decoding is asked for and what it hands back; the child processes and the ingest stream share these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from numpy.typing import NDArray

from pinakes.limits import Limits
from pinakes.types import Fields, Modality, Place

Fit: TypeAlias = Literal["crop", "squash", "inside"]
Resample: TypeAlias = Literal["bicubic", "bilinear", "lanczos", "box"]


@dataclass(frozen=True, slots=True)
class ImageWant:
    """A geometry in which an encoder wants pictures, as (height, width, 3) uint8 sRGB.

    crop: resize so that the shorter side is `short` (0: the smaller of width and height), then cut the centre;
    squash: resize to width x height whatever the ratio; inside: keep the ratio, at most width x height.
    """

    width: int
    height: int
    fit: Fit = "crop"
    resample: Resample = "bicubic"
    short: int = 0

    @property
    def key(self) -> str:
        """Names this geometry among a part's arrays."""
        return f"image-{self.fit}-{self.short}-{self.width}x{self.height}-{self.resample}"


@dataclass(frozen=True, slots=True)
class AudioWant:
    """A sample rate at which an encoder wants mono sound, as (samples,) float32 in -1 to 1."""

    rate: int

    @property
    def key(self) -> str:
        """Names this rate among a part's arrays."""
        return f"audio-{self.rate}"


@dataclass(frozen=True, slots=True)
class DecodeSpec:
    """Everything that decides how a file is decoded; plain data, so that a child gets it as JSON."""

    images: tuple[ImageWant, ...] = ()
    sounds: tuple[AudioWant, ...] = ()
    previews: bool = True
    preview_pixels: int = 384
    passage_chars: int = 1_200
    span_seconds: float = 10.0
    span_overlap: float = 2.0
    cleaning: tuple[str, ...] = ()
    # Of a document only this page, counted from 1; 0: all of them.
    page: int = 0
    # Words that are marked where they stand in the picture of a page.
    marks: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the wire."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DecodeSpec:
        """The inverse of `as_dict`."""
        return cls(
            **{
                **data,
                "images": tuple(ImageWant(**want) for want in data["images"]),
                "sounds": tuple(AudioWant(**want) for want in data["sounds"]),
                "cleaning": tuple(data["cleaning"]),
                "marks": tuple(data["marks"]),
                "limits": Limits(**data["limits"]),
            }
        )


@dataclass(frozen=True, slots=True)
class CleaningNote:
    """What one cleaning step found in a part and whether it changed it."""

    step: str
    applied: bool
    detail: str


@dataclass(frozen=True, slots=True)
class DecodedPart:
    """One searchable unit of a file, with its text or its arrays (by the key of the want)."""

    modality: Modality
    place: Place
    text: str = ""
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    preview: bytes = b""
    # 64-bit perceptual hash of a picture or similarity hash of a text; parts that look alike differ in few bits.
    signature: int | None = None
    # Outliers: blank, silent, truncated, ...
    flags: tuple[str, ...] = ()
    cleaning: tuple[CleaningNote, ...] = ()
    # A part's own words about itself: the caption of a plate, the label of a page.
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StillGoing:
    """A sign of life from a decoder between parts; `done` is its share of the file."""

    done: float


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What is known of a file as a whole; the last thing that decoding it yields."""

    kind: str
    size: int = 0
    sha256: str = ""
    metadata: Fields = field(default_factory=dict)
    # Plain facts about the medium: width, height, seconds, pages, frames.
    facts: Mapping[str, float] = field(default_factory=dict)
    # What the reader should know: a misleading suffix, a part that was left out.
    notes: tuple[str, ...] = ()
    # Picture, waveform or film strip that stands for the file as a whole.
    preview: bytes = b""


Decoded: TypeAlias = DecodedPart | StillGoing | FileRecord
