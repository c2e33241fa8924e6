"""Pictures and pages large enough to look at, drawn anew from their originals by a child process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.catalogue import previews
from pinakes.catalogue.entries import outline_of, part_entries
from pinakes.catalogue.records import ItemEntry, Outline, PartEntry
from pinakes.errors import NotFound
from pinakes.library.asking import item_number
from pinakes.media.base import DecodeSpec
from pinakes.media.preview import outline
from pinakes.media.sandbox import DecoderPool, FileFailed, Job, PartReady
from pinakes.settings import Settings
from pinakes.sources.archive import one_member
from pinakes.sources.base import IN_ARCHIVE, archive_of

if TYPE_CHECKING:
    from pinakes.library.facade import Library


def part(library: Library, number: int) -> PartEntry:
    """One part of any item."""
    with library._catalogue.reading() as connection:
        found = part_entries(connection, [item_number(number)])
    if number not in found:
        raise NotFound(f"There is no part {number} in this library.", "Part numbers stand in every search result.")
    return found[number]


def some_parts(library: Library, numbers: Sequence[int]) -> list[PartEntry]:
    """Parts in the order in which they are named."""
    with library._catalogue.reading() as connection:
        found = part_entries(connection, numbers)
    return [found[number] for number in numbers if number in found]


def outlined(library: Library, item: int) -> list[Outline]:
    """Where the parts of an item lie, the leading one first."""
    with library._catalogue.reading() as connection:
        return outline_of(connection, item)


def waveform(library: Library, file: int) -> list[tuple[float, float]]:
    """The outline of a sound file; empty where none was drawn."""
    try:
        data = previews.file_preview(library.folder, file).read_bytes()
    except OSError:
        return []
    return outline(data) if previews.is_whole(data) else []


def drawn(library: Library, number: int, pixels: int, marks: Sequence[str] = ()) -> bytes:
    """The picture of a part as a JPEG whose longer side has so many pixels at most, with words of a page marked."""
    found = part(library, number)
    item = library.item(found.item_id)
    wanted = found.place.page
    spec = DecodeSpec(preview_pixels=pixels, page=wanted or 0, marks=tuple(marks), limits=library.settings.limits)
    with _lying(item, found, library.settings) as path, DecoderPool(spec, 1) as pool:
        for event in pool.run([Job(0, path)]):
            if isinstance(event, FileFailed):
                raise event.error
            if isinstance(event, PartReady) and event.part.preview and event.part.place.page == wanted:
                return event.part.preview
    raise NotFound(f"Part {number} has no picture.", "Its text or its sound can be shown instead.")


def small(library: Library, number: int) -> bytes:
    """The preview of a part as it was made when its file was read."""
    path = library.preview(item_number(number))
    try:
        data = path.read_bytes() if path else b""
    except OSError:
        data = b""
    if not previews.is_whole(data):
        raise NotFound(f"Part {number} has no preview.", "Previews are made when a file is read.")
    return data


@contextmanager
def _lying(item: ItemEntry, found: PartEntry, settings: Settings) -> Iterator[Path]:
    """Where the original of a part lies; a member of an archive is taken out of it meanwhile."""
    path = next((file.path for file in item.files if file.id == found.file_id), b"")
    if not path:
        raise NotFound(f"Item {item.id} is a record without a file.")
    archive = archive_of(path)
    if not archive:
        yield Path(os.fsdecode(path))
        return
    member = os.fsdecode(path[len(archive) + len(IN_ARCHIVE) :])
    with one_member(Path(os.fsdecode(archive)), member, settings.limits) as taken:
        yield taken
