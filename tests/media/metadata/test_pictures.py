import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pinakes.limits import Limits
from pinakes.media.metadata.xmp import of_xmp
from tests.media import makers


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_the_camera_wrote_is_read(read, format):
    fields = read(makers.encoded(makers.photo(), format, exif=makers.exif_block()), "a").record.metadata
    whole = {
        "description": ("A red boat at the quay",),
        "creator": ("Ida Bell",),
        "rights": ("(c) 2019 Ida Bell",),
        "camera": ("Akme Seeker 3",),
        "date": ("2019-07-14T10:11:12",),
        "gps": ("-33.859972, 151.211111",),
    }
    # Pillow writes the first block alone into a TIFF.
    assert fields == {name: whole[name] for name in whole if format != "TIFF" or name not in ("date", "gps")}


def test_the_texts_of_windows_and_comments_are_read(read):
    exif = Image.Exif()
    exif[0x9C9B] = "Das Boot\0".encode("utf-16-le")
    exif[0x9C9E] = "boat;lamp\0".encode("utf-16-le")
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "am Kai".encode("utf-16")
    fields = read(makers.jpeg(exif=exif), "a").record.metadata
    assert fields == {"title": ("Das Boot",), "subjects": ("boat", "lamp"), "description": ("am Kai",)}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp_is_read(read, format):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", makers.xmp_packet().decode())
    options = {"TIFF": {"tiffinfo": {700: makers.xmp_packet()}}, "PNG": {"pnginfo": info}}
    data = makers.encoded(makers.photo(), format, **options.get(format, {"xmp": makers.xmp_packet()}))
    assert read(data, "a").record.metadata == {
        "title": ("The Quay",),
        "creator": ("Ida Bell", "Tom Reed"),
        "subjects": ("boat", "harbour"),
        "rating": ("4",),
        "software": ("Darkroom 1",),
    }


def test_iptc_is_read_in_utf8_and_in_the_old_code(read):
    segment = makers.iptc_segment(
        {5: [b"The Quay"], 25: [b"boat", "lampe à huile".encode()], 80: ["Zoé".encode("cp1252")]}
    )
    fields = read(makers.jpeg_segment(makers.jpeg(), 0xED, segment), "a.jpg").record.metadata
    assert fields == {"title": ("The Quay",), "subjects": ("boat", "lampe à huile"), "creator": ("Zoé",)}


def test_the_blocks_of_one_picture_are_put_together_without_doubles(read):
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Ida Bell", "(c) Ida"
    data = makers.jpeg(exif=exif, xmp=makers.xmp_packet())
    fields = read(
        makers.jpeg_segment(data, 0xED, makers.iptc_segment({120: [b"At the quay"]})), "a.jpg"
    ).record.metadata
    assert fields["creator"] == ("Ida Bell", "Tom Reed")
    assert fields["rights"] == ("(c) Ida",)
    assert fields["description"] == ("At the quay",)


def test_the_texts_of_a_png_are_read(read):
    info = PngInfo()
    info.add_text("Title", "The Quay")
    info.add_text("Author", "Ida Bell", zip=True)
    info.add_itxt("Description", "一条红船", "zh", "说明")
    info.add_text("Creation Time", "14 July 2019")
    fields = read(makers.png(pnginfo=info), "a").record.metadata
    assert fields == {
        "title": ("The Quay",),
        "creator": ("Ida Bell",),
        "description": ("一条红船",),
        "date": ("2019-07-14",),
    }


@pytest.mark.reliability
@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>',
        b"<x><unclosed></x>",
        b"\xff\xfe\xff rubbish",
        b"<x>" * 1000,
    ],
)
def test_xmp_that_declares_or_breaks_anything_is_ignored_with_a_note(packet):
    """A7, A8."""
    fields, note = of_xmp(packet, Limits())
    assert fields == {}
    assert note.endswith("It was ignored.")


@pytest.mark.reliability
def test_xmp_beyond_the_limit_is_ignored_with_a_note():
    """A8."""
    packet = makers.xmp_packet()
    fields, note = of_xmp(packet, Limits(max_metadata_bytes=len(packet) - 1))
    assert (fields, "the limit is" in note) == ({}, True)
    assert of_xmp(packet, Limits(max_metadata_bytes=len(packet)))[0]


@pytest.mark.reliability
def test_exif_beyond_the_limit_is_ignored_with_a_note(read):
    """A8."""
    exif = makers.exif_block()
    exif[0x010E] = "x" * 30_000
    outcome = read(makers.jpeg(exif=exif), "a.jpg", max_metadata_bytes=20_000)
    assert outcome.record.metadata == {}
    assert "EXIF" in outcome.record.notes[0]


@pytest.mark.parametrize(
    "rubbish", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + bytes(40), b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"]
)
def test_a_damaged_block_costs_only_itself(read, rubbish):
    outcome = read(makers.jpeg_segment(makers.jpeg(), 0xE1, rubbish), "a.jpg")
    assert outcome.of("image")
    assert outcome.record.metadata == {}
