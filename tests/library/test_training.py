"""Training from Python, on the works of a library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import BadSetting
from pinakes.library import Library


def test_a_library_trains_codes_on_its_own_works_and_is_searched_by_them(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    lines = ["path,title,labels"]
    for number in range(40):
        name = ("dark", "light")[number % 2]
        pixels = random.integers(0, 80, (40, 40, 3)) + 150 * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"{number:02}.png")
        lines.append(f"{number:02}.png,a {name} square,{name}")
    (tmp_path / "works.csv").write_text("\n".join(lines))
    with Library.open(tmp_path / "library", create=True) as library:
        assert library.add(tmp_path / "works.csv").failed == 0
        told = {
            "image": {"network": "mobilenet_v1", "side": 16, "settings": {"width": 0.25}},
            "text": {"network": "bag", "least": 1},
            "split": {"validation": 0.2, "query": 0.2},
            "data": {"cache": str(tmp_path / "cache")},
        }
        done = library.train(tmp_path / "codes", method={"name": "hyperplanes", "bits": 16}, **told)
        assert done.summary["rows"]["query"] == 8
        assert set(done.figures) == {"image to text", "text to image"}
        with pytest.raises(BadSetting, match="names no method"):
            library.train(tmp_path / "others", **told)
