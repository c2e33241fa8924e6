"""Words in pictures: read where the engine is there, and a clear error where it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from pinakes.errors import MissingExtra
from pinakes.ingest.ocr import TextReader
from pinakes.library import Library


def page(path: Path) -> Path:
    """A scanned page."""
    image = Image.new("RGB", (1000, 500), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(("The keeper of the lighthouse wrote", "this letter about a red boat.")):
        draw.text((60, 80 + 80 * number), line, fill="black", font=ImageFont.load_default(36))
    image.save(path)
    return path


def test_without_the_extra_the_error_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(MissingExtra, match=r"pinakes\[ocr\]"):
        TextReader.load()
    with Library.open(tmp_path / "lib", create=True) as library, pytest.raises(MissingExtra):
        library.add(page(tmp_path / "scan.png"), cleaning=("ocr",))


def test_a_scan_is_found_by_its_words(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    with Library.open(tmp_path / "lib", create=True) as library:
        library.add(page(tmp_path / "scan.png"), cleaning=("ocr",))
        (hit,) = library.search("lighthouse keeper")
        assert hit.modality == "image"
        assert "lighthouse" in hit.snippet
        (note,) = library.parts(hit.item)[0].cleaning
        assert note == {"step": "ocr", "applied": True, "detail": "2 lines read"}
