"""The scales of scores do not tell in which order a library was filled, nor when they were first measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pinakes.library import Library


def scales(folder: Path, vectors: np.ndarray, pieces: int) -> dict[str, tuple[float, float]]:
    """The measured scales of a library that was filled with these vectors in so many runs."""
    with Library.open(folder, create=True) as library:
        for piece in np.array_split(vectors, pieces):
            library.add_vectors("mine", piece)
        (measured,) = library._index.snapshot().calibration.values()
        return {name: tuple(scale) for name, scale in measured.items()}


@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_scales_are_the_same_whatever_the_order(tmp_path: Path, pieces: int) -> None:
    random = np.random.default_rng(3)
    vectors = random.standard_normal((600, 24)).astype(np.float32) + random.standard_normal((600, 1)).astype(np.float32)
    first = scales(tmp_path / "first", vectors, 1)
    again = scales(tmp_path / "again", random.permutation(vectors), pieces)
    assert first.keys() == again.keys() == {"image-image"}
    assert again["image-image"] == pytest.approx(first["image-image"], abs=1e-5)


def test_parts_that_begin_alike_have_the_same_scales_in_any_order(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    vectors = random.standard_normal((600, 24)).astype(np.float32)
    # As the first colours of a histogram, of which many pictures have none.
    vectors[:, :9] = 0
    first = scales(tmp_path / "first", vectors, 1)
    again = scales(tmp_path / "again", random.permutation(vectors), 1)
    assert again["image-image"] == pytest.approx(first["image-image"], abs=1e-6)
