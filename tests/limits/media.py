"""Trials of the bounds on single media."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pinakes.limits import Limits
from pinakes.media.base import DecodeSpec
from pinakes.media.metadata.vocabulary import clean_fields
from pinakes.media.metadata.xmp import of_xmp
from pinakes.media.opening import open_regular
from pinakes.media.safexml import parse_xml
from tests.limits.trials import decoded, taken, trial, written
from tests.media import makers


def reads(name: str, bound: float, data: bytes, folder: Path, code: str = "too-large") -> bool:
    """Whether a file is read to its end under a bound, and nothing is said of the bound."""
    spec = DecodeSpec(limits=replace(Limits(), **{name: bound}))
    path = written(folder, data)
    notes: list[str] = []
    return taken(name, lambda: notes.extend(decoded(path, spec)[1].notes), code) and not any(
        name in note for note in notes
    )


def silence(frames: int, rate: int, channels: int = 1) -> bytes:
    return makers.wav_header(rate, channels, 2 * frames * channels) + bytes(2 * frames * channels)


@trial("max_file_bytes")
def file_bytes(more: int, folder: Path) -> bool:
    path = written(folder, b"x" * (100 + more))

    def attempt() -> None:
        with open_regular(path, Limits(max_file_bytes=100)):
            pass

    return taken("max_file_bytes", attempt)


@trial("max_megapixels")
def megapixels(more: int, folder: Path) -> bool:
    width, height = {-1: (999, 1001), 0: (1000, 1000), 1: (101, 9901)}[more]
    assert width * height == 1_000_000 + more
    return reads("max_megapixels", 1, makers.flat_png(width, height), folder)


@trial("max_image_pages")
def image_pages(more: int, folder: Path) -> bool:
    return reads("max_image_pages", 3, makers.tiff_pages(3 + more), folder)


@trial("max_text_bytes")
def text_bytes(more: int, folder: Path) -> bool:
    return reads("max_text_bytes", 100, b"x" * (100 + more), folder)


@trial("max_pages")
def pages(more: int, folder: Path) -> bool:
    return reads("max_pages", 3, makers.pdf(["x"] * (3 + more)), folder)


@trial("max_chapters")
def chapters(more: int, folder: Path) -> bool:
    return reads("max_chapters", 3, makers.epub(["<p>words</p>"] * (3 + more)), folder)


@trial("max_seconds")
def seconds(more: int, folder: Path) -> bool:
    return reads("max_seconds", 2, silence(2 * 8_000 + more, 8_000), folder)


@trial("max_channels")
def channels(more: int, folder: Path) -> bool:
    return reads("max_channels", 3, silence(8_000, 8_000, 3 + more), folder)


@trial("min_sample_rate")
def lowest_rate(more: int, folder: Path) -> bool:
    # The bound is a least: one more than it is one sample a second less.
    return reads("min_sample_rate", 8_000, silence(8_000, 8_000 - more), folder, "bad-media")


@trial("max_sample_rate")
def highest_rate(more: int, folder: Path) -> bool:
    return reads("max_sample_rate", 8_000, silence(8_000, 8_000 + more), folder)


@trial("max_parts")
def parts(more: int, folder: Path) -> bool:
    return reads("max_parts", 3, makers.tiff_pages(3 + more), folder)


@trial("max_metadata_bytes")
def metadata_bytes(more: int, folder: Path) -> bool:
    packet = makers.xmp_packet()
    fields, note = of_xmp(packet + b" " * (10 + more), Limits(max_metadata_bytes=len(packet) + 10))
    assert bool(fields) != bool(note)
    return not note


@trial("max_profile_bytes")
def profile_bytes(more: int, folder: Path) -> bool:
    profile = makers.swapped_profile()
    data = makers.jpeg(makers.photo(32, 32), icc_profile=profile)
    _, record = decoded(written(folder, data), DecodeSpec(limits=Limits(max_profile_bytes=len(profile) - more)))
    return record.notes == ()


@trial("max_field_chars")
def field_chars(more: int, folder: Path) -> bool:
    (value,) = clean_fields({"title": "x" * (10 + more)}, Limits(max_field_chars=10))["title"]
    return len(value) == 10 + more


@trial("max_fields")
def fields(more: int, folder: Path) -> bool:
    found = clean_fields({f"name {n}": "value" for n in range(10 + more)}, Limits(max_fields=10))
    return len(found) == 10 + more


@trial("max_member_bytes")
def member_bytes(more: int, folder: Path) -> bool:
    plate = makers.jpeg(makers.photo(256, 256))
    book = makers.epub(plates={"plate.jpg": plate}, cover="plate.jpg")
    spec = DecodeSpec(limits=Limits(max_member_bytes=len(plate) - more))
    found, record = decoded(written(folder, book), spec)
    plates = [part for part in found if part.modality == "image"]
    assert bool(plates) != any("max_member_bytes" in note for note in record.notes)
    return bool(plates)


@trial("max_xml_elements")
def xml_elements(more: int, folder: Path) -> bool:
    data = b"<a>" + b"<b/>" * (9 + more) + b"</a>"
    return taken("max_xml_elements", lambda: parse_xml(data, "it", Limits(max_xml_elements=10)))


@trial("max_xml_depth")
def xml_depth(more: int, folder: Path) -> bool:
    data = b"<a>" * (10 + more) + b"</a>" * (10 + more)
    return taken("max_xml_depth", lambda: parse_xml(data, "it", Limits(max_xml_depth=10)))
