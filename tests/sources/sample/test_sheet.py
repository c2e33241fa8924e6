"""The contact sheet: a picture of the right size that is small enough for a README."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pinakes.sources.sample.art.brush import CHARACTERS, write
from pinakes.sources.sample.library import SampleLibrary
from pinakes.sources.sample.sheet import MOST_BYTES, WIDTH, contact_sheet


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet.png"])
def test_a_sheet_is_wide_enough_and_small_enough(sample: SampleLibrary, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    contact_sheet(sample, 6, path)
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as sheet:
        assert sheet.format == ("JPEG" if name.endswith("jpg") else "PNG")
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
