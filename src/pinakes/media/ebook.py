"""EPUB ebooks: chapter by chapter in reading order the text and the plates, of the whole the Dublin Core."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import unquote

from pinakes.errors import BadMedia, NoContent, TooLarge, Unsupported
from pinakes.limits import Limits
from pinakes.media.base import DecodedPart
from pinakes.media.encoding import Report, decoded, detect
from pinakes.media.html import Figure, HtmlText
from pinakes.media.metadata.documents import of_package
from pinakes.media.metadata.vocabulary import clean_fields
from pinakes.media.parts import picture_part, text_parts
from pinakes.media.picture import read_picture
from pinakes.media.reading import Reading, Source, Summary
from pinakes.media.safexml import Element, parse_xml, without_type
from pinakes.media.sniff import sniff
from pinakes.media.text import declared_in
from pinakes.media.zipped import Zipped
from pinakes.types import Place

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Scrambled fonts are in many free books; anything else that is encrypted can not be read.
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = frozenset(("application/xhtml+xml", "text/html", "application/xml", "text/xml", "application/x-dtbook+xml"))
# Spacers and ornaments are no plates.
_LEAST_PLATE = 16
_MOST_NOTES = 10


@dataclass(slots=True)
class _Book:
    """One ebook being read."""

    source: Source
    archive: Zipped
    folder: str
    package: Element
    report: Report = field(default_factory=Report)
    notes: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)


def read_ebook(source: Source) -> Reading:
    """Each chapter's passages, then its plates."""
    limits = source.spec.limits
    book = _opened(source)
    metadata = of_package(book.package, limits)
    chapters = _chapters(book)
    if len(chapters) > limits.max_chapters:
        raise TooLarge(
            f"{source.name} has {len(chapters):,} chapters; the limit is {limits.max_chapters:,}.",
            "Raise max_chapters, or split it.",
        )
    facts = {"chapters": float(len(chapters))}
    yield Summary(metadata, facts)
    preview = b""
    for part in _cover_parts(book):
        preview = part.preview
        yield part
    for number, name in enumerate(chapters, 1):
        for part in _chapter_parts(book, name, number):
            preview = preview or part.preview
            yield part
    notes = book.notes[:_MOST_NOTES]
    if len(book.notes) > _MOST_NOTES:
        notes.append(f"{len(book.notes) - _MOST_NOTES:,} more entries were left out.")
    return Summary(metadata, facts, (*notes, *book.report.notes()), preview)


def _opened(source: Source) -> _Book:
    limits = source.spec.limits
    archive = Zipped(source.opened.file, source.name, limits)
    _check_readable(archive, source.name, limits)
    container = _xml(archive, _CONTAINER, source.name, limits)
    root = container.first("rootfile")
    path = root.attributes.get("full-path", "") if root is not None else ""
    return _Book(source, archive, posixpath.dirname(path), _xml(archive, path, source.name, limits))


def _xml(archive: Zipped, name: str, what: str, limits: Limits) -> Element:
    if name not in archive.names:
        raise BadMedia(
            f"{what} is damaged: it has no {name or 'package'}.", "Check that it opens elsewhere, then add it again."
        )
    data = archive.read(name, limits.max_member_bytes)
    return parse_xml(without_type(data), f"{name} in {what}", limits)


def _check_readable(archive: Zipped, what: str, limits: Limits) -> None:
    if _ENCRYPTION not in archive.names:
        return
    methods = _xml(archive, _ENCRYPTION, what, limits).all("EncryptionMethod")
    if any(method.attributes.get("Algorithm") not in _FONT_ALGORITHMS for method in methods):
        raise BadMedia(f"{what} is protected against copying.", "Add a copy without protection.")


def _manifest(book: _Book) -> dict[str, Element]:
    return {item.attributes.get("id", ""): item for item in book.package.all("item")}


def _chapters(book: _Book) -> list[str]:
    """Names of the entries that hold the chapters, in reading order, each once."""
    manifest = _manifest(book)
    names: dict[str, None] = {}
    for reference in book.package.all("itemref"):
        item = manifest.get(reference.attributes.get("idref", ""))
        if item is not None and item.attributes.get("media-type", "") in _PAGES:
            names[_resolved(book.folder, item.attributes.get("href", ""))] = None
    if not names:
        raise NoContent(f"{book.source.name} names no chapters.")
    return list(names)


def _resolved(folder: str, address: str) -> str:
    """The entry that an address within the book means."""
    return posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0])))


def _chapter_parts(book: _Book, name: str, number: int) -> Iterator[DecodedPart]:
    spec = book.source.spec
    try:
        most = spec.limits.max_text_bytes
        data = book.archive.read(name, most, "max_text_bytes") if name in book.archive.names else None
    except (BadMedia, TooLarge) as error:
        book.notes.append(f"{error.message} It was left out.")
        return
    if data is None:
        book.notes.append(f"Chapter {number} ({name}) is missing.")
        return
    page = HtmlText()
    yield from text_parts(page.plain(decoded([data], _chapter_report(book, data))), spec, chapter=number)
    for figure in page.figures:
        yield from _plate_parts(book, _resolved(posixpath.dirname(name), figure.address), figure, number)


def _chapter_report(book: _Book, data: bytes) -> Report:
    try:
        data.decode("utf-8")
        book.report.encoding, book.report.doubtful = "utf-8", False
    except UnicodeDecodeError as error:
        sample = data[max(error.start - 8192, 0) : error.start + 24_576]
        try:
            book.report.encoding = detect(sample, declared_in(data[:2048]))
        except Unsupported:
            book.report.encoding = "utf-8"
        book.report.doubtful = True
    return book.report


def _cover_parts(book: _Book) -> Iterator[DecodedPart]:
    """The cover, if the package names one; it comes before the first chapter and counts to it."""
    manifest = _manifest(book)
    covers = [item for item in manifest.values() if "cover-image" in item.attributes.get("properties", "").split()]
    covers += [
        manifest[meta.attributes["content"]]
        for meta in book.package.all("meta")
        if meta.attributes.get("name") == "cover" and meta.attributes.get("content") in manifest
    ]
    if covers:
        address = covers[0].attributes.get("href", "")
        yield from _plate_parts(book, _resolved(book.folder, address), Figure(address, ""), 1)


def _plate_parts(book: _Book, name: str, figure: Figure, chapter: int) -> Iterator[DecodedPart]:
    """A picture of the book as a part, the first time it is shown; pictures from outside the book are never fetched."""
    spec, what = book.source.spec, f"{name} in {book.source.name}"
    if name in book.shown or name not in book.archive.names:
        return
    book.shown.add(name)
    try:
        data = book.archive.read(name, spec.limits.max_member_bytes)
        picture = read_picture(BytesIO(data), sniff(data[:8192]).mime, what, spec)
    except (BadMedia, TooLarge, Unsupported) as error:
        book.notes.append(f"{error.message} It was left out.")
        return
    if min(picture.width, picture.height) >= _LEAST_PLATE:
        fields = clean_fields({"description": figure.words}, spec.limits)
        yield picture_part(picture.image, Place(chapter=chapter), spec, fields=fields)
