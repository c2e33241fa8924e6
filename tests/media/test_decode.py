import hashlib
import json
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import Unsupported
from pinakes.media.base import AudioWant, DecodedPart, DecodeSpec, FileRecord, ImageWant, StillGoing
from pinakes.media.decode import READERS, decode
from tests.media import makers
from tests.media.conftest import SPEC, decoded

MODALITIES = {
    "txt": {"text"},
    "md": {"text"},
    "html": {"text"},
    "pdf": {"text", "image"},
    "epub": {"text", "image"},
    **{key: {"image"} for key in ("jpg", "png", "webp", "gif", "tiff", "bmp")},
    **{key: {"audio"} for key in ("wav", "flac", "ogg", "mp3", "m4a", "aac")},
    **{key: {"image", "audio"} for key in makers.FILMS},
}


def test_every_format_gives_its_parts_and_a_record(folder_of_formats):
    spec = replace(SPEC, images=(ImageWant(64, 64), ImageWant(32, 48, fit="squash")))
    for path in sorted(folder_of_formats.iterdir()):
        outcome = decoded(path, spec)
        assert {part.modality for part in outcome.parts} == MODALITIES[path.suffix[1:]], path.name
        assert outcome.record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert outcome.record.size == path.stat().st_size
        assert outcome.record.notes == (), path.name
        for part in outcome.of("image"):
            assert {key: array.shape for key, array in part.arrays.items()} == {
                "image-crop-0-64x64-bicubic": (64, 64, 3),
                "image-squash-0-32x48-bicubic": (48, 32, 3),
            }
            with Image.open(BytesIO(part.preview)) as preview:
                assert (preview.format, preview.mode) == ("JPEG", "RGB")
                assert max(preview.size) <= spec.preview_pixels
        for part in outcome.of("audio"):
            assert part.arrays["audio-16000"].dtype == np.float32
            assert np.abs(part.arrays["audio-16000"]).max() <= 1


def test_a_record_has_a_preview_unless_it_is_a_text_and_none_if_none_is_wanted(folder_of_formats):
    for path in sorted(folder_of_formats.iterdir()):
        assert bool(decoded(path).record.preview) is (MODALITIES[path.suffix[1:]] != {"text"}), path.name
        bare = decoded(path, DecodeSpec(previews=False))
        assert bare.record.preview == b""
        assert all(part.preview == b"" and dict(part.arrays) == {} for part in bare.parts)


def test_the_specification_survives_the_wire(folder_of_formats):
    spec = replace(SPEC, cleaning=("stretch",), sounds=(AudioWant(8000),))
    again = DecodeSpec.from_dict(json.loads(json.dumps(spec.as_dict())))
    path = folder_of_formats / "film.mp4"
    first, second = decoded(path, spec), decoded(path, again)
    assert [part.place for part in first.parts] == [part.place for part in second.parts]
    for one, other in zip(first.parts, second.parts, strict=True):
        assert all(np.array_equal(one.arrays[key], other.arrays[key]) for key in one.arrays)


@pytest.mark.reliability
def test_the_type_comes_from_the_content_whatever_the_name(formats, tmp_path):
    """A6."""
    for name, data in formats.items():
        right, wrong = tmp_path / name, tmp_path / ("wrong.pdf" if not name.endswith(".pdf") else "wrong.mp3")
        right.write_bytes(data)
        wrong.write_bytes(data)
        expected, found = decoded(right).record, decoded(wrong).record
        assert found.kind == expected.kind
        assert expected.kind in found.notes[0]


@pytest.mark.reliability
def test_html_named_as_a_picture_is_a_text(read):
    """A6."""
    outcome = read(b"<!doctype html><script>alert(1)</script><p>A red boat.", "photo.jpg")
    assert outcome.record.kind == "text/html"
    assert outcome.text == "A red boat."
    assert "text/html" in outcome.record.notes[0]


@pytest.mark.reliability
def test_a_polyglot_is_its_picture_alone(read):
    """A6."""
    data = makers.encoded(makers.photo(32, 32), "GIF") + b"<script>alert(1)</script>%PDF-1.4"
    outcome = read(data, "a.html")
    assert outcome.record.kind == "image/gif"
    assert {part.modality for part in outcome.parts} == {"image"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (makers.zipped({"a.txt": "x"}), "archive"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(90), "Convert it to JPEG"),
        (b"\x00\x01\x02\x03" * 40, "not read"),
        (makers.zipped({"[Content_Types].xml": "<a/>"}), "Export it as PDF"),
    ],
)
def test_what_is_not_read_is_refused_with_a_way_out(read, data, words):
    with pytest.raises(Unsupported, match=words):
        read(data, "a")


def test_a_long_file_gives_signs_of_life_while_its_hash_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("pinakes.media.reading._BEAT_SECONDS", 0.0)
    monkeypatch.setattr("pinakes.media.decode._HASH_BYTES", 1000)
    path = tmp_path / "a.wav"
    path.write_bytes(makers.sound("WAV", makers.tone(5)))
    found = list(decode(path, SPEC))
    last_part = max(n for n, one in enumerate(found) if isinstance(one, DecodedPart))
    assert sum(isinstance(one, StillGoing) for one in found[last_part:]) > 50
    assert isinstance(found[-1], FileRecord)


def test_parts_are_made_one_by_one_as_they_are_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "a.tif"
    path.write_bytes(makers.tiff_pages(5))
    made = []
    from pinakes.media import image

    make = image.picture_part
    monkeypatch.setattr(image, "picture_part", lambda *args, **more: made.append(1) or make(*args, **more))
    reading = decode(path, SPEC)
    next(reading)
    next(reading)
    assert len(made) == 2


def test_there_is_a_reader_for_every_medium():
    assert set(READERS) == {"text", "image", "audio", "film", "pdf", "ebook", "archive", "unsupported"}


def test_what_was_learned_early_is_kept_when_reading_stops_at_a_limit(read):
    pages = [f"page {n}" for n in range(5)]
    outcome = read(makers.pdf(pages, {"Title": "The Quay"}), "a.pdf", max_parts=4)
    assert len(outcome.parts) == 4
    assert outcome.record.metadata == {"title": ("The Quay",)}
    assert outcome.record.facts == {"pages": 5.0}
    assert "max_parts" in outcome.record.notes[-1]


@pytest.mark.parametrize(("parts", "told"), [(4, True), (5, False), (6, False)])
def test_the_limit_of_parts_is_the_last_number_taken(read, parts, told):
    outcome = read(makers.tiff_pages(5), "a.tif", max_parts=parts)
    assert len(outcome.parts) == min(parts, 5)
    assert bool(outcome.record.notes) is told
