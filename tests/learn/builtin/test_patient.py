"""A tower looks for long, and a teacher along with it: in the same parts, two in one, and what is said counts too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pinakes.learn.builtin import patient
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.looking import Looking
from pinakes.learn.builtin.patient import KEY, KIND, NUMBER, Numbered, Patience, Patient, learn_patiently
from pinakes.learn.builtin.space import Config
from pinakes.learn.builtin.teacher import Backbone
from pinakes.learn.builtin.train_space import PictureVectors, text_tower, train_space
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures
from pinakes.learn.networks.resnet import resnet
from pinakes.learn.training.run_folder import RunFolder
from tests.learn.builtin.test_space import PLAN, drawn

torch.set_num_threads(1)


class Tones(Backbone):
    """A teacher whose vectors are the mean colours of four quarters, and some noughts."""

    width = 0

    def __call__(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        tones = torch.nn.functional.adaptive_avg_pool2d(pixels, 2).flatten(1)
        return torch.nn.functional.pad(tones, (0, self.width - tones.shape[1])), tones

    def on(self, device: torch.device) -> Tones:
        return self


class Room:
    """What a training of the tests needs."""

    def __init__(self, folder: Path) -> None:
        material, pictures = drawn(1)
        described = {
            name: replace(each, facts=frozenset({f"label: {number % 2}"}))
            for number, (name, each) in enumerate(material.described.items())
        }
        material = replace(material, described=described)
        words = train_space(folder, material, pictures, replace(PLAN, train=replace(PLAN.train, epochs=1)))
        self.folder, self.known = folder, Known.of(words, material)
        count = len(pictures.ids)
        random = np.random.default_rng(0)
        tones = random.integers(0, 256, (count, 2, 2, 3)).repeat(20, 1).repeat(20, 2)
        tones[::2, :, :, 0] = 255
        self.found = TrainingSet("some", pictures.ids, {"image": Pictures(tones.astype(np.uint8))})
        self.teacher = Tones([], {})
        Tones.width = int(pictures.vectors.shape[2])
        config = Config(dropout=0.0, noise=0.0, dim=self.known.space.dim)
        text = text_tower(self.known.plan, len(self.known.vocabulary))
        self.start = Looking(resnet(width=0.125, side=32), text, config)
        plan = Patience(side=32, times={}, asked=64)
        train = replace(plan.train, epochs=12, batch=16, rate=0.005, threads=1, precision="float32")
        self.plan = replace(plan, train=train)

    def learn(self, plan: Patience | None = None, name: str = "patient") -> Patient:
        tower = resnet(width=0.125, side=32)
        plan = plan or self.plan
        return learn_patiently(self.folder, self.known, self.found, tower, self.start, self.teacher, plan, name=name)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(patient, "SIDE", 40)
    return Room(tmp_path)


def test_all_that_it_learns_from_gets_nearer(room: Room) -> None:
    learner = room.learn()
    figures = RunFolder(room.folder / "patient").figures()
    for name in ("target", "relational", "near", "kinds"):
        assert figures[-1][f"loss.{name}"] < figures[0][f"loss.{name}"], name
    assert figures[-1]["loss.kinds"] < 0.75 * figures[0]["loss.kinds"]
    told = {name: value for name, value in room.known.space.state_dict().items() if not name.startswith("picture.")}
    assert all(torch.equal(learner.state_dict()[name], value) for name, value in told.items()), "words stay"
    assert not learner.training


def test_it_begins_with_what_another_has_learned_to_see(room: Room) -> None:
    still = replace(room.plan, train=replace(room.plan.train, epochs=1, rate=1e-9))
    learner = room.learn(still)
    for name, value in room.start.picture.state_dict().items():
        torch.testing.assert_close(learner.picture.state_dict()[name], value, msg=name, atol=1e-4, rtol=1e-3)


def test_a_run_that_ended_is_opened_and_not_learned_again(room: Room) -> None:
    first = room.learn(replace(room.plan, train=replace(room.plan.train, epochs=1)))
    again = room.learn(replace(room.plan, train=replace(room.plan.train, epochs=1)))
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), again.parameters(), strict=True))
    assert len(RunFolder(room.folder / "patient").figures()) == 1


def test_both_see_the_same_parts_plain_ones_first_and_two_in_one_behind(room: Room) -> None:
    learner = room.learn(replace(room.plan, train=replace(room.plan.train, epochs=1)))
    pixels = torch.from_numpy(room.found.view("image").read(np.arange(8)))
    keys = torch.arange(8) * 7919
    large, small = learner._shown(pixels, keys, 4)
    assert large.shape == (8, 3, 40, 40) and small.shape == (8, 3, 32, 32)
    assert small.min() >= 0 and small.max() <= 1
    same, _ = learner._shown(pixels, keys, 4)
    torch.testing.assert_close(same, large)
    plain, _ = learner._shown(pixels, keys, 8)
    torch.testing.assert_close(plain[:4], large[:4])
    apart = (plain[4:] - large[4:]).abs().amax((1, 2, 3))
    assert (apart > 0.01).all(), "behind the plain ones another picture shines through"
    nearer = torch.nn.functional.interpolate(large, size=32, mode="bilinear", antialias=True)
    strangers = (nearer - small.roll(1, 0)).abs().mean()
    assert (nearer - small).abs().mean() < 0.5 * strangers, "the student sees what the teacher sees, changed a little"


def test_batches_number_their_pictures_and_tell_kinds_and_what_changes_are_drawn_by(room: Room) -> None:
    ids = room.found.ids
    couples = room.known.couples(PictureVectors(ids, np.arange(len(ids)).reshape(1, -1, 1)))
    food = Numbered(couples, np.arange(len(ids)) % 3, 0)
    rows = np.array([3, 0, 2])
    (one,), (other,), (same,) = (list(food.ahead([rows], epoch)) for epoch in (0, 1, 0))
    wanted = couples.picture_of[rows]
    assert one.inputs[NUMBER].tolist() == wanted.tolist()
    assert one.inputs[KIND].tolist() == (wanted % 3).tolist()
    assert torch.equal(one.inputs[KEY], same.inputs[KEY])
    assert not (one.inputs[KEY] == other.inputs[KEY]).any(), "each epoch shows other parts"
    assert len({*one.inputs[KEY].tolist()}) == 3
