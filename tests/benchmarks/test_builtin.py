"""What the benchmarks of the built-in encoder count: ranks with ties against us, codes, and pictures as changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks import builtin_pictures, builtin_robust, builtin_sounds
from benchmarks.builtin_pictures import apart, backwards, ranks_of, recall, rescored
from benchmarks.frame import Figures, Options
from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.hashers import LEARNED, Hasher
from pinakes.media.base import ImageWant
from pinakes.types import Floats, Modality
from tests.learn.data.layouts.makers import lines, tar

COLOURS = {"red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220), "grey": (120, 120, 120)}


class Painter:
    """Knows pictures by the mean of their colours, and texts by the names of colours."""

    description = Description("painter", ("image", "text"), 16, "cosine", "", 0, "", ImageWant(8, 8), hasher=LEARNED)

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        told = [COLOURS[each.split()[-1]] if modality == "text" else each.mean((0, 1)) for each in batch]
        found = np.zeros((len(batch), 16), np.float32)
        found[:, :3] = np.array(told) - 60.0
        found[:, 3] = 10.0
        return unit_rows(found)

    def hasher(self) -> Hasher:
        turn = np.random.default_rng(0).normal(size=(16, 128)).astype(np.float32)
        return Hasher(LEARNED, 128, "cosine", np.zeros(16, np.float32), turn)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder, split in (("flickr8k", "captions_{}.jsonl"), ("fashion", "items_{}.jsonl")):
        (tmp_path / folder).mkdir()
        for part in ("train", "dev"):
            rows = []
            for name, colour in COLOURS.items():
                Image.new("RGB", (40, 30), colour).save(tmp_path / folder / f"{part}-{name}.png")
                more = {"title": f"shirt {name}", "article_type": name, "sub_category": "all"}
                rows.append({"image": f"{part}-{name}.png", "captions": [f"a wall of {name}", name], **more})
            lines(tmp_path / folder / split.format(part), *rows)
            files = [tmp_path / folder / str(row["image"]) for row in rows]
            tar(tmp_path / folder / f"images_{part}.tar", *files)
    named = [f"{part}-{name}.png" for part in ("train", "dev") for name in COLOURS]
    lines(tmp_path / "flickr8k" / "concepts.jsonl", *({"image": name, "concepts": ["wall"]} for name in named))
    return tmp_path


def test_what_is_as_near_stands_before_what_is_asked_for() -> None:
    scores = np.array([[0.9, 0.9, 0.1], [0.3, 0.2, 0.1]])
    assert ranks_of(scores, np.array([0, 1])).tolist() == [2, 2]
    assert recall(np.array([1, 5, 10, 11]), 10) == 0.75


def test_a_picture_finds_the_best_of_its_captions() -> None:
    # Four captions of two pictures: the second of the first picture is third for it.
    scores = np.array([[0.5, 0.9], [0.4, 0.1], [0.6, 0.7], [0.5, 0.2]])
    assert backwards(scores, np.array([0, 0, 1, 1])).tolist() == [3, 2]


def test_only_the_nearest_codes_are_compared_again() -> None:
    distances = np.array([[3.0, 1.0, 1.0, 2.0], [3.0, 1.0, 1.0, 2.0]])
    scores = np.array([[0.9, 0.1, 0.2, 0.3], [0.9, 0.1, 0.2, 0.3]])
    assert rescored(distances, scores, np.array([0, 2]), 3).tolist() == [4, 2]
    assert rescored(distances, scores, np.array([0, 2]), 1).tolist() == [4, 4], "of a tie none is compared by luck"


def test_codes_are_as_far_apart_as_bits_differ() -> None:
    painter = Painter()
    vectors = painter.encode("text", list(COLOURS))
    hasher = painter.hasher().first(64)
    codes = hasher.codes(vectors)
    slow = [[int(np.unpackbits(one ^ other).sum()) for other in codes] for one in codes]
    assert apart(hasher, vectors, codes).tolist() == slow


def test_pictures_are_found_by_captions_and_titles(data: Path) -> None:
    figures = builtin_pictures.measured(Figures(), data, Painter()).figures
    assert figures["flickr8k, text to picture, R@1"].value == 1 and figures["flickr8k, text to picture, R@1"].holds
    assert figures["flickr8k, picture to text, R@10"].value == 1
    assert figures["fashion, by picture, P@10"].value == figures["fashion, by title, P@10"].value == 0.25
    assert figures["flickr8k, R@10 kept by 64 bits, questions as bits too"].value == 1
    assert figures["flickr8k, R@10 kept by 64 bits, questions whole"].value == 1


def test_changed_pictures_are_looked_for_among_originals(data: Path) -> None:
    figures = builtin_robust.measured(Figures(), data, Painter()).figures
    itself = [figure.value for name, figure in figures.items() if name.endswith("picture to itself, R@1")]
    assert itself == [1, 1, 1, 1] and len(figures) == 1 + 4 * len(builtin_robust.CHANGES)


def test_changes_keep_the_size_and_change_the_picture() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (30, 50, 3), np.uint8)
    for name, change in builtin_robust.CHANGES.items():
        changed = change(pixels, np.random.default_rng(2))
        assert changed.shape == pixels.shape and changed.dtype == np.uint8 and not np.array_equal(changed, pixels), name
        assert np.array_equal(changed, change(pixels, np.random.default_rng(2))), name


def test_without_data_nothing_is_measured() -> None:
    for module in (builtin_pictures, builtin_robust, builtin_sounds):
        figures = module.run(Options())
        assert not figures.figures and "--data" in figures.notes[0]
