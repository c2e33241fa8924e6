"""What a file is, told from its content and never from its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from pinakes.media.signatures import SIGNATURES, XML_ROOTS, tag_length
from pinakes.media.textual import is_text, opening_words

Medium: TypeAlias = Literal["text", "image", "audio", "film", "pdf", "ebook", "archive", "unsupported"]

# Enough to tell every kind that is told by its first bytes, and to see that text is text.
HEAD_BYTES = 8192

EPUB = "application/epub+zip"
_EBOOK_SIGN = b"mimetype" + EPUB.encode()


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of content: its MIME type, and the reader that it belongs to."""

    mime: str
    medium: Medium


UNKNOWN = Kind("application/octet-stream", "unsupported")

_MEDIA: dict[str, Medium] = {
    "application/pdf": "pdf",
    EPUB: "ebook",
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "image",
    "image/tiff": "image",
    "image/bmp": "image",
    "audio/wav": "audio",
    "audio/flac": "audio",
    "audio/ogg": "audio",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/aac": "audio",
    "video/mp4": "film",
    "video/3gpp": "film",
    "video/quicktime": "film",
    "video/x-matroska": "film",
    "video/webm": "film",
    "video/x-msvideo": "film",
    "application/zip": "archive",
    "application/x-tar": "archive",
    "application/gzip": "archive",
    "application/x-bzip2": "archive",
    "application/x-xz": "archive",
    "text/plain": "text",
    "text/markdown": "text",
    "text/html": "text",
    "application/xml": "text",
}


def kind_of(mime: str) -> Kind:
    """The kind with this MIME type; one that no reader knows is unsupported."""
    return Kind(mime, _MEDIA.get(mime, "unsupported"))


def sniff(head: bytes) -> Kind:
    """The kind of a file from its first bytes, of which there should be HEAD_BYTES unless it is shorter."""
    for signature in SIGNATURES:
        mime = signature(head)
        if mime:
            return kind_of(mime)
    if not is_text(head):
        return UNKNOWN
    return kind_of(_text_mime(head))


def sniff_file(file: BinaryIO) -> Kind:
    """The kind of an open file; looks further into it where the first bytes do not tell."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    kind = sniff(head)
    if kind.mime == "application/zip":
        kind = _zip_kind(file, head)
    elif kind.mime == "audio/mpeg" and head.startswith(b"ID3"):
        kind = _tagged_kind(file, head)
    file.seek(0)
    return kind


def _text_mime(head: bytes) -> str:
    declared, words = opening_words(head)
    for start, mime in XML_ROOTS if words.startswith("<") else ():
        if words.startswith(start):
            return mime
    if declared:
        return "application/xml"
    from pinakes.media.markdown import is_markdown

    return "text/markdown" if is_markdown(head) else "text/plain"


def _zip_kind(file: BinaryIO, head: bytes) -> Kind:
    """An EPUB whose first entry is not its type, an office document, or just an archive."""
    if _EBOOK_SIGN in head[:256]:
        return kind_of(EPUB)
    from pinakes.errors import PinakesError
    from pinakes.limits import Limits
    from pinakes.media.zipped import Zipped

    try:
        names = Zipped(file, "the archive", Limits()).names
    except PinakesError:
        return kind_of("application/zip")
    if "META-INF/container.xml" in names:
        return kind_of(EPUB)
    if "[Content_Types].xml" in names:
        return kind_of("application/vnd.openxmlformats-officedocument")
    return kind_of("application/zip")


def _tagged_kind(file: BinaryIO, head: bytes) -> Kind:
    """What follows an ID3 tag: mostly MP3, but FLAC and AAC carry such tags too."""
    file.seek(tag_length(head))
    after = sniff(file.read(HEAD_BYTES))
    return after if after.medium == "audio" else kind_of("audio/mpeg")


# The names that people give files, and what may then be in them; a text is a text whatever its suffix.
_SUFFIXES: dict[str, tuple[str, ...]] = {
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".jpe": ("image/jpeg",),
    ".png": ("image/png",),
    ".apng": ("image/png",),
    ".webp": ("image/webp",),
    ".gif": ("image/gif",),
    ".tif": ("image/tiff",),
    ".tiff": ("image/tiff",),
    ".bmp": ("image/bmp",),
    ".svg": ("image/svg+xml",),
    ".wav": ("audio/wav",),
    ".flac": ("audio/flac",),
    ".ogg": ("audio/ogg", "video/ogg"),
    ".oga": ("audio/ogg",),
    ".opus": ("audio/ogg",),
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/mp4", "video/mp4"),
    ".m4b": ("audio/mp4", "video/mp4"),
    ".aac": ("audio/aac", "audio/mp4"),
    ".mp4": ("video/mp4", "audio/mp4", "video/quicktime", "video/3gpp"),
    ".m4v": ("video/mp4", "video/quicktime"),
    ".3gp": ("video/3gpp", "video/mp4"),
    ".mov": ("video/quicktime", "video/mp4", "audio/mp4"),
    ".mkv": ("video/x-matroska", "video/webm"),
    ".mka": ("video/x-matroska", "audio/x-matroska", "audio/webm"),
    ".webm": ("video/webm", "video/x-matroska", "audio/webm"),
    ".avi": ("video/x-msvideo",),
    ".pdf": ("application/pdf",),
    ".epub": ("application/epub+zip",),
    ".zip": ("application/zip",),
    ".txt": ("text",),
    ".md": ("text",),
    ".markdown": ("text",),
    ".html": ("text",),
    ".htm": ("text",),
    ".xhtml": ("text",),
    ".csv": ("text",),
}


def misleading(name: str, kind: Kind) -> str:
    """A note if the suffix of a file's name promises another type than its content has; else nothing."""
    suffix = "." + name.lower().rpartition(".")[2] if "." in name else ""
    allowed = _SUFFIXES.get(suffix)
    if allowed is None or kind.mime in allowed or (kind.medium == "text" and "text" in allowed):
        return ""
    return f"The name ends in {suffix}, but the content is {kind.mime}; it was read as that."
