"""Picture files: one part, or one for each page of a scan."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from PIL.ImageFile import ImageFile

from pinakes.errors import BadMedia, TooLarge
from pinakes.media.base import DecodedPart
from pinakes.media.foreign import foreign
from pinakes.media.headers import check_size
from pinakes.media.metadata.pictures import of_picture
from pinakes.media.parts import picture_part
from pinakes.media.picture import load_picture, open_picture
from pinakes.media.reading import Reading, Source, Summary
from pinakes.types import Place


def read_image(source: Source) -> Reading:
    """The picture as a part; of an animation the first frame, of a TIFF every page up to the limit."""
    file, name, spec = source.opened.file, source.name, source.spec
    image = open_picture(file, source.kind.mime, name, spec)
    picture = load_picture(image, file, name, spec)
    metadata, notes = of_picture(image, picture.info, picture.exif, name, spec.limits)
    facts = {"width": float(picture.width), "height": float(picture.height)}
    notes = picture.notes + notes
    # Before the reader moves on, since the picture may be its own.
    part = picture_part(picture.image, Place(), spec, reduced=picture.reduced)
    paged = source.kind.mime == "image/tiff" and _moved(image, 1, name)
    yield replace(part, place=Place(page=1)) if paged else part
    if paged:
        pages, more = yield from _pages(source, image)
        notes += more
        facts["pages"] = float(pages)
    elif _is_animated(image, name):
        notes += ("The picture is animated; its first frame was read.",)
    return Summary(metadata, facts, notes, part.preview)


def _pages(source: Source, image: ImageFile) -> Generator[DecodedPart, None, tuple[int, tuple[str, ...]]]:
    """The pages after the first, at which the reader stands; returns how many there are, and what was left out."""
    file, name, spec = source.opened.file, source.name, source.spec
    page, notes = 1, []
    while page < spec.limits.max_image_pages:
        label = f"page {page + 1} of {name}"
        try:
            check_size(*image.size, label, spec.limits)
            picture = load_picture(image, file, label, spec)
        except (BadMedia, TooLarge) as error:
            notes.append(f"{error.message} It was left out.")
        else:
            yield picture_part(picture.image, Place(page=page + 1), spec)
        page += 1
        if not _moved(image, page, name):
            return page, tuple(notes)
    notes.append(f"Only the first {page} pages were read; max_image_pages is the limit.")
    return page, tuple(notes)


def _is_animated(image: ImageFile, name: str) -> bool:
    frames = getattr(image, "n_frames", 1) if image.format in ("PNG", "WEBP") else 1
    return frames > 1 or (image.format == "GIF" and _moved(image, 1, name))


def _moved(image: ImageFile, page: int, name: str) -> bool:
    """Move to a page or frame (from 0) if there is one; to count them all would be to read them all."""
    try:
        with foreign(name):
            try:
                image.seek(page)
            except EOFError:
                return False
    except (BadMedia, TooLarge):
        return False
    return True
