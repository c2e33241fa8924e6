"""The originals of a library's parts, their previews, and media that come from outside as terms of a query."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from pinakes.catalogue import previews
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entry, part_entries
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.encoders.base import Encoder
from pinakes.errors import NotFound
from pinakes.ingest.run import spec_for
from pinakes.library.lately import Lately
from pinakes.limits import MIB
from pinakes.media.base import DecodedPart, DecodeSpec
from pinakes.media.decode import decode
from pinakes.media.opening import open_regular
from pinakes.media.sandbox import DecoderPool, FileFailed, Job, PartReady, decodes_here
from pinakes.settings import Settings
from pinakes.sources.archive import one_member
from pinakes.sources.base import IN_ARCHIVE, archive_of

# Parts of a medium that is a term of a query: the beginning of it speaks for it.
_EXAMPLE_PARTS = 64
# Examples that were decoded lately: one that stays in a query while its words change is not decoded at every letter.
_LATELY_BYTES = 32 * MIB
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _size(parts: Sequence[DecodedPart]) -> int:
    """About how many bytes parts take."""
    return sum(
        4 * len(part.text) + len(part.preview) + sum(array.nbytes for array in part.arrays.values()) for part in parts
    )


_LATELY: Lately[list[DecodedPart]] = Lately(_LATELY_BYTES, _size)


def decode_example(path: Path, settings: Settings, encoders: Sequence[Encoder]) -> list[DecodedPart]:
    """The first parts of a medium, decoded in a child process like every other."""
    spec = spec_for(settings, encoders, ())
    with open_regular(path, settings.limits) as opened:
        here = decodes_here(path, opened.size, opened.file.read(4096), settings.limits)
        key = (os.fspath(path), opened.size, opened.status.st_mtime_ns, spec)
    return _LATELY.get(key, lambda: _decoded(path, spec, here=here))


def _decoded(path: Path, spec: DecodeSpec, *, here: bool) -> list[DecodedPart]:
    parts: list[DecodedPart] = []
    if here:
        parts = [found for found in decode(path, spec) if isinstance(found, DecodedPart)]
        return parts[:_EXAMPLE_PARTS]
    with DecoderPool(spec, 1) as pool:
        for event in pool.run([Job(0, path)]):
            if isinstance(event, FileFailed):
                raise event.error
            if isinstance(event, PartReady):
                parts.append(event.part)
                if len(parts) == _EXAMPLE_PARTS:
                    break
    return parts


def upload(folder: Path, name: str) -> Path:
    """Where a medium that was handed in lies."""
    path = folder / "uploads" / name
    if not _UPLOAD.fullmatch(name) or not path.is_file():
        raise NotFound(f"There is no upload {name}.", "Hand the medium in again.")
    return path


def preview(catalogue: Catalogue, part_id: int) -> Path | None:
    """The small picture of a part, or of its file where the part has none."""
    own = picture(catalogue.folder, part_id, 0)
    if own is not None:
        return own
    with catalogue.reading() as connection:
        found = part_entries(connection, [part_id]).get(part_id)
    return picture(catalogue.folder, part_id, found.file_id or 0) if found else None


def picture(folder: Path, part: int, file: int) -> Path | None:
    """The small picture of a part, or of the file that it lies in, where one is known; asks the disk alone."""
    places = (previews.part_preview(folder, part), previews.file_preview(folder, file) if file else None)
    return next((place for place in places if place and place.exists()), None)


def open_part(catalogue: Catalogue, part_id: int) -> IO[bytes]:
    """The original of a part that a library may have, opened for reading."""
    with catalogue.reading() as connection:
        found = part_entries(connection, [part_id])
        if part_id not in found:
            raise NotFound(f"There is no part {part_id} in this library.")
        item = item_entry(connection, found[part_id].item_id)
    return open_original(item, found[part_id], catalogue.settings)


def open_original(item: ItemEntry, part: PartEntry, settings: Settings) -> IO[bytes]:
    """The original of a part, opened for reading; a member of an archive is taken out of it."""
    path = next((file.path for file in item.files if file.id == part.file_id), b"")
    if not path:
        raise NotFound(f"Item {item.id} is a record without a file.")
    archive = archive_of(path)
    if archive:
        return _taken_out(archive, path[len(archive) + len(IN_ARCHIVE) :], settings)
    place = Path(os.fsdecode(path))
    with open_regular(place, settings.limits):
        return place.open("rb")


def _taken_out(archive: bytes, member: bytes, settings: Settings) -> IO[bytes]:
    """A member of an archive, in a temporary file that goes when it is closed."""
    taken = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller closes it
    with one_member(Path(os.fsdecode(archive)), os.fsdecode(member), settings.limits) as path, path.open("rb") as file:
        shutil.copyfileobj(file, taken)
    taken.seek(0)
    return taken
