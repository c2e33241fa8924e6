"""What an encoder takes of a decoded part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pinakes.encoders.base import Encoder

if TYPE_CHECKING:
    from pinakes.media.base import DecodedPart


def medium(part: DecodedPart, encoder: Encoder) -> Any:
    """A part's text, or its picture or sound as the encoder wants it; None where there is nothing for it."""
    if part.modality not in encoder.description.modalities:
        return None
    if part.modality == "text":
        return part.text or None
    want = encoder.description.image if part.modality == "image" else encoder.description.audio
    return part.arrays.get(want.key) if want else None
