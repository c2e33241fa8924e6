"""Parts of pictures are the same ones in every run, lie within the picture, and come at any side."""

from __future__ import annotations

import numpy as np

from pinakes.learn.builtin.views import part_names, parts_of
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures


def some(count: int = 5) -> TrainingSet:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (count, 40, 40, 3)).astype(np.uint8)
    return TrainingSet("some", tuple(f"set/{n}" for n in range(count)), {"image": Pictures(pictures)})


def test_the_first_part_of_each_picture_is_the_whole() -> None:
    found = some()
    parts = parts_of(found, 3, 40)
    assert len(parts) == 15
    assert part_names(found.ids, 3)[5] == "set/0#1"
    np.testing.assert_array_equal(parts.read(np.arange(5)), found.view("image").read(np.arange(5)))


def test_parts_depend_on_a_pictures_name_alone() -> None:
    found = some()
    whole, less = parts_of(found, 3, 24), parts_of(found.take([3, 1]), 3, 24)
    np.testing.assert_array_equal(whole.read(np.array([5 + 3, 10 + 1])), less.read(np.array([2 + 0, 4 + 1])))
    assert whole.digests(np.array([8])) == less.digests(np.array([2]))
    assert whole.digests(np.array([8])) != whole.digests(np.array([3]))


def test_parts_lie_within_the_picture_and_are_large_enough() -> None:
    parts = parts_of(some(200), 2, 16)
    boxes = parts.boxes[200:]
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= 1).all()
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    assert area.min() > 0.3 and area.max() < 1 and area.std() > 0.1
    assert 60 < parts.mirrored[200:].sum() < 140
    assert not parts.mirrored[:200].any()


def test_a_mirrored_part_is_its_mirror_image() -> None:
    found = some(40)
    parts = parts_of(found, 2, 20)
    row = 40 + int(np.flatnonzero(parts.mirrored[40:])[0])
    straight = parts_of(found, 2, 20)
    straight.mirrored[row] = False
    np.testing.assert_array_equal(parts.read(np.array([row]))[0][:, ::-1], straight.read(np.array([row]))[0])


def test_the_same_part_comes_at_another_side() -> None:
    parts = parts_of(some(), 2, 20)
    assert parts.at(12).read(np.array([7])).shape == (1, 12, 12, 3)
    means = parts.read(np.array([7])).mean((1, 2)), parts.at(10).read(np.array([7])).mean((1, 2))
    np.testing.assert_allclose(*means, atol=8)
