"""A small EPUB writer: chapters with their plates, and Dublin Core."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

from pinakes.sources.sample.creators import RIGHTS
from pinakes.sources.sample.prose.text import Text
from pinakes.sources.sample.work import Work

CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
STYLE = (
    "body { font-family: serif; line-height: 1.5; margin: 5%; } img { max-width: 100%; } h1 { font-weight: normal; }\n"
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A text with its plate."""

    text: Text
    jpeg: bytes
    words: str


def _page(chapter: Chapter, number: int, language: str) -> str:
    """One chapter as XHTML."""
    body = "\n".join(f"<p>{escape(p).replace(chr(10), '<br/>')}</p>" for p in chapter.text.paragraphs)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}">\n<head><title>{escape(chapter.text.title)}'
        '</title><link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n'
        f'<h1>{escape(chapter.text.title)}</h1>\n<figure><img src="plate{number}.jpg" alt="{escape(chapter.words)}"/>'
        f"<figcaption>{escape(chapter.words)}</figcaption></figure>\n{body}\n</body>\n</html>\n"
    )


def _navigation(chapters: Sequence[Chapter], work: Work) -> str:
    """The table of contents."""
    rows = "".join(f'<li><a href="chapter{k}.xhtml">{escape(c.text.title)}</a></li>' for k, c in enumerate(chapters, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>{escape(work.title)}</title></head>'
        f'<body><nav epub:type="toc"><ol>{rows}</ol></nav></body></html>\n'
    )


def _package(chapters: Sequence[Chapter], work: Work) -> str:
    """Metadata, the list of files and their order."""
    day = work.day.isoformat() if work.day else ""
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"pinakes-sample:{work.path}:{day}")
    subjects = "".join(f"<dc:subject>{escape(label)}</dc:subject>" for label in work.labels)
    cover = ' properties="cover-image"'
    files = "".join(
        f'<item id="c{k}" href="chapter{k}.xhtml" media-type="application/xhtml+xml"/>'
        f'<item id="p{k}" href="plate{k}.jpg" media-type="image/jpeg"{cover if k == 1 else ""}/>'
        for k in range(1, len(chapters) + 1)
    )
    spine = "".join(f'<itemref idref="c{k}"/>' for k in range(1, len(chapters) + 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>\n<dc:title>{escape(work.title)}</dc:title>\n'
        f"<dc:creator>{escape(work.creator)}</dc:creator>\n<dc:language>{work.language}</dc:language>\n"
        f"<dc:date>{day}</dc:date>\n<dc:description>{escape(work.description)}</dc:description>\n"
        f"<dc:rights>{escape(RIGHTS)}</dc:rights>\n{subjects}\n"
        f'<meta property="dcterms:modified">{day or "1935-01-01"}T12:00:00Z</meta>\n</metadata>\n'
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{files}</manifest>\n'
        f"<spine>{spine}</spine>\n</package>\n"
    )


def epub(chapters: Sequence[Chapter], work: Work) -> bytes:
    """The whole book; the same chapters give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as book:

        def add(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = method
            entry.create_system = 3
            book.writestr(entry, data)

        add("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        add("META-INF/container.xml", CONTAINER.encode())
        add("EPUB/package.opf", _package(chapters, work).encode())
        add("EPUB/nav.xhtml", _navigation(chapters, work).encode())
        add("EPUB/style.css", STYLE.encode())
        for k, chapter in enumerate(chapters, 1):
            add(f"EPUB/chapter{k}.xhtml", _page(chapter, k, work.language).encode())
            add(f"EPUB/plate{k}.jpg", chapter.jpeg, zipfile.ZIP_STORED)
    return out.getvalue()
