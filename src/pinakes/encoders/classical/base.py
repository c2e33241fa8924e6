"""What all encoders without a model share: their description and the checks on what they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pinakes.encoders.base import ENCODERS, Description, Encoder, unit_rows
from pinakes.errors import BadInput
from pinakes.media.base import AudioWant, ImageWant
from pinakes.settings import Settings
from pinakes.types import Floats, Modality, Pixels

# One geometry for all three picture encoders, so that a picture is decoded once for them.
PICTURE = ImageWant(128, 128, "squash", "bilinear")
SOUND = AudioWant(16_000)
# Pictures worked on at a time, so that the arrays between steps stay in the processor's cache.
BLOCK = 4


@dataclass(frozen=True)
class Classical:
    """An encoder whose vectors a pure function computes: n pictures or sounds to (n, dim)."""

    description: Description
    modality: Modality
    rows: Callable[[Sequence[Any]], Floats]

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        """Unit vectors (n, dim); a row of zeros where there was nothing to encode."""
        if modality != self.modality:
            raise BadInput(f"The encoder {self.description.name} reads {self.modality}, not {modality}.")
        if not len(batch):
            return np.zeros((0, self.description.dim), np.float32)
        return unit_rows(self.rows(batch))


def register(name: str, modality: Modality, dim: int, version: int, rows: Callable[[Any], Floats], about: str) -> None:
    """File an encoder under its name; raise `version` whenever its vectors change."""
    recipe = f"{name} {version} {dim} {PICTURE.key if modality == 'image' else SOUND.key}"
    description = Description(
        name=name,
        modalities=(modality,),
        dim=dim,
        metric="cosine",
        licence="Apache-2.0",
        size=0,
        fingerprint=hashlib.sha256(recipe.encode()).hexdigest(),
        image=PICTURE if modality == "image" else None,
        audio=SOUND if modality == "audio" else None,
        about=about,
    )
    check = pictures_by_block(rows) if modality == "image" else sounds_one_by_one(rows)
    encoder = Classical(description, modality, check)

    def make(settings: Settings) -> Encoder:
        return encoder

    ENCODERS.register(name)(make)


def pictures_by_block(rows: Callable[[Pixels], Floats]) -> Callable[[Sequence[Any]], Floats]:
    """Apply a function of a stack of pictures (n, 128, 128, 3) to a batch, block by block."""

    def apply(batch: Sequence[Any]) -> Floats:
        stack = [_picture(picture) for picture in batch]
        blocks = [rows(np.stack(stack[at : at + BLOCK])) for at in range(0, len(stack), BLOCK)]
        return np.concatenate(blocks).astype(np.float32, copy=False)

    return apply


def sounds_one_by_one(row: Callable[[Floats], Floats]) -> Callable[[Sequence[Any]], Floats]:
    """Apply a function of one sound (samples,) to each of a batch: sounds differ in length."""

    def apply(batch: Sequence[Any]) -> Floats:
        return np.stack([row(_sound(samples)) for samples in batch]).astype(np.float32, copy=False)

    return apply


def _picture(picture: Any) -> Pixels:
    pixels: Pixels = np.asarray(picture)
    if pixels.shape != (PICTURE.height, PICTURE.width, 3) or pixels.dtype != np.uint8:
        shape = " x ".join(map(str, pixels.shape))
        raise BadInput(f"A picture must be {PICTURE.height} x {PICTURE.width} x 3 bytes, not {shape} {pixels.dtype}.")
    return pixels


def _sound(samples: Any) -> Floats:
    sound = np.asarray(samples)
    if sound.ndim != 1 or sound.dtype.kind != "f":
        raise BadInput(f"A sound must be one row of floating-point samples, not {sound.ndim} of {sound.dtype}.")
    return sound.astype(np.float32, copy=False)


def luma(pictures: Pixels) -> Pixels:
    """Brightness (n, height, width) of pictures (n, height, width, 3), as ITU-R 601 weighs the three colours."""
    red, green, blue = (pictures[..., i].astype(np.uint32) for i in range(3))
    grey: Pixels = ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16).astype(np.uint8)
    return grey
