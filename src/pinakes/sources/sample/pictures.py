"""Plates as files: JPEG with EXIF and XMP, PNG with text chunks, WebP with EXIF and XMP."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pinakes.sources.sample.creators import RIGHTS
from pinakes.sources.sample.work import Work

_DESCRIPTION, _ARTIST, _COPYRIGHT, _ORIENTATION = 0x010E, 0x013B, 0x8298, 0x0112
_PHOTO, _MADE = 0x8769, 0x9003
_XP_TITLE, _XP_KEYWORDS = 0x9C9B, 0x9C9E


def exif_of(work: Work) -> Image.Exif:
    """The metadata that EXIF has room for."""
    exif = Image.Exif()
    exif[_DESCRIPTION] = work.captions["en"]
    exif[_ARTIST] = work.creator
    exif[_COPYRIGHT] = RIGHTS
    if work.day is not None:
        exif.get_ifd(_PHOTO)[_MADE] = f"{work.day:%Y:%m:%d} 12:00:00"
    exif[_XP_TITLE] = (work.title + "\0").encode("utf-16-le")
    exif[_XP_KEYWORDS] = (";".join(work.labels) + "\0").encode("utf-16-le")
    return exif


def xmp_of(work: Work) -> bytes:
    """The metadata as a packet of XMP, its description in each language."""
    spoken = "".join(
        f'<rdf:li xml:lang="{language}">{escape(words)}</rdf:li>' for language, words in work.captions.items()
    )
    labels = "".join(f"<rdf:li>{escape(label)}</rdf:li>" for label in work.labels)
    made = f"<dc:date><rdf:Seq><rdf:li>{work.day.isoformat()}</rdf:li></rdf:Seq></dc:date>" if work.day else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(work.title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{escape(work.creator)}</rdf:li></rdf:Seq></dc:creator>{made}"
        f"<dc:description><rdf:Alt>{spoken}</rdf:Alt></dc:description>"
        f"<dc:subject><rdf:Bag>{labels}</rdf:Bag></dc:subject>"
        f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{escape(RIGHTS)}</rdf:li></rdf:Alt></dc:rights>'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def png_text_of(work: Work) -> PngInfo:
    """The metadata as text chunks."""
    chunks = PngInfo()
    chunks.add_itxt("Title", work.title)
    chunks.add_itxt("Author", work.creator)
    chunks.add_itxt("Description", work.description)
    chunks.add_itxt("Keywords", ", ".join(work.labels))
    chunks.add_itxt("Copyright", RIGHTS)
    if work.day is not None:
        chunks.add_itxt("Creation Time", work.day.isoformat())
    return chunks


def encoded(
    image: Image.Image, kind: str, work: Work | None = None, *, quality: int = 86, turned: bool = False
) -> bytes:
    """The bytes of a picture; with a work, its metadata are embedded; `turned` only says so in EXIF."""
    out = BytesIO()
    exif = exif_of(work) if work is not None else Image.Exif()
    if turned:
        exif[_ORIENTATION] = 6
    if kind == "png":
        image.save(out, "PNG", compress_level=4, pnginfo=png_text_of(work) if work is not None else None)
    elif kind == "webp":
        image.save(out, "WEBP", quality=quality, method=1, exif=exif, xmp=xmp_of(work) if work is not None else b"")
    else:
        image.save(out, "JPEG", quality=quality, exif=exif, **({"xmp": xmp_of(work)} if work is not None else {}))
    return out.getvalue()
