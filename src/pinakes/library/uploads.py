"""Media that readers hand in to search with: kept for a while under the hash of their bytes, read only by children."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pinakes.errors import NoContent, PinakesError, TooLarge
from pinakes.library.originals import decode_example, upload
from pinakes.limits import MIB, Limits
from pinakes.media.base import DecodedPart
from pinakes.storage import DISK, explained, write_whole

if TYPE_CHECKING:
    from pinakes.library.facade import Library

FOLDER = "uploads"
_BLOCK = 1 << 20
_TOLD = ".json"
# Characters of a title, and of a text's beginning, that are kept to be shown.
_TITLE, _BEGINNING = 120, 160


@dataclass(frozen=True, slots=True)
class Upload:
    """A medium that was handed in: its name in queries, and what a page shows of it."""

    name: str
    title: str
    modality: str
    beginning: str = ""
    preview: bytes = b""


def keep(library: Library, file: IO[bytes], title: str) -> Upload:
    """Store a medium and say what it is; one that can not be read is refused and leaves nothing."""
    folder = library.folder / FOLDER
    library._catalogue.check_space()
    limits = library.settings.limits
    with explained(folder):
        folder.mkdir(exist_ok=True)
        part, name = _copied(file, folder, limits)
    try:
        known = _told(folder / name)
        if known is None:
            DISK.replace(part, folder / name)
            known = _examined(folder / name, name, title, library)
            told = {"title": known.title, "modality": known.modality, "beginning": known.beginning}
            told["preview"] = base64.b64encode(known.preview).decode()
            write_whole(folder / (name + _TOLD), [json.dumps(told).encode()])
        else:
            _use(folder / name)
    finally:
        part.unlink(missing_ok=True)
    sweep(folder, limits, but=name)
    return known


def find(library: Library, name: str) -> Upload:
    """A medium that was handed in before, which from now on counts as used."""
    path = upload(library.folder, name)
    _use(path)
    return _told(path) or Upload(name, name[:8], "text")


def _use(path: Path) -> None:
    """Note that it was used, beside it: its own time tells those who have read it that it is the same."""
    with suppress(OSError):
        os.utime(path.with_name(path.name + _TOLD))


def sweep(folder: Path, limits: Limits, *, but: str = "", now: float | None = None) -> None:
    """Delete what was not used for long, and what was used longest ago where there is too much."""
    now = time.time() if now is None else now
    left = limits.max_uploads_bytes
    for used, size, path in sorted(_kept(folder), reverse=True):
        left -= size
        if path.name != but and (left < 0 or now - used > limits.upload_hours * 3600):
            left += size
            for gone in (path, path.with_name(path.name + _TOLD)):
                gone.unlink(missing_ok=True)


def _kept(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.iterdir():
        if path.suffix != _TOLD:
            with suppress(OSError):
                told = path.with_name(path.name + _TOLD)
                used = (told if told.exists() else path).stat().st_mtime
                yield used, path.stat().st_size, path


def _copied(file: IO[bytes], folder: Path, limits: Limits) -> tuple[Path, str]:
    """The bytes in a file of our own naming, and their hash."""
    hasher, size = hashlib.sha256(), 0
    handle, place = tempfile.mkstemp(suffix=".part", dir=folder)
    part = Path(place)
    try:
        with os.fdopen(handle, "wb") as target:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > limits.max_upload_bytes:
                    raise TooLarge(
                        f"The medium has more than {limits.max_upload_bytes / MIB:g} MiB, which is the limit.",
                        "Hand in a smaller one, or raise max_upload_bytes.",
                    )
                hasher.update(block)
                DISK.write(target, block)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if not size:
        part.unlink(missing_ok=True)
        raise NoContent("The medium is empty.", "Choose another file.")
    return part, hasher.hexdigest()


def _told(path: Path) -> Upload | None:
    """What is known of a medium that lies there."""
    try:
        told = json.loads(path.with_name(path.name + _TOLD).read_bytes())
        preview = base64.b64decode(told["preview"])
        if path.is_file():
            return Upload(path.name, told["title"], told["modality"], told["beginning"], preview)
    except (OSError, ValueError, KeyError):
        return None
    return None


def read(library: Library, name: str) -> list[DecodedPart]:
    """The parts of a medium, which are kept for the searches that follow."""
    return decode_example(
        upload(library.folder, name), library.settings, list(library._encoders.of_all(library._catalogue))
    )


def _examined(path: Path, name: str, title: str, library: Library) -> Upload:
    """What a medium is, told by a child process."""
    try:
        parts = read(library, name)
    except PinakesError as error:
        path.unlink(missing_ok=True)
        # Its reader called it by another name.
        raise type(error)(error.message.replace(name, title or "The medium"), error.hint) from error
    if not parts:
        path.unlink(missing_ok=True)
        raise NoContent(f"There is nothing in {title or 'the medium'} to search with.", "Choose another file.")
    first = parts[0]
    beginning = " ".join(first.text.split())[:_BEGINNING]
    return Upload(name, title[:_TITLE] or name[:8], first.modality, beginning, first.preview)
