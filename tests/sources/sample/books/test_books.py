"""PDF and EPUB: other programs read them, page for page."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from datetime import date

import pypdfium2
import pytest
from PIL import Image

from pinakes.sources.sample.books.epub import Chapter, epub
from pinakes.sources.sample.books.pdf import About, Plate, pdf, text_pages, width_of, wrapped
from pinakes.sources.sample.prose.text import Text
from pinakes.sources.sample.work import Work

ABOUT = About("The Sea – 海", "Gu Tinglan 顾听澜", "About (the) sea \\ shore", "sea; boat", date(1912, 5, 3))
LONG = Text(
    "The Sea", "Somebody", tuple(f"Paragraph {k}. “The sea” goes on (and on) turning its pages." * 4 for k in range(24))
)


def jpeg(width: int = 60, height: int = 40) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 60, 40)).save(out, "JPEG")
    return out.getvalue()


def document() -> bytes:
    """Two chapters with their plates."""
    plate = Plate(jpeg(), 60, 40, "A red boat at sea.")
    return pdf([(LONG, plate), (Text("Second", "Somebody", ("Short.\nA verse.",)), plate)], ABOUT)


def test_a_pdf_has_its_pages_text_and_pictures() -> None:
    opened = pypdfium2.PdfDocument(document())
    texts = [page.get_textpage().get_text_range() for page in opened]
    assert len(texts) >= 6
    assert "The Sea" in texts[0]
    assert "A red boat at sea." in texts[1]
    whole = " ".join(" ".join(texts).split())
    assert all(f"Paragraph {k}. “The sea” goes on (and on)" in whole for k in range(24))
    kinds = [thing.type for thing in opened[1].get_objects()]
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds
    opened.close()


def test_a_pdf_tells_what_it_is() -> None:
    opened = pypdfium2.PdfDocument(document())
    told = opened.get_metadata_dict()
    opened.close()
    assert told["Title"] == ABOUT.title
    assert told["Author"] == ABOUT.creator
    assert told["Subject"] == ABOUT.subject
    assert told["CreationDate"].startswith("D:19120503")


def test_a_page_of_a_pdf_shows_its_plate() -> None:
    opened = pypdfium2.PdfDocument(document())
    picture = opened[1].render(scale=0.5).to_pil().convert("RGB")
    opened.close()
    red, green, blue = picture.getpixel((picture.width // 2, picture.height // 4))  # type: ignore[misc]
    assert red > 150
    assert max(green, blue) < 110


def test_no_line_is_wider_than_the_measure() -> None:
    for line, _ in wrapped(" ".join(LONG.paragraphs), 300.0):
        assert width_of(line) <= 300.0


def test_a_stanza_is_not_torn_apart() -> None:
    verse = "one\ntwo\nthree\nfour"
    pages = text_pages(Text("T", "", (*LONG.paragraphs[:5], *([verse] * 9))), 1)
    for page in pages:
        assert page.count(b"(one)") == page.count(b"(four)")


def test_an_epub_is_well_formed_and_complete() -> None:
    work = Work(
        "books/a.epub",
        "A & B",
        "text",
        ("boat", "sea"),
        {"en": "A <boat>.", "zh": "小船。"},
        creator="顾听澜",
        day=date(1912, 5, 3),
        language="zh",
    )
    data = epub([Chapter(Text("One & two", "x", ("First.", "Second,\nline.")), jpeg(), "A boat & sea.")] * 2, work)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = book.namelist()
        assert names[0] == "mimetype"
        assert book.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        for name in names:
            if name.endswith((".xhtml", ".opf", ".xml")):
                ElementTree.fromstring(book.read(name))
        package = ElementTree.fromstring(book.read("EPUB/package.opf"))
        dc = "{http://purl.org/dc/elements/1.1/}"
        assert package.findtext(f".//{dc}title") == "A & B"
        assert package.findtext(f".//{dc}creator") == "顾听澜"
        listed = {item.attrib["href"] for item in package.iter("{http://www.idpf.org/2007/opf}item")}
        assert {f"EPUB/{href}" for href in listed} <= set(names)


@pytest.mark.parametrize(
    "make",
    [document, lambda: epub([Chapter(LONG, jpeg(), "x")], Work("a.epub", "T", "text", (), {"en": "", "zh": ""}))],
)
def test_the_same_book_is_the_same_bytes(make: object) -> None:
    assert callable(make)
    assert make() == make()
