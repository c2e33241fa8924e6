"""PDFs: of each page the text and a picture, of the whole the information dictionary."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
import pypdfium2
import pypdfium2.internal
import pypdfium2.raw
from PIL import Image

from pinakes.errors import BadMedia, NoContent, TooLarge
from pinakes.media.base import DecodedPart
from pinakes.media.encoding import Report, storable
from pinakes.media.foreign import foreign
from pinakes.media.geometry import magnification
from pinakes.media.metadata.documents import of_pdf
from pinakes.media.metadata.vocabulary import clean_fields
from pinakes.media.parts import picture_part, text_parts
from pinakes.media.reading import Reading, Source, Summary
from pinakes.types import Fields, Place

_PASSWORD_ERRORS = (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
# The library marks a hyphen at the end of a line with these.
_HYPHENS = re.compile("[\x02\ufffe]")
_MOST_NOTES = 10
# What a marked word is seen through, as through a pen for marking; and how many of them at most.
_PEN = np.array((255, 225, 120), np.uint16)
_MOST_MARKS = 500


def read_pdf(source: Source) -> Reading:
    """Page by page: the passages of its text, and its picture."""
    name, spec = source.name, source.spec
    with _document(source) as document:
        with foreign(name):
            count = len(document)
            metadata = of_pdf(document.get_metadata_dict(skip_empty=True), spec.limits)
        if count > spec.limits.max_pages:
            raise TooLarge(
                f"{name} has {count:,} pages; the limit is {spec.limits.max_pages:,}.", "Raise max_pages, or split it."
            )
        if not count:
            raise NoContent(f"{name} has no pages.")
        yield Summary(metadata, {"pages": float(count)})
        report, notes, preview, failed = Report(), [], b"", 0
        for number in range(1, count + 1) if not spec.page else range(spec.page, min(spec.page, count) + 1):
            try:
                for part in _page_parts(document, number, source, report):
                    preview = preview or part.preview
                    yield part
            except (BadMedia, TooLarge) as error:
                failed += 1
                if failed == count or spec.page:
                    raise
                notes.append(f"{error.message} It was left out.")
        if len(notes) > _MOST_NOTES:
            notes[_MOST_NOTES:] = [f"{len(notes) - _MOST_NOTES:,} more pages were left out."]
        return Summary(metadata, {"pages": float(count)}, (*notes, *report.notes()), preview)


def _opens(file: BinaryIO) -> bool:
    """Whether a document that was refused is whole: one without pages is refused for whatever ailed the one before."""
    access, _held = pypdfium2.internal.get_bufreader(file)
    document = pypdfium2.raw.FPDF_LoadCustomDocument(access, None)
    if document:
        pypdfium2.raw.FPDF_CloseDocument(document)
    return bool(document)


@contextmanager
def _document(source: Source) -> Iterator[Any]:
    source.opened.file.seek(0)
    with foreign(source.name):
        try:
            document = pypdfium2.PdfDocument(source.opened.file)
        except pypdfium2.PdfiumError as error:
            if _opens(source.opened.file):
                raise NoContent(f"{source.name} has no pages.") from error
            if error.err_code in _PASSWORD_ERRORS:
                raise BadMedia(
                    f"{source.name} is protected by a password.", "Save a copy without the password, then add that."
                ) from error
            raise
    try:
        yield document
    finally:
        document.close()


def _page_parts(document: Any, number: int, source: Source, report: Report) -> Iterator[DecodedPart]:
    spec, what = source.spec, f"Page {number} of {source.name}"
    with foreign(what):
        page = document[number - 1]
    try:
        text = _text(page, what, spec.limits.max_text_bytes, report)
        fields = _label(document, number, source)
        yield from text_parts([text], spec, page=number, fields=fields)
        yield picture_part(
            _marked(page, _drawn(page, what, source), what, spec.marks), Place(page=number), spec, fields=fields
        )
    finally:
        page.close()


def _text(page: Any, what: str, most: int, report: Report) -> str:
    with foreign(what):
        text_page = page.get_textpage()
        try:
            if text_page.count_chars() > most:
                raise TooLarge(f"{what} has more than {most:,} characters; max_text_bytes is the limit.")
            text: str = text_page.get_text_bounded()
        finally:
            text_page.close()
    return storable(_HYPHENS.sub("-", text).replace("\r\n", "\n").replace("\r", "\n"), report)


def _label(document: Any, number: int, source: Source) -> Fields:
    """What is printed as the page's number, if it differs from it: iv, A-3."""
    try:
        with foreign(source.name):
            label = document.get_page_label(number - 1)
    except BadMedia:
        return {}
    return clean_fields({"page_label": label}, source.spec.limits) if label not in ("", str(number)) else {}


def _drawn(page: Any, what: str, source: Source) -> Image.Image:
    """The page as an RGB picture on white, just large enough."""
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise BadMedia(f"{what} is {width} x {height} points large.")
    with foreign(what):
        bitmap = page.render(
            scale=magnification((width, height), source.spec), may_draw_forms=False, rev_byteorder=True
        )
        try:
            return Image.fromarray(np.array(bitmap.to_numpy()))
        finally:
            bitmap.close()


def _marked(page: Any, image: Image.Image, what: str, words: Sequence[str]) -> Image.Image:
    """The picture with some words marked where they stand."""
    if not words:
        return image
    points = np.array(image)
    with foreign(what):
        text_page = page.get_textpage()
        try:
            boxes = [box for word in words for box in _boxes(text_page, word)][:_MOST_MARKS]
        finally:
            text_page.close()
        for left, bottom, right, top in boxes:
            (x, y), (x_end, y_end) = (_on_picture(page, image, *corner) for corner in ((left, top), (right, bottom)))
            rows, columns = slice(*sorted((max(y, 0), max(y_end, 0)))), slice(*sorted((max(x, 0), max(x_end, 0))))
            points[rows, columns] = points[rows, columns] * _PEN // 255
    return Image.fromarray(points)


def _boxes(text_page: Any, word: str) -> Iterator[tuple[float, float, float, float]]:
    """Where a word stands on a page, in points from its lower left corner; one box for each line that it stands on."""
    # Words of languages without spaces stand within longer stretches of letters.
    found = text_page.search(word, match_case=False, match_whole_word=word.isascii())
    while place := found.get_next():
        for number in range(text_page.count_rects(*place)):
            yield text_page.get_rect(number)


def _on_picture(page: Any, image: Image.Image, x: float, y: float) -> tuple[int, int]:
    """A point of a page on its picture, whatever way round the page is drawn."""
    column, row = ctypes.c_int(), ctypes.c_int()
    pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, *image.size, 0, x, y, column, row)
    return column.value, row.value
