"""One file in, its parts out: the type told by content, each part as soon as it is ready, the file's record last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

from pinakes.errors import NoContent, Unsupported
from pinakes.media.base import Decoded, DecodedPart, DecodeSpec, FileRecord, StillGoing
from pinakes.media.opening import Opened, open_regular
from pinakes.media.reading import Pulse, Reading, Source, Summary
from pinakes.media.sniff import Medium, misleading, sniff_file
from pinakes.media.text import read_text

_HASH_BYTES = 1 << 20


def decode(path: Path, spec: DecodeSpec) -> Iterator[Decoded]:
    """The parts of a file in order, signs of life between them, and last its record; raises only our errors."""
    with open_regular(path, spec.limits) as opened:
        yield from decode_opened(opened, spec)


def decode_opened(opened: Opened, spec: DecodeSpec) -> Iterator[Decoded]:
    """The same of a file that is open."""
    name = opened.path.name
    kind = sniff_file(opened.file)
    summary = yield from _counted(READERS[kind.medium](Source(opened, kind, spec)), name, spec)
    sha256 = yield from digest(opened)
    opened.check_unchanged()
    found = summary.kind or kind
    misled = misleading(name, found)
    yield FileRecord(
        kind=found.mime,
        size=opened.size,
        sha256=sha256,
        metadata=summary.metadata,
        facts=summary.facts,
        notes=((misled,) if misled else ()) + summary.notes,
        preview=summary.preview if spec.previews else b"",
    )


def digest(opened: Opened) -> Generator[StillGoing, None, str]:
    """SHA-256 of the file's bytes, in hexadecimal."""
    pulse, hasher, done = Pulse(), hashlib.sha256(), 0
    opened.file.seek(0)
    while block := opened.file.read(_HASH_BYTES):
        hasher.update(block)
        done += len(block)
        if done > 32 * _HASH_BYTES:
            yield from pulse.beat(done / max(opened.size, 1))
    return hasher.hexdigest()


def _counted(reading: Reading, name: str, spec: DecodeSpec) -> Generator[DecodedPart | StillGoing, None, Summary]:
    """The parts up to their limit; a file without any is an error."""
    parts, early = 0, Summary()
    while True:
        try:
            found = next(reading)
        except StopIteration as end:
            if not parts:
                raise NoContent(f"There is nothing in {name} to search.") from None
            summary: Summary = end.value
            return summary
        if isinstance(found, Summary):
            early = found
            continue
        if isinstance(found, DecodedPart):
            if parts >= spec.limits.max_parts:
                reading.close()
                note = f"Only the first {parts:,} parts were read; max_parts is the limit."
                return replace(early, notes=(*early.notes, note))
            parts += 1
        yield found


# Readers load when they are needed: texts, by far the most, are read without any library of pictures or sound.
def _read_image(source: Source) -> Reading:
    from pinakes.media.image import read_image

    return read_image(source)


def _read_sound(source: Source) -> Reading:
    from pinakes.media.sound import read_sound

    return read_sound(source)


def _read_film(source: Source) -> Reading:
    from pinakes.media.film import read_film

    return read_film(source)


def _read_pdf(source: Source) -> Reading:
    from pinakes.media.pdf import read_pdf

    return read_pdf(source)


def _read_ebook(source: Source) -> Reading:
    from pinakes.media.ebook import read_ebook

    return read_ebook(source)


def _refuse_archive(source: Source) -> Reading:
    raise Unsupported(
        f"{source.name} is an archive, which is a source of items and no item.",
        "Add the archive itself with pinakes add.",
    )


def _refuse(source: Source) -> Reading:
    what = "" if source.kind.mime == "application/octet-stream" else f" ({source.kind.mime})"
    raise Unsupported(f"{source.name} is of a type that is not read{what}.", _INSTEAD.get(source.kind.mime, ""))


_INSTEAD = {
    "image/svg+xml": "Export it as PNG; drawings in SVG can hold scripts and are never rendered.",
    "image/heic": "Convert it to JPEG.",
    "image/avif": "Convert it to JPEG or PNG.",
    "application/vnd.apple.mpegurl": "Playlists are never followed; add the media themselves.",
    "text/x-ffconcat": "Playlists are never followed; add the media themselves.",
    "application/vnd.openxmlformats-officedocument": "Export it as PDF.",
    "application/x-ole-storage": "Export it as PDF.",
    "application/rtf": "Export it as PDF or plain text.",
}

READERS: dict[Medium, Callable[[Source], Reading]] = {
    "text": read_text,
    "image": _read_image,
    "audio": _read_sound,
    "film": _read_film,
    "pdf": _read_pdf,
    "ebook": _read_ebook,
    "archive": _refuse_archive,
    "unsupported": _refuse,
}
