"""The picture tower comes nearer to both of its teachers, in pictures that grow from epoch to epoch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pinakes.learn.builtin.seeing import Sight, even, food, learner_of, said_of, see
from pinakes.learn.builtin.texts import Described, Material, Wording
from pinakes.learn.builtin.views import parts_of
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures
from pinakes.learn.joint.food import Taught
from pinakes.learn.training.run_folder import RunFolder

torch.set_num_threads(1)
SIGHT = Sight(network="resnet18", width=0.125, sides=(32, 32, 40), batch=8, rate=0.01)


@pytest.fixture(scope="module")
def eaten() -> Taught:
    """Pictures in four colours; both teachers tell the colours apart."""
    random = np.random.default_rng(0)
    kinds = np.arange(24) % 4
    colours = np.array([[220, 30, 30], [30, 220, 30], [30, 30, 220], [220, 220, 30]])
    pixels = np.clip(colours[kinds][:, None, None] + random.normal(0, 20, (24, 48, 48, 3)), 0, 255).astype(np.uint8)
    found = TrainingSet("some", tuple(f"set/{n}" for n in range(24)), {"image": Pictures(pixels)})
    taught = (np.eye(4)[kinds] @ random.random((4, 12)) + 0.01 * random.random((24, 12))).astype(np.float16)
    said = np.linalg.qr(random.standard_normal((6, 6)))[0][kinds].astype(np.float32)
    return food(found, parts_of(found, 2, 48), np.tile(taught, (2, 1)), said, SIGHT)


def test_it_learns_from_both_teachers(eaten: Taught, tmp_path: Path) -> None:
    learner = see(eaten, SIGHT, tmp_path, lambda event: None, threads=1)
    figures = RunFolder(tmp_path).figures()
    assert len(figures) == 3
    assert figures[-1]["loss.taught"] < 0.9 * figures[0]["loss.taught"]
    assert figures[-1]["loss.said"] < figures[0]["loss.said"]
    vectors = learner.embed("image", torch.randn(3, 3, 40, 40))
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))


def test_pictures_grow_from_epoch_to_epoch(eaten: Taught) -> None:
    rows = [np.arange(4)]
    sides = [next(iter(eaten.ahead(rows, epoch))).inputs["image"].shape[-1] for epoch in (0, 1, 2, None)]
    assert sides == [32, 32, 40, 40]
    batch = next(iter(eaten.ahead(rows, 0)))
    assert batch.inputs["teacher"].shape == (4, 12) and batch.inputs["said"].shape == (4, 6)


def test_another_plan_in_the_same_folder_is_refused(eaten: Taught, tmp_path: Path) -> None:
    RunFolder(tmp_path).begin({"sight": {"network": "other"}, "rows": eaten.rows})
    with pytest.raises(Exception, match="another configuration"):
        see(eaten, replace(SIGHT, rate=0.5), tmp_path, lambda event: None)


def test_the_first_weights_depend_on_the_seed_alone() -> None:
    one, same, other = (learner_of(replace(SIGHT, seed=seed), 12, 6) for seed in (1, 1, 2))
    assert torch.equal(one.taught.weight, same.taught.weight)
    assert not torch.equal(one.taught.weight, other.taught.weight)


def test_what_never_is_negative_is_seen_from_its_mean() -> None:
    vectors = (5 + np.random.default_rng(0).random((50, 8)) * np.linspace(0.1, 3, 8)).astype(np.float16)
    found = even(vectors).astype(np.float64)
    np.testing.assert_allclose(found.mean(0), 0, atol=0.01)
    ratio = vectors.astype(np.float64).std(0).max() / vectors.astype(np.float64).std(0).min()
    assert found.std(0).max() / found.std(0).min() < 1.1 * np.sqrt(ratio)


def test_a_picture_lies_amid_all_that_is_said_of_it() -> None:
    vectors = np.eye(3, dtype=np.float16)
    described = {"a": Described((Wording("x"), Wording("y"))), "b": Described((Wording("z"), Wording("lost")))}
    found = said_of(Material(("x", "y", "z"), ("label",) * 3, vectors, described), ["b", "a"])
    half = np.sqrt(0.5)
    np.testing.assert_allclose(found, [[0, 0, 1], [half, half, 0]], atol=1e-3)
