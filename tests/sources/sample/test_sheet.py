"""The contact sheet: a picture of the right size that is small enough for a README."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.picture import PICTURE
from pinakes.sources.sample.art.brush import CHARACTERS, write
from pinakes.sources.sample.library import SampleLibrary
from pinakes.sources.sample.sheet import MOST_BYTES, WIDTH, contact_sheet, well_lit


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet.png", "sheet.webp"])
def test_a_sheet_is_wide_enough_and_small_enough(sample: SampleLibrary, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    contact_sheet(sample, 6, path)
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as sheet:
        assert sheet.format == {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[path.suffix]
        assert sheet.width == WIDTH
        assert 700 <= sheet.height <= 1_000
        pixels = np.asarray(sheet.convert("RGB"))
    assert pixels.std() > 30


@pytest.mark.parametrize("columns", [5, 7])
def test_a_sheet_can_have_other_columns(sample: SampleLibrary, tmp_path: Path, columns: int) -> None:
    path = tmp_path / "sheet.jpg"
    contact_sheet(sample, columns, path)
    with Image.open(path) as sheet:
        assert sheet.width == WIDTH


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_written_character_is_ink_on_paper(character: str) -> None:
    pixels = np.asarray(write(character, 60, (0, 0, 0), (255, 255, 255)).convert("L"))
    assert pixels.shape == (60, 60)
    assert 0.05 < (pixels < 128).mean() < 0.45


def test_of_dark_plates_a_sheet_shows_only_a_few() -> None:
    plates = [Image.new("L", (8, 8), lightness) for lightness in (20, 200, 30, 210, 40, 220, 50, 230, 60, 240)]
    kept = [plate.getpixel((0, 0)) for plate in well_lit(plates, 24)]
    assert kept[:7] == [20, 200, 30, 210, 220, 230, 240]


def test_the_picture_of_the_readme_is_there_and_small() -> None:
    assert PICTURE.stat().st_size < MOST_BYTES
    with Image.open(PICTURE) as sheet:
        assert sheet.width == WIDTH
