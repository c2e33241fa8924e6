"""The protocol of an encoder, and the description that goes with its vectors wherever they go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from pinakes.registry import Registry
from pinakes.settings import Settings
from pinakes.types import Floats, Metric, Modality

if TYPE_CHECKING:
    from pinakes.media.base import AudioWant, ImageWant


@dataclass(frozen=True, slots=True)
class Description:
    """What must be known of an encoder to use, compare and cite its vectors."""

    name: str
    modalities: tuple[Modality, ...]
    dim: int
    metric: Metric
    licence: str
    # Bytes of the model's files; 0 for an encoder that is nothing but code.
    size: int
    # Hash of the model's bytes, its preprocessing and its precision class: vectors are comparable only if it is equal.
    fingerprint: str
    image: ImageWant | None = None
    audio: AudioWant | None = None
    languages: tuple[str, ...] = ()
    about: str = ""
    # How codes are made of its vectors: signs, of those that were learned to be codes.
    hasher: str = "rotation"
    # Whether it reads no more than some sentences at once, so that a long text has a vector for each of them too.
    sentences: bool = False


class Encoder(Protocol):
    """Turns decoded media into vectors, one row each; a row of zeros says that there was nothing to encode."""

    @property
    def description(self) -> Description:
        """What the vectors are."""

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        """Vectors (n, dim) of n texts (str), pictures (height, width, 3) or sounds (samples,)."""


# An encoder that reads no more pieces of a text than this is given its sentences one by one.
FEW_PIECES = 128

# Makes an encoder ready for use under the given settings.
EncoderFactory: TypeAlias = Callable[[Settings], Encoder]

ENCODERS: Registry[EncoderFactory] = Registry("encoder", "pinakes.encoders")


def unit_rows(vectors: Floats) -> Floats:
    """Rows (n, dim) scaled to length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
