import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput, NoContent, TooLarge, Unsupported
from tests.media.conftest import SPEC, decoded

PROSE = "The red boat lies at the quay. A lamp is lit in the harbour, and nobody knows by whom.\n\n"


def test_a_plain_text_is_one_passage_with_its_place(read):
    outcome = read("  A red boat.\n", "a.txt")
    (part,) = outcome.parts
    assert (part.text, part.place.chars) == ("A red boat.", (2, 13))
    assert (outcome.record.kind, outcome.record.notes) == ("text/plain", ())


def test_the_places_of_passages_are_exact_in_the_whole_text(read):
    text = PROSE.replace("\n\n", "\r\n\r\n") * 60
    parts = read(text.encode(), "a.txt").parts
    plain = text.replace("\r\n", "\n")
    assert len(parts) > 3
    assert all(plain[slice(*part.place.chars)] == part.text for part in parts)


def test_a_text_longer_than_a_block_has_exact_places_too(read, monkeypatch):
    monkeypatch.setattr("pinakes.media.text.BLOCK_BYTES", 1000)
    text = "Der rote Kahn liegt am Kai. 一瓶红酒。 Ein Licht brennt über dem Wasser.\n\n" * 200
    parts = read(text, "a.txt").parts
    assert all(text[slice(*part.place.chars)] == part.text for part in parts)
    assert "".join(part.text for part in parts).count("一瓶红酒") == 200


def test_a_doubt_far_into_a_text_is_found(read, monkeypatch):
    monkeypatch.setattr("pinakes.media.text.BLOCK_BYTES", 1000)
    text = PROSE * 800 + "Ça va très bien, merci à vous. Où êtes-vous né?"
    outcome = read(text.encode("cp1252"), "a.txt")
    assert outcome.text.endswith("Ça va très bien, merci à vous. Où êtes-vous né?")
    assert outcome.record.notes == ("Read as cp1252.",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
def test_wide_and_marked_encodings_are_read(read, encoding):
    assert read("A red boat, 一瓶红酒.\n".encode(encoding) * 1, "a.txt").text == "A red boat, 一瓶红酒."


@pytest.mark.reliability
def test_a_text_with_a_nul_is_read_and_tells_of_it(read):
    """A12."""
    outcome = read(PROSE.encode() * 3 + b"a\x00b", "a.txt")
    assert outcome.text.endswith("a\ufffdb")
    assert any("NUL" in note for note in outcome.record.notes)


@pytest.mark.reliability
@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 20, b"\x00" * 500, os.urandom(2000), b"text " * 20 + bytes(range(32)) * 9]
)
def test_binary_rubbish_is_refused(read, data):
    """A12."""
    with pytest.raises((Unsupported, BadInput)) as caught:
        read(data, "a.txt")
    assert caught.value.code in ("unsupported", "bad-media")


def test_a_text_that_turns_into_rubbish_is_refused(read, monkeypatch):
    monkeypatch.setattr("pinakes.media.text.BLOCK_BYTES", 1000)
    with pytest.raises(Unsupported):
        read(PROSE.encode() * 800 + bytes(range(256)) * 300, "a.txt")


@pytest.mark.reliability
def test_white_space_alone_is_no_content(read):
    """A15."""
    for data in (b" \n\t\n ", b"\xef\xbb\xbf", "\u3000\n".encode()):
        with pytest.raises(NoContent):
            read(data, "a.txt")


@pytest.mark.parametrize(("size", "refused"), [(99, False), (100, False), (101, True)])
def test_the_limit_of_a_text_is_the_last_size_taken(read, size, refused):
    if refused:
        with pytest.raises(TooLarge, match="101 bytes"):
            read(b"x" * size, "a.txt", max_text_bytes=100)
    else:
        assert read(b"x" * size, "a.txt", max_text_bytes=100).text == "x" * size


@pytest.mark.reliability
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from Linux")
def test_a_long_text_in_one_line_needs_little_memory(tmp_path):
    """A12: 200 MB are refused by their size; the largest that is read stays far below 300 MB."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        for _ in range(24):
            file.write("A red boat 船 lies at the quay and waits. ".encode()[:41].ljust(1024, b"x") * 1024)
    code = (
        "import sys, resource\nfrom pathlib import Path\nfrom pinakes.media.base import DecodeSpec\n"
        "from pinakes.media.decode import decode\nfrom pinakes.limits import Limits\n"
        "import pinakes.media.clean\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "n = sum(1 for _ in decode(Path(sys.argv[1]), DecodeSpec(limits=Limits(max_parts=100_000))))\n"
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    parts, growth = map(int, out.split())
    assert parts > 15_000
    assert growth < 24 * 1024


def test_more_parts_than_the_limit_are_left_out_with_a_note(read):
    outcome = read(PROSE * 200, "a.txt", max_parts=3)
    assert len(outcome.parts) == 3
    assert outcome.record.notes == ("Only the first 3 parts were read; max_parts is the limit.",)


def test_html_gives_words_title_language_and_metadata(read):
    page = (
        "<!DOCTYPE html><html lang='en-GB'><head><meta charset=utf-8><title> Boats &amp;\n lamps </title>"
        "<meta name='author' content='Ida Bell'><meta name=keywords content='boat, lamp'>"
        "<meta property='og:description' content='About boats'><meta name=viewport content='width=1'>"
        "<style>p {color: red}</style><script>alert('x')</script></head><body><p>A red&nbsp;boat.</p></body></html>"
    )
    outcome = read(page, "a.html")
    assert outcome.text == "A red\xa0boat."
    assert outcome.record.kind == "text/html"
    assert outcome.record.metadata == {
        "title": ("Boats & lamps",),
        "language": ("en-gb",),
        "creator": ("Ida Bell",),
        "subjects": ("boat", "lamp"),
        "description": ("About boats",),
    }


def test_html_in_an_old_encoding_is_read_by_its_own_word(read):
    page = "<html><head><meta http-equiv=Content-Type content='text/html; charset=windows-1251'></head><p>Привет</p>"
    assert read(page.encode("cp1251"), "a.html").text == "Привет"


def test_other_xml_is_read_as_its_text(read):
    outcome = read(b"<?xml version='1.0'?><tei><head>Boats</head><p>A red boat.</p></tei>", "a.xml")
    assert "A red boat." in outcome.text
    assert "<" not in outcome.text


@pytest.mark.reliability
def test_entities_of_xml_are_never_expanded(read):
    """A7."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "boom">{levels}<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&a9;&f;</x>'
    try:
        outcome = read(bomb, "a.xml")
    except BadInput:
        return
    assert "boomboom" not in outcome.text
    assert "root:" not in outcome.text
    assert len(outcome.text) < 2 * len(bomb)


@pytest.mark.reliability
@pytest.mark.parametrize("name", ["drawing.svg", "photo.png"])
def test_svg_is_never_decoded(read, name):
    """A7."""
    with pytest.raises(Unsupported, match="svg"):
        read(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><text>boat</text></svg>", name)


def test_markdown_gives_words_and_the_head_gives_metadata(read):
    head = "---\ntitle: The Quay\nauthor: [Ida Bell, Tom Reed]\ntags:\n  - boat\n  - lamp\n---\n"
    outcome = read(head + "\n# Boats\n\nA **red** [boat](b.md).\n", "a.md")
    assert outcome.text == "Boats\n\nA red boat."
    assert outcome.record.kind == "text/markdown"
    assert outcome.record.metadata == {
        "title": ("The Quay",),
        "creator": ("Ida Bell", "Tom Reed"),
        "labels": ("boat", "lamp"),
    }


def test_the_first_heading_is_the_title_of_markdown_without_one(read):
    assert read("# Boats *and* lamps\n\n- one\n- two\n", "a.md").record.metadata == {"title": ("Boats and lamps",)}


def test_mojibake_is_repaired_by_the_cleaning_step_alone(read):
    from dataclasses import replace

    broken = "The cafÃ© is closed, the naÃ¯ve visitor sees."
    assert read(broken, "a.txt").text == broken
    (part,) = read(broken, "a.txt", replace(SPEC, cleaning=("mojibake",))).parts
    assert part.text == "The café is closed, the naïve visitor sees."
    assert part.cleaning[0].applied
    assert part.place.chars == (0, len(broken))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    try:
        outcome = decoded(path)
    except BadInput:
        return
    outcome.text.encode("utf-8")
    assert "\x00" not in outcome.text


def test_reading_a_text_loads_nothing_of_pictures_or_sound(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(PROSE)
    code = (
        "import sys\nfrom pathlib import Path\nfrom pinakes.media.base import DecodeSpec\n"
        "from pinakes.media.decode import decode\nlist(decode(Path(sys.argv[1]), DecodeSpec()))\n"
        "print(sorted(set(sys.modules) & {'PIL', 'av', 'soundfile', 'soxr', 'pypdfium2', 'charset_normalizer', 'ftfy', "
        "'html.parser', 'xml.parsers.expat', 'simplejpeg'}))"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
