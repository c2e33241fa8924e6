import zlib

import numpy as np
import pytest

from pinakes.errors import BadInput, BadMedia, NoContent, TooLarge
from pinakes.media.base import DecodeSpec, ImageWant
from tests.media import makers
from tests.media.conftest import SPEC


def test_each_page_gives_its_text_and_its_picture(read):
    outcome = read(makers.pdf(("A red boat (at the quay).", "A lamp\nis lit.")), "a.pdf")
    assert [(part.modality, part.place.page) for part in outcome.parts] == [
        ("text", 1),
        ("image", 1),
        ("text", 2),
        ("image", 2),
    ]
    assert outcome.text == "A red boat (at the quay).\nA lamp\nis lit."
    assert outcome.of("text")[0].place.chars == (0, 25)
    assert outcome.record.facts == {"pages": 2.0}
    assert outcome.record.preview == outcome.of("image")[0].preview


def test_a_long_page_becomes_passages_with_exact_places(read):
    lines = [f"Line {n} of the page tells of a boat and a lamp." for n in range(50)]
    text = "\n".join(lines)
    parts = read(makers.pdf((text,)), "a.pdf", DecodeSpec(passage_chars=300)).of("text")
    assert len(parts) > 5
    assert all(text[slice(*part.place.chars)] == part.text for part in parts)


def test_the_picture_shows_the_page_upright_on_white(read):
    outcome = read(makers.pdf(("x " * 60,)), "a.pdf", DecodeSpec(images=(ImageWant(120, 170, fit="squash"),)))
    pixels = outcome.image
    assert pixels.shape == (170, 120, 3)
    # The line stands near the top; the rest is paper.
    assert pixels[5:15].min() < 200
    assert (pixels[30:] == 255).all()


def test_colours_of_a_page_are_red_green_and_blue_in_that_order(read):
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
        makers.pdf_stream(b"1 0.5 0 rg 0 0 100 100 re f"),
    ]
    outcome = read(makers.pdf_of(objects), "a.pdf")
    assert np.abs(outcome.image[32, 32].astype(int) - (255, 128, 0)).max() <= 2


def test_a_page_without_text_is_a_blank_picture_alone(read):
    (part,) = read(makers.pdf(("",)), "a.pdf").parts
    assert (part.modality, "blank" in part.flags) == ("image", True)


def test_the_information_dictionary_is_read_into_the_vocabulary(read):
    info = {
        "Title": "The Quay",
        "Author": "Ida Bell",
        "Subject": "Boats (and lamps)",
        "Keywords": "boat, lamp",
        "Creator": "Writer 1",
        "Producer": "Maker 2",
        "CreationDate": "D:20190714101112+02'00'",
    }
    assert read(makers.pdf(info=info), "a.pdf").record.metadata == {
        "title": ("The Quay",),
        "creator": ("Ida Bell",),
        "description": ("Boats (and lamps)",),
        "subjects": ("boat", "lamp"),
        "software": ("Writer 1",),
        "producer": ("Maker 2",),
        "date": ("2019-07-14T10:11:12+02:00",),
    }


def test_what_is_printed_as_a_pages_number_goes_with_its_parts(read):
    outcome = read(makers.pdf(("one", "two"), roman=True), "a.pdf")
    assert outcome.of("text")[1].fields == outcome.of("image")[1].fields == {"page_label": ("ii",)}
    assert read(makers.pdf(("one",)), "a.pdf").of("text")[0].fields == {}


@pytest.mark.reliability
def test_a_locked_pdf_is_told_apart_from_a_damaged_one(read):
    """A9."""
    with pytest.raises(BadMedia, match="password"):
        read(makers.locked_pdf(), "a.pdf")
    assert read(makers.locked_pdf(b""), "a.pdf").of("image")


@pytest.mark.reliability
@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"rubbish " * 100, makers.pdf()[:300]])
def test_a_broken_pdf_is_refused(read, data):
    """A9."""
    with pytest.raises(BadMedia):
        read(data, "a.pdf")


@pytest.mark.reliability
@pytest.mark.parametrize("pages", [b"/Pages 2 0 R", b"/Pages 9 0 R", b""])
def test_a_pdf_without_pages_has_no_content(read, pages):
    """A9; whatever was refused before it."""
    with pytest.raises(BadMedia, match="password"):
        read(makers.locked_pdf(), "locked.pdf")
    empty = makers.pdf_of([b"<< /Type /Catalog %s >>" % pages, b"<< /Type /Pages /Kids [] /Count 0 >>"])
    with pytest.raises(NoContent, match="has no pages"):
        read(empty, "a.pdf")


@pytest.mark.reliability
@pytest.mark.parametrize(("pages", "refused"), [(2, False), (3, False), (4, True)])
def test_the_limit_of_pages_is_the_last_number_taken(read, pages, refused):
    """A9."""
    if refused:
        with pytest.raises(TooLarge, match="4 pages; the limit is 3"):
            read(makers.pdf(["x"] * pages), "a.pdf", max_pages=3)
    else:
        assert len(read(makers.pdf(["x"] * pages), "a.pdf", max_pages=3).of("image")) == pages


@pytest.mark.reliability
def test_a_million_pages_that_are_one_are_refused_or_told(read):
    """A9: a tree of pages that says it holds a million."""
    data = makers.pdf(("x",)).replace(b"/Count 1", b"/Count 1000000")
    with pytest.raises(BadInput):
        read(data, "a.pdf")


@pytest.mark.reliability
@pytest.mark.parametrize(
    "loop",
    [
        (b"/Kids [5 0 R]", b"/Kids [2 0 R]"),
        (b"startxref\n", b"startxref\n1"),
        (b"/Root 1 0 R", b"/Root 1 0 R /Prev 10"),
    ],
)
def test_a_pdf_that_bites_its_tail_is_read_or_refused(read, loop):
    """A9: cycles of the pages and of the tables."""
    data = makers.pdf(("x",))
    assert loop[0] in data
    try:
        read(data.replace(*loop), "a.pdf")
    except BadInput as error:
        assert error.code in ("bad-media", "no-content")


@pytest.mark.reliability
def test_a_table_that_names_itself_as_the_one_before_ends(read):
    """A9: the /Prev cycle proper."""
    data = makers.pdf(("x",))
    place = data.index(b"xref\n0")
    try:
        read(data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % place), "a.pdf")
    except BadInput as error:
        assert error.code == "bad-media"


@pytest.mark.reliability
def test_a_stream_packed_many_times_is_read_or_refused(read):
    """A9: nested FlateDecode; the memory and time of the real bomb are the child process's matter."""
    content = b"0 0 m " * 200_000
    for _ in range(3):
        content = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
        makers.pdf_stream(content, b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"),
    ]
    try:
        assert read(makers.pdf_of(objects), "a.pdf").of("image")
    except BadInput as error:
        assert error.code == "bad-media"


@pytest.mark.reliability
@pytest.mark.parametrize(
    "box", [b"[0 0 1000000 1]", b"[0 0 0.001 0.001]", b"[0 0 14400 14400]", b"[0 0 0 0]", b"[0 0 1e30 1e30]"]
)
def test_pages_of_absurd_sizes_are_drawn_small_or_left_out(read, box):
    """A9."""
    data = makers.pdf(("a text on the page", "another")).replace(b"[0 0 595 842]", box, 1)
    outcome = read(data, "a.pdf", SPEC)
    assert outcome.of("image")
    assert all(array.shape == (64, 64, 3) for part in outcome.of("image") for array in part.arrays.values())
