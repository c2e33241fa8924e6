"""All that a picture says of itself, whatever block it says it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from pinakes.limits import Limits
from pinakes.media.metadata.exif import of_exif, of_iptc
from pinakes.media.metadata.vocabulary import Value, clean_fields, merged
from pinakes.media.metadata.xmp import of_xmp
from pinakes.types import Fields

# Texts of PNG files, and the comments of GIF and JPEG; other entries of `info` belong to the decoder.
_TEXTS = frozenset(
    (
        "title",
        "author",
        "description",
        "copyright",
        "creation time",
        "software",
        "disclaimer",
        "warning",
        "source",
        "comment",
    )
)
_XMP_KEYS = ("xmp", "XML:com.adobe.xmp")


def of_picture(
    image: Image.Image, info: Mapping[Any, Any], exif: Image.Exif, name: str, limits: Limits
) -> tuple[Fields, tuple[str, ...]]:
    """Fields from XMP, IPTC, EXIF and text chunks, in this order of trust, and notes of what was not read."""
    notes = []
    xmp: Fields = {}
    for key in _XMP_KEYS:
        if info.get(key):
            xmp, note = of_xmp(info[key], limits)
            notes.append(note)
            break
    block = info.get("exif")
    if isinstance(block, bytes) and len(block) > limits.max_metadata_bytes:
        notes.append(
            f"The EXIF metadata has {len(block):,} bytes; the limit is {limits.max_metadata_bytes:,}. It was ignored."
        )
        known: Fields = {}
    else:
        known = of_exif(exif, name, limits)
    iptc = of_iptc(image, name, limits) if image.format in ("JPEG", "TIFF") else {}
    fields = merged([xmp, iptc, known, clean_fields(_texts(info), limits)], limits)
    return _one_date(fields), tuple(note for note in notes if note)


def _texts(info: Mapping[Any, Any]) -> dict[str, list[Value]]:
    raw: dict[str, list[Value]] = {}
    for key, value in info.items():
        if isinstance(key, str) and key.lower() in _TEXTS and isinstance(value, str | bytes):
            raw.setdefault("date" if key.lower() == "creation time" else key, []).append(value)
    return raw


def _one_date(fields: Fields) -> Fields:
    """A picture has one date; the blocks repeat it more or less exactly."""
    dates = fields.get("date", ())
    return {**fields, "date": (max(dates, key=len),)} if len(dates) > 1 else fields
