import random

import pytest

from pinakes.media.sniff import HEAD_BYTES, kind_of, misleading, sniff, sniff_file
from tests.media import makers

KINDS = {
    "plain.txt": ("text/plain", "text"),
    "notes.md": ("text/markdown", "text"),
    "page.html": ("text/html", "text"),
    "photo.jpg": ("image/jpeg", "image"),
    "drawing.png": ("image/png", "image"),
    "picture.webp": ("image/webp", "image"),
    "picture.gif": ("image/gif", "image"),
    "scan.tiff": ("image/tiff", "image"),
    "picture.bmp": ("image/bmp", "image"),
    "sound.wav": ("audio/wav", "audio"),
    "sound.flac": ("audio/flac", "audio"),
    "sound.ogg": ("audio/ogg", "audio"),
    "sound.mp3": ("audio/mpeg", "audio"),
    "sound.m4a": ("audio/mp4", "audio"),
    "sound.aac": ("audio/aac", "audio"),
    "film.mp4": ("video/mp4", "film"),
    "film.mov": ("video/quicktime", "film"),
    "film.mkv": ("video/x-matroska", "film"),
    "film.webm": ("video/webm", "film"),
    "film.avi": ("video/x-msvideo", "film"),
    "paper.pdf": ("application/pdf", "pdf"),
    "book.epub": ("application/epub+zip", "ebook"),
}


def head_kind(data):
    kind = sniff(data[:HEAD_BYTES])
    return kind.mime, kind.medium


def file_kind(data, tmp_path):
    path = tmp_path / "anything"
    path.write_bytes(data)
    with path.open("rb") as file:
        kind = sniff_file(file)
        assert file.tell() == 0
    return kind.mime, kind.medium


def test_every_format_is_known_by_its_content(formats, tmp_path):
    assert {name: file_kind(data, tmp_path) for name, data in formats.items()} == KINDS


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- drawn --><svg:svg xmlns:svg='x'/>", "image/svg+xml"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "image/svg+xml"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "application/vnd.apple.mpegurl"),
        (b"ffconcat version 1.0\nfile 'a.mp4'\n", "text/x-ffconcat"),
        (b"\x7fELF" + bytes(60), "application/x-elf"),
        (b"SQLite format 3\x00" + bytes(60), "application/vnd.sqlite3"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(60), "image/heic"),
        (b"\x00\x00\x00\x20ftypavif" + bytes(60), "image/avif"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora" + bytes(60), "video/ogg"),
        (bytes(range(256)) * 4, "application/octet-stream"),
    ],
)
def test_what_is_not_read_is_named_and_unsupported(data, mime):
    assert head_kind(data) == (mime, "unsupported")


@pytest.mark.parametrize(
    "text",
    [
        "The free lunch was skipped.",
        "abcdftyp is an atom",
        "BMW and GIF87 are letters",
        "ID3 tags are explained here",
        "A text that mentions %PDF-1.7 early on is still a text.",
        "BZh is not a word, but it is no archive either",
        "MZ",
        "<3 is a heart",
        "GIF8",
        "\N{HEBREW LETTER ALEF} \N{CJK UNIFIED IDEOGRAPH-7EA2}",
    ],
)
def test_texts_that_begin_like_other_files_stay_texts(text):
    assert head_kind(text.encode()) == ("text/plain", "text")


def test_a_polyglot_is_what_its_first_bytes_say():
    script = b"GIF89a/*" + makers.animation("GIF", 2)[8:] + b"*/=1;alert(1)"
    assert head_kind(script) == ("image/gif", "image")
    assert head_kind(b"<html><body>GIF89a\x89PNG %PDF-1.4</body></html>") == ("text/html", "text")


def test_a_pdf_after_junk_is_a_pdf():
    assert head_kind(b"\x00\x01junk\n" + makers.pdf()) == ("application/pdf", "pdf")


def test_an_mp3_is_known_with_and_without_its_tag():
    data = makers.sound("MP3")
    tag = b"ID3\x04\x00\x00" + bytes((0, 0, 1, 0)) + bytes(128)
    assert head_kind(data) == head_kind(tag + data) == ("audio/mpeg", "audio")


def test_a_flac_behind_an_mp3_tag_is_a_flac(tmp_path):
    tag = b"ID3\x04\x00\x00" + bytes((0, 0, 1, 0)) + bytes(128)
    assert file_kind(tag + makers.sound("FLAC"), tmp_path) == ("audio/flac", "audio")


def test_the_mark_of_utf16_is_not_the_start_of_an_mp3():
    assert head_kind("A text in UTF-16".encode("utf-16")) == ("text/plain", "text")


def test_an_epub_whose_type_does_not_come_first_is_found_by_a_look_inside(tmp_path):
    data = makers.epub(mimetype_first=False)
    assert head_kind(data) == ("application/zip", "archive")
    assert file_kind(data, tmp_path) == ("application/epub+zip", "ebook")


def test_a_zip_of_other_things_is_an_archive_and_an_office_file_is_not(tmp_path):
    assert file_kind(makers.zipped({"a.txt": "a"}), tmp_path) == ("application/zip", "archive")
    office = makers.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"})
    assert file_kind(office, tmp_path)[1] == "unsupported"


def test_html_is_known_behind_marks_comments_and_declarations():
    for start in ("\ufeff", "\n\n  ", "<!-- made by hand -->\n", "<?xml version='1.0'?>\n<!-- x --> "):
        assert head_kind((start + "<!DOCTYPE HTML><title>x</title>").encode()) == ("text/html", "text")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\n---\nwords\n",
        "# One\n\nSee [this](that.html).\n",
        "# One\n\n*By somebody, in a line of its own*\n\nWords.\n",
        "Words\n=====\n\n```\ncode\n```\n",
        "* one\n* two\n\n**bold** words\n",
        "# One\n\nWords alone, as most notes are.\n",
        "\ufeff\n## 港口\r\n\r\n港口很安静。\r\n",
        "# One\n\n## Two\n\nfrom the harbour, let us set sail: it is 5 = 5.\n",
        "# One\n",
    ],
)
def test_markdown_is_known_by_its_marks(text):
    assert head_kind(text.encode()) == ("text/markdown", "text")


@pytest.mark.parametrize(
    "text",
    [
        "# a script\nimport os\n\nprint(os.name)\n",
        "# a script\n\nimport os\n",
        "# a script\n\nfrom os import name\n",
        "# settings\n\n[server]\nport = 80\n",
        "# settings\n\nPORT=80\n",
        "# a program\n\nint main(void)\n{\n",
        "#\n\nwords\n",
        "#hashtag\n\nwords\n",
        "# words\nwithout a line between\n",
        "1, 2, 3\n4, 5, 6\n",
        "---\nno fields here, and no end\n",
        "- a list\n- and no more\n",
        "He said - and meant it - that a*b*c is 2*3*4.",
    ],
)
def test_a_plain_text_is_not_taken_for_markdown(text):
    assert head_kind(text.encode()) == ("text/plain", "text")


def test_a_wrong_suffix_is_told_and_a_right_one_is_not():
    assert "image/png" in misleading("song.MP3", kind_of("image/png"))
    assert "text/html" in misleading("photo.jpg", kind_of("text/html"))
    for name, (mime, _) in KINDS.items():
        assert misleading(name, kind_of(mime)) == ""
    assert misleading("README", kind_of("image/png")) == ""
    assert misleading("notes.txt", kind_of("text/html")) == ""
    assert misleading("archive.2019", kind_of("text/plain")) == ""


@pytest.mark.reliability
def test_no_first_bytes_make_sniffing_fail(formats):
    """A5, for the part of the type."""
    chance = random.Random(5)
    for data in formats.values():
        for _ in range(50):
            head = bytearray(data[:300])
            for _ in range(4):
                head[chance.randrange(len(head))] = chance.randrange(256)
            assert sniff(bytes(head[: chance.randrange(1, 300)])).mime
