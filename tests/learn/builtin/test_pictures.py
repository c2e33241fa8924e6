"""The pictures of several sets become one, each with its set's name, its texts and its part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pinakes.errors import NotFound
from pinakes.learn.builtin.pictures import read_pictures
from tests.learn.data.layouts.makers import lines, tar


def lay(folder: Path, table: str, archive: str, rows: Mapping[str, Mapping[str, object]]) -> None:
    """A table and the archive of its pictures, each of another red."""
    lines(folder / table, *({"image": name, **row} for name, row in rows.items()))
    for number, name in enumerate(rows):
        Image.new("RGB", (24, 20), (40 * number + len(table), 10, 10)).save(folder / name)
    tar(folder / archive, *(folder / name for name in rows))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    captions = {"a.png": {"captions": ["a red wall", "a wall"]}, "b.png": {"captions": ["paint"]}}
    lay(tmp_path / "flickr8k", "captions_train.jsonl", "images_train.tar", captions)
    lay(tmp_path / "flickr8k", "captions_dev.jsonl", "images_dev.tar", {"c.png": {"captions": ["a door"]}})
    labels = {"a.png": {"label": "glass", "split": "train"}, "d.png": {"label": "paper", "split": "dev"}}
    lay(tmp_path / "photos" / "trashnet", "labels.jsonl", "images.tar", labels)
    return tmp_path


def test_sets_that_lie_there_become_one_and_others_are_told(data: Path) -> None:
    loaded = read_pictures(data)
    ids = ("flickr8k/a.png", "flickr8k/b.png", "flickr8k/c.png", "trashnet/a.png", "trashnet/d.png")
    assert loaded.set.ids == ids
    assert [loaded.folds[each] for each in ids] == ["train", "train", "query", "train", "query"]
    assert "fashion" in loaded.notes[0] and "flickr8k" not in loaded.notes[0]
    split = loaded.official()
    assert split.train == ("flickr8k/a.png", "flickr8k/b.png", "trashnet/a.png")
    rows = np.arange(5)
    assert loaded.set.view("text").read(rows)[0] == ("a red wall", "a wall")
    reds = [int(np.asarray(pixels)[0, 0, 0]) for pixels in loaded.set.view("image").read(rows)]
    assert reds == [20, 60, 18, 12, 52], "each row shows the picture of its own set"


def test_sets_for_research_alone_can_be_left_out(data: Path) -> None:
    loaded = read_pictures(data, research=False)
    assert loaded.set.ids == ("trashnet/a.png", "trashnet/d.png")
    with pytest.raises(NotFound, match="none of the sets"):
        read_pictures(data / "flickr8k")
