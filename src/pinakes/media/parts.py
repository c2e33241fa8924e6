"""From text, pixels and samples to parts: cleaning, flags, signature and preview are the same for all media."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pinakes.media.base import CleaningNote, DecodedPart, DecodeSpec
from pinakes.media.passages import Passage, passages
from pinakes.types import Fields, Place

if TYPE_CHECKING:
    from PIL import Image

    from pinakes.types import Floats

# A preview of a long strip may be thin where the picture is not.
_TELLING_PIXELS = 32


def text_parts(
    blocks: Iterable[str],
    spec: DecodeSpec,
    *,
    page: int | None = None,
    chapter: int | None = None,
    fields: Fields | None = None,
) -> Iterator[DecodedPart]:
    """The passages of a text, page or chapter as parts."""
    for passage in passages(blocks, spec.passage_chars):
        yield text_part(passage, spec, page=page, chapter=chapter, fields=fields or {})


def text_part(
    passage: Passage, spec: DecodeSpec, *, page: int | None, chapter: int | None, fields: Fields
) -> DecodedPart:
    """One passage; its place is that in the text as it was before cleaning."""
    from pinakes.media import clean

    text = passage.text
    notes: tuple[CleaningNote, ...] = ()
    if spec.cleaning:
        text, notes = clean.apply_text(text, spec.cleaning)
    return DecodedPart(
        "text",
        Place(page=page, chapter=chapter, chars=(passage.start, passage.end)),
        text=text,
        signature=clean.signature_of_text(text),
        flags=tuple(clean.flags_of_text(text)),
        cleaning=tuple(notes),
        fields=fields,
    )


def picture_part(
    image: Image.Image,
    place: Place,
    spec: DecodeSpec,
    *,
    flags: tuple[str, ...] = (),
    fields: Fields | None = None,
    reduced: bool = False,
) -> DecodedPart:
    """An RGB picture, decoded once (and perhaps at a reduced size), as everything that is wanted of it."""
    import numpy as np
    from PIL import Image as Images

    from pinakes.media import clean
    from pinakes.media.geometry import fit, thumbnail
    from pinakes.media.preview import jpeg

    notes: tuple[CleaningNote, ...] = ()
    small = thumbnail(image, spec.preview_pixels)
    # Flags and signature are those of the picture as it came, so that cleaning hides neither faults nor doubles.
    pixels = np.asarray(small)
    flags += tuple(clean.flags_of_image(pixels if min(small.size) >= _TELLING_PIXELS else np.asarray(image)))
    signature = clean.signature_of_image(pixels)
    if clean.has_steps(spec.cleaning, "image"):
        whole = np.asarray(image)
        cleaned, notes = clean.apply_image(whole, spec.cleaning)
        if cleaned is not whole:
            image = Images.fromarray(cleaned)
            small = thumbnail(image, spec.preview_pixels)
    return DecodedPart(
        "image",
        place,
        arrays={want.key: fit(image, want, reduced=reduced) for want in spec.images},
        preview=jpeg(small) if spec.previews else b"",
        signature=signature,
        flags=tuple(dict.fromkeys(flags)),
        cleaning=notes,
        fields=fields or {},
    )


def sound_part(
    samples: dict[int, Floats], seconds: tuple[float, float], spec: DecodeSpec, *, flags: tuple[str, ...] = ()
) -> DecodedPart:
    """A span of sound, given at each wanted rate (or at one of our choice), mono."""
    from pinakes.media import clean

    notes: tuple[CleaningNote, ...] = ()
    rate, first = next(iter(samples.items()))
    flags += tuple(clean.flags_of_sound(first, rate))
    arrays = {}
    for want in spec.sounds:
        sound = samples[want.rate]
        if spec.cleaning:
            sound, notes = clean.apply_sound(sound, want.rate, spec.cleaning)
        arrays[want.key] = sound
    return DecodedPart(
        "audio",
        Place(seconds=seconds),
        arrays=arrays,
        flags=tuple(dict.fromkeys(flags)),
        cleaning=notes,
    )
