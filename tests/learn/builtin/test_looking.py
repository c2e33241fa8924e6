"""From the pixels on, pictures come to lie where a teacher's lie in the space, and where what is said of them does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples, Said, Wordings
from pinakes.learn.builtin.kinds import Kinds, Telling
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.looking import KIND, LookPlan, Shown, look
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


def test_kinds_are_told_by_facts_each_within_its_own_set() -> None:
    said = [
        Said((0,), frozenset({"article: shoe", "colour: red"})),
        Said((1,), frozenset({"label: dog"})),
        Said((2, 0), frozenset({"article: shoe"})),
        Said((1,), frozenset({"label: dog"})),
        Said((1,), frozenset({"scene: dog"})),
    ]
    texts = np.eye(3, dtype=np.float32)
    kinds = Kinds.among(["fashion/1", "pacs/1", "fashion/2", "imagen/1", "scenes/1"], said, texts)
    assert kinds.of.tolist() == [0, 1, 0, 2, -1]
    assert len(set(kinds.sets.tolist())) == 3, "a dog of one set is no stranger to a dog of another"
    np.testing.assert_allclose(kinds.places[0], np.array([1.5, 0, 0.5]) / np.hypot(1.5, 0.5), atol=1e-6)


def test_kinds_of_other_sets_and_pictures_of_no_kind_cost_nothing() -> None:
    telling = Telling(Kinds(np.zeros(0, np.int64), np.array([0, 0, 1]), np.eye(3, dtype=np.float32)))
    vectors = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]])
    with torch.no_grad():
        alone = telling(vectors, torch.tensor([-1, 2]))
        right, wrong = (float(telling(vectors[:1], torch.tensor([kind]))) for kind in (0, 1))
        none = float(telling(vectors, torch.tensor([-1, -1])))
    assert float(alone) == pytest.approx(0, abs=1e-6), "the only kind of its set is always told"
    assert right < 1e-5 and wrong == pytest.approx(16, abs=1e-3)
    assert none == 0


def test_a_tower_goes_on_where_it_stood_and_comes_to_tell_kinds_apart(tmp_path: Path) -> None:
    material, pictures = drawn(1)
    described = {
        name: replace(each, facts=frozenset({f"label: {number % 2}"}))
        for number, (name, each) in enumerate(material.described.items())
    }
    material = replace(material, described=described)
    count = len(pictures.ids)
    words = train_space(tmp_path, material, pictures, replace(PLAN, train=replace(PLAN.train, epochs=1)))
    shades = np.where(np.arange(count) % 2, 40, 200)[:, None, None, None]
    pixels = np.broadcast_to(shades, (count, 40, 40, 3)).astype(np.uint8)
    found = TrainingSet("some", pictures.ids, {"image": Pictures(pixels)})
    views, large = len(pictures.vectors), np.asarray(pictures.vectors)
    plan = LookPlan(sides=(32,))
    plan = replace(plan, train=replace(plan.train, epochs=1, batch=16, rate=1e-9, threads=1, precision="float32"))
    known, parts = Known.of(words, material), parts_of(found, views, 40)
    first = look(tmp_path, known, found, parts, resnet(width=0.125, side=40), large, plan)
    again = replace(plan, kinds=4.0, train=replace(plan.train, epochs=8, rate=0.01))
    small = replace(again, train=replace(again.train, epochs=1, rate=1e-9))
    same = look(tmp_path, known, found, parts, resnet(width=0.125, side=40), large, small, name="same", start=first)
    for name, value in first.picture.state_dict().items():
        torch.testing.assert_close(same.picture.state_dict()[name], value, msg=name, atol=1e-4, rtol=1e-3)
    look(tmp_path, known, found, parts, resnet(width=0.125, side=40), large, again, name="again", start=first)
    figures = RunFolder(tmp_path / "again").figures()
    assert figures[-1]["loss.kinds"] < 0.5 * figures[0]["loss.kinds"]


def test_batches_tell_the_kind_of_each_of_their_pictures() -> None:
    pixels = np.zeros((3, 8, 8, 3), np.uint8)
    found = TrainingSet("some", tuple("abc"), {"image": Pictures(pixels)})
    reader = reader_of(8)
    rows = TrainingSet("parts", tuple("abc"), {"image": parts_of(found, 1, 8).at(reader.whole)})
    wordings = Wordings(np.ones((3, 2), np.int32), np.zeros((3, 384), np.float16))
    couples = Couples(wordings, np.arange(3).reshape(1, 3, 1), [Said((n,)) for n in range(3)], np.array([1, 2, 1]))
    food = Shown(couples, Growing((Source.whole(rows, {"image": reader}),)), np.array([7, 8, -1]))
    (batch,) = food.ahead([np.array([3, 0, 2])], 0)
    assert batch.inputs[KIND].tolist() == [-1, 7, 8]
