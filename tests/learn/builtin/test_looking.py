"""From the pixels on, pictures come to lie where a teacher's lie in the space, and where what is said of them does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples, Said, Wordings
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.looking import LookPlan, Shown, look
from pinakes.learn.builtin.seeing import Growing, reader_of
from pinakes.learn.builtin.train_space import open_space, picture_vectors, train_space
from pinakes.learn.builtin.views import parts_of
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures
from pinakes.learn.data.source import Source
from pinakes.learn.networks.resnet import resnet
from pinakes.learn.training.run_folder import RunFolder
from tests.learn.builtin.test_space import PLAN, drawn

torch.set_num_threads(1)


def test_a_tower_learns_to_put_pictures_where_the_space_has_them(tmp_path: Path) -> None:
    material, pictures = drawn(1)
    count = len(pictures.ids)
    words = train_space(tmp_path, material, pictures, PLAN)
    colours = np.random.default_rng(0).integers(0, 256, (count, 1, 1, 3))
    pixels = np.broadcast_to(colours, (count, 40, 40, 3)).astype(np.uint8)
    found = TrainingSet("some", pictures.ids, {"image": Pictures(pixels)})
    views = len(pictures.vectors)
    plan = LookPlan(sides=(32, 40))
    plan = replace(plan, train=replace(plan.train, epochs=6, batch=16, rate=0.01, threads=1, precision="float32"))
    tower = resnet(width=0.125, side=40)
    large = np.asarray(pictures.vectors)
    learner = look(tmp_path, Known.of(words, material), found, parts_of(found, views, 40), tower, large, plan)
    figures = RunFolder(tmp_path / "look").figures()
    assert figures[-1]["loss.target"] < 0.9 * figures[0]["loss.target"]
    known, _, _ = open_space(words)
    told = {name: value for name, value in known.state_dict().items() if not name.startswith("picture.")}
    assert all(torch.equal(learner.state_dict()[name], value) for name, value in told.items()), "words stay"
    assert picture_vectors(known, large[0]).shape == (count, known.dim)


def test_the_teacher_must_have_seen_the_same_pictures(tmp_path: Path) -> None:
    material, pictures = drawn(1)
    other = replace(pictures, ids=tuple(reversed(pictures.ids)))
    short = replace(PLAN, train=replace(PLAN.train, epochs=1))
    known = Known.of(train_space(tmp_path, material, pictures, short), material)
    with pytest.raises(BadInput, match="saw 2 views of 16 pictures"):
        known.targets(pictures, other)


def test_each_couple_gets_the_pixels_of_its_own_part(tmp_path: Path) -> None:
    pixels = np.repeat(np.arange(6, dtype=np.uint8) * 40, 8 * 8 * 3).reshape(6, 8, 8, 3)
    found = TrainingSet("some", tuple("abcdef"), {"image": Pictures(pixels)})
    reader = reader_of(8)
    parts = parts_of(found, 3, 8).at(reader.whole)
    rows = TrainingSet("parts", tuple(map(str, range(18))), {"image": parts})
    wordings = Wordings(np.ones((6, 2), np.int32), np.zeros((6, 384), np.float16))
    numbers = np.arange(18).reshape(3, 6, 1)
    couples = Couples(wordings, numbers, [Said((n,)) for n in range(6)], np.array([1, 2, 1, 1, 1, 1]))
    food = Shown(couples, Growing((Source.whole(rows, {"image": reader}),)))
    plan = [np.array([0, 3, 6]), np.array([1, 2])]
    for batch, wanted in zip(food.ahead(plan, 0), ([0, 2, 5], [1, 1]), strict=True):
        shown = (batch.inputs["image"].mean((1, 2, 3)) * 0.5 + 0.5) * 255 / 40
        np.testing.assert_allclose(shown.numpy(), wanted, atol=0.01)
    assert [len(batch) for batch in food.batches()] == [7]
