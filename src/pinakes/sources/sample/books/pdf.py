"""A small PDF writer: pages of justified text in a standard font, plates as JPEG, and the document's information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pinakes.sources.sample.prose.text import Text

WIDTH, HEIGHT, MARGIN = 420, 595, 54
SIZE, LEADING = 11.0, 15.5
# Widths of Times-Roman from the space to the tilde, in thousandths of the size.
_ASCII = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
    "278 278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 "
    "611 722 722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 "
    "500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
)
WIDTHS = {chr(32 + k): int(width) for k, width in enumerate(_ASCII.split())} | {
    "“": 444,
    "”": 444,
    "‘": 333,
    "’": 333,
    "–": 500,
    "—": 1000,
}


@dataclass(frozen=True, slots=True)
class Plate:
    """A JPEG with its size and the words below it."""

    jpeg: bytes
    width: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class About:
    """What the document says of itself."""

    title: str
    creator: str
    subject: str
    keywords: str
    day: date | None


def width_of(words: str, size: float = SIZE) -> float:
    """The width of words in Times-Roman, in points."""
    return sum(WIDTHS.get(letter, 500) for letter in words) * size / 1000


def wrapped(paragraph: str, width: float, size: float = SIZE) -> list[tuple[str, bool]]:
    """Lines no wider than the measure, and whether each is to be spread over the whole of it."""
    lines: list[tuple[str, bool]] = []
    verse = "\n" in paragraph
    for row in paragraph.split("\n"):
        line = ""
        for word in row.split():
            longer = f"{line} {word}" if line else word
            if line and width_of(longer, size) > width:
                lines.append((line, not verse))
                longer = word
            line = longer
        lines.append((line, False))
    return lines


def _escaped(words: str) -> bytes:
    raw = words.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _shown(words: str, x: float, y: float, size: float, font: str, spread: float = 0.0) -> bytes:
    """One line of text at a place."""
    return b"BT /%s %.1f Tf %.3f Tw %.2f %.2f Td (%s) Tj ET\n" % (font.encode(), size, spread, x, y, _escaped(words))


def _page_of(lines: list[tuple[str, bool] | None], number: int, heading: str) -> bytes:
    """A page of text; None stands for the space between paragraphs."""
    measure, y, out = WIDTH - 2 * MARGIN, HEIGHT - MARGIN - SIZE, b""
    if heading:
        out += _shown(heading, MARGIN, y, 15, "F2")
        y -= LEADING * 2
    for line in lines:
        if line is None:
            y -= LEADING * 0.5
            continue
        words, spread = line
        gaps = words.count(" ")
        room = (measure - width_of(words)) / gaps if spread and gaps else 0.0
        out += _shown(words, MARGIN, y, SIZE, "F1", room)
        y -= LEADING
    return out + _shown(str(number), WIDTH / 2 - 3, MARGIN * 0.55, 9, "F1")


def text_pages(text: Text, first: int) -> list[bytes]:
    """The text broken into pages, the first of which is numbered `first`; stanzas are kept whole."""
    pages: list[bytes] = []
    rows = int((HEIGHT - 2 * MARGIN) / LEADING)
    lines: list[tuple[str, bool] | None] = []
    used = 2.0

    def turn_page() -> None:
        nonlocal lines, used
        pages.append(_page_of(lines, first + len(pages), "" if pages else text.title))
        lines, used = [], 0.0

    for paragraph in text.paragraphs:
        broken = wrapped(paragraph, WIDTH - 2 * MARGIN)
        if "\n" in paragraph and used + len(broken) > rows:
            turn_page()
        for line in broken:
            if used + 1 > rows:
                turn_page()
            lines.append(line)
            used += 1
        lines.append(None)
        used += 0.5
    turn_page()
    return pages


def _title_page(text: Text, about: About) -> bytes:
    y, out = HEIGHT * 0.66, b""
    for line, _ in wrapped(about.title, WIDTH - 2.4 * MARGIN, 24):
        out += _shown(line, (WIDTH - width_of(line, 24)) / 2, y, 24, "F1")
        y -= 30
    for words, size in ((about.creator, 13.0), (str(about.day.year) if about.day else "", 11.0)):
        y -= 18
        out += _shown(words, (WIDTH - width_of(words, size)) / 2, y, size, "F2")
    return out + b"0.5 w %.1f %.1f m %.1f %.1f l S\n" % (WIDTH * 0.4, y - 24, WIDTH * 0.6, y - 24)


def _plate_page(plate: Plate, name: str) -> bytes:
    wide = WIDTH - 1.6 * MARGIN
    tall = wide * plate.height / plate.width
    if tall > HEIGHT * 0.68:
        wide, tall = wide * HEIGHT * 0.68 / tall, HEIGHT * 0.68
    y = HEIGHT - MARGIN - tall
    out = b"q %.2f 0 0 %.2f %.2f %.2f cm /%s Do Q\n" % (wide, tall, (WIDTH - wide) / 2, y, name.encode())
    for k, (line, _) in enumerate(wrapped(plate.words, WIDTH - 2 * MARGIN, 10)):
        out += _shown(line, (WIDTH - width_of(line, 10)) / 2, y - 24 - 14 * k, 10, "F2")
    return out


def _string(words: str) -> bytes:
    """A text string of the information, in Unicode."""
    return b"<FEFF" + words.encode("utf-16-be").hex().upper().encode() + b">"


def pdf(chapters: Sequence[tuple[Text, Plate]], about: About) -> bytes:
    """A whole document: a title page, then for each chapter its plate and its text."""
    pages: list[tuple[bytes, str]] = [(_title_page(chapters[0][0], about), "")]
    images: list[Plate] = []
    for text, plate in chapters:
        images.append(plate)
        pages.append((_plate_page(plate, f"P{len(images)}"), f"P{len(images)}"))
        pages += [(page, "") for page in text_pages(text, len(pages) + 1)]
    return _assembled(pages, images, about)


def _assembled(pages: list[tuple[bytes, str]], images: list[Plate], about: About) -> bytes:
    """Objects, cross references and trailer.

    Object 1 is the catalogue, 2 the list of pages, 3 and 4 the fonts, 5 the information; then come plates and pages.
    """
    first_image, first_page = 6, 6 + len(images)
    kids = b" ".join(b"%d 0 R" % (first_page + 2 * k) for k in range(len(pages)))
    made = b" /CreationDate (D:%s120000Z)" % f"{about.day:%Y%m%d}".encode() if about.day else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Italic /Encoding /WinAnsiEncoding >>",
        b"<< /Title %s /Author %s /Subject %s /Keywords %s /Producer (Pinakes)%s >>"
        % (_string(about.title), _string(about.creator), _string(about.subject), _string(about.keywords), made),
    ]
    for plate in images:
        head = (
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
            b"/Filter /DCTDecode /Length %d >>\nstream\n"
        )
        objects.append(head % (plate.width, plate.height, len(plate.jpeg)) + plate.jpeg + b"\nendstream")
    for k, (content, image) in enumerate(pages):
        shown = b" /XObject << /%s %d 0 R >>" % (image.encode(), first_image + int(image[1:]) - 1) if image else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >>%s >> /Contents %d 0 R >>"
            % (WIDTH, HEIGHT, shown, first_page + 2 * k + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content))
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for k, body in enumerate(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (k + 1, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    )
    return out + tail % (len(objects) + 1, table, len(objects) + 1, len(out))
