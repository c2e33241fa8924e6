"""Texts: plain, Markdown and HTML, read in blocks, so that a long one is never held whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinakes.errors import TooLarge, Unsupported
from pinakes.media.base import DecodeSpec
from pinakes.media.encoding import SAMPLE_BYTES, Report, declared_encoding, decoded, detect
from pinakes.media.parts import text_parts
from pinakes.media.reading import Reading, Source, Summary
from pinakes.media.textual import is_text

BLOCK_BYTES = 1 << 20
_MOST_LINE = 1 << 16
_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""",
    re.IGNORECASE,
)


def read_text(source: Source) -> Reading:
    """The passages of a text, as its reader sees them."""
    size, limits = source.opened.size, source.spec.limits
    if size > limits.max_text_bytes:
        raise TooLarge(
            f"{source.name} has {size:,} bytes of text; the limit is {limits.max_text_bytes:,}.",
            "Raise max_text_bytes, or split the file.",
        )
    encoding = encoding_of(source)
    report = Report(encoding or "utf-8", doubtful=bool(encoding))
    blocks = decoded(_blocks(source), report)
    if source.kind.mime in ("text/html", "application/xml"):
        return _read_html(blocks, report, source.spec)
    if source.kind.mime == "text/markdown":
        return _read_markdown(blocks, report, source.spec)
    return _read_plain(blocks, report, source.spec)


def _read_plain(blocks: Iterator[str], report: Report, spec: DecodeSpec) -> Reading:
    yield from text_parts(blocks, spec)
    return Summary(notes=report.notes())


def _read_html(blocks: Iterator[str], report: Report, spec: DecodeSpec) -> Reading:
    from pinakes.media.html import HtmlText
    from pinakes.media.metadata.web import of_head

    page = HtmlText()
    yield from text_parts(page.plain(blocks), spec)
    return Summary(metadata=of_head(page.head, spec.limits), notes=report.notes())


def _read_markdown(blocks: Iterator[str], report: Report, spec: DecodeSpec) -> Reading:
    from pinakes.media.markdown import MarkdownText
    from pinakes.media.metadata.vocabulary import clean_fields, merged
    from pinakes.media.metadata.web import of_front_matter

    page = MarkdownText()
    yield from text_parts(page.plain(_lines(blocks)), spec)
    front = of_front_matter(page.front, page.front_mark, spec.limits)
    if "title" not in front:
        front = merged([front, clean_fields({"title": page.title}, spec.limits)], spec.limits)
    return Summary(metadata=front, notes=report.notes())


def _blocks(source: Source) -> Iterator[bytes]:
    file = source.opened.file
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        yield block


def _lines(blocks: Iterator[str]) -> Iterator[str]:
    """Lines without their ends; one that is too long to be one comes in pieces."""
    rest = ""
    for block in blocks:
        *whole, rest = (rest + block).split("\n")
        yield from whole
        while len(rest) > _MOST_LINE:
            yield rest[:_MOST_LINE]
            rest = rest[_MOST_LINE:]
    if rest:
        yield rest


def encoding_of(source: Source) -> str:
    """Nothing if all of the file is plain UTF-8; else what the bytes around the first doubt, or the document, tell."""
    place = _first_doubt(source)
    if place is None:
        return ""
    file = source.opened.file
    file.seek(0)
    head = file.read(SAMPLE_BYTES)
    if place >= SAMPLE_BYTES:
        file.seek(max(place - SAMPLE_BYTES // 4, 0))
        sample = file.read(SAMPLE_BYTES)
        # Not within a sequence of bytes that belong together.
        sample = sample.lstrip(bytes(range(0x80, 0xC0)))
    else:
        sample = head
    if not is_text(sample):
        raise Unsupported(f"{source.name} is neither text nor any medium that is read.")
    return detect(sample, declared_in(head))


def declared_in(head: bytes) -> str:
    """The encoding that an HTML or XML document declares for itself."""
    found = _META_CHARSET.search(head, 0, 2048)
    return declared_encoding((found[1] or found[2]).decode("ascii")) if found else ""


def _first_doubt(source: Source) -> int | None:
    """Where the file stops being UTF-8 without NULs; None if nowhere."""
    place = 0
    rest = b""
    for block in _blocks(source):
        data = rest + block
        if b"\x00" in data:
            return place + data.index(b"\x00")
        try:
            data.decode("utf-8")
            rest = b""
        except UnicodeDecodeError as error:
            if error.end < len(data) or len(data) - error.start > 3 or len(block) < BLOCK_BYTES:
                return place + error.start
            rest = data[error.start :]
        place += len(data) - len(rest)
    return None if not rest else place
