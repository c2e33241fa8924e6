"""The words in pictures of text, read by an engine of the extra `ocr` where a page or picture has no words else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pinakes.errors import MissingExtra
from pinakes.media.base import CleaningNote, DecodedPart, ImageWant
from pinakes.types import Pixels

STEP = "ocr"
# A page of 25 lines is read well at this size; larger costs time and gains nothing (measured on drawn pages).
WANT = ImageWant(1600, 1600, fit="inside", resample="lanczos")
# What the engine is less sure of than this is more often wrong than right.
_SURE = 0.6


@dataclass(frozen=True, slots=True)
class TextReader:
    """An engine that finds and reads lines of text in a picture."""

    engine: Any

    @classmethod
    def load(cls) -> TextReader:
        """The engine with the models that its package brings."""
        try:
            from rapidocr import RapidOCR
        except ImportError:
            raise MissingExtra("Reading the words in pictures", "ocr") from None
        return cls(RapidOCR(params={"Global.log_level": "critical"}))

    def lines(self, pixels: Pixels) -> tuple[str, ...]:
        """The lines of text in a picture (height, width, 3), from top to bottom."""
        found = self.engine(pixels)
        if not found.txts:
            return ()
        return tuple(
            text for text, sure in zip(found.txts, found.scores, strict=True) if sure >= _SURE and text.strip()
        )


def with_words(reader: TextReader, part: DecodedPart, before: Sequence[DecodedPart]) -> DecodedPart:
    """A picture with the words that stand in it, unless its page told its words already."""
    pixels = part.arrays.get(WANT.key)
    if part.modality != "image" or part.text or pixels is None or _page_has_words(part, before):
        return part
    lines = reader.lines(pixels)
    note = CleaningNote(STEP, bool(lines), f"{len(lines)} lines read")
    return replace(part, text="\n".join(lines), cleaning=(*part.cleaning, note))


def _page_has_words(part: DecodedPart, before: Sequence[DecodedPart]) -> bool:
    page = part.place.page
    return page is not None and any(other.modality == "text" and other.place.page == page for other in before)
