"""Learned bits keep the order in which vectors stand, better than the principal axes that they begin as."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pinakes.encoders.base import unit_rows
from pinakes.encoders.hashers import Hasher
from pinakes.learn.builtin.coding import CodePlan, Coding, learn_codes, write_codes
from pinakes.learn.builtin.couples import Couples, Said, Wordings

torch.set_num_threads(1)


def couples(count: int = 400, dim: int = 160, near: float = 0.7) -> Couples:
    """Texts and pictures of pairs, most of whose spread lies in a few dimensions."""
    random = np.random.default_rng(0)
    spread = np.linspace(2, 0.2, dim) ** 2

    both = random.standard_normal((count, dim)) * spread
    noise = (near * random.standard_normal((count, dim)) * spread for _ in range(2))
    texts, pictures = (unit_rows((both + each).astype(np.float32)) for each in noise)
    wordings = Wordings(np.ones((count, 2), np.int32), np.zeros((count, 384), np.float16))
    said = [Said((row,)) for row in range(count)]
    return Couples(wordings, pictures[None], said, np.ones(count, np.int64), vectors=texts)


def kept(coding: Coding, food: Couples, bits: int) -> float:
    """How many of the ten that vectors find first are among the ten that bits find first."""
    centre, projection = coding.centre.detach().numpy(), coding.projection.detach().numpy()
    hasher = Hasher("learned", bits, "cosine", centre, np.ascontiguousarray(projection[:, :bits]))
    assert food.vectors is not None
    pictures = food.pictures[0]
    asked, shown = (2.0 * np.unpackbits(hasher.codes(each), axis=1) - 1 for each in (food.vectors, pictures))
    wanted, found = (np.argsort(-each, axis=1)[:, :10] for each in (food.vectors @ pictures.T, asked @ shown.T))
    return float(np.mean([len(set(one) & set(other)) / 10 for one, other in zip(wanted, found, strict=True)]))


def test_bits_learn_to_keep_the_order(tmp_path: Path) -> None:
    food, plan = couples(), CodePlan()
    plan = replace(plan, train=replace(plan.train, epochs=40, batch=200, rate=0.03, threads=1))
    before = Coding(160, plan)
    with torch.no_grad():
        before.begin(food)
    after = learn_codes(tmp_path, food, plan)
    assert kept(after, food, 128) > kept(before, food, 128) + 0.05
    assert kept(after, food, 64) > kept(before, food, 64) - 0.05, "the longer code is not bought with the shorter one"


def test_questions_that_keep_their_vector_find_more_by_the_same_codes(tmp_path: Path) -> None:
    food, plan = couples(), CodePlan()
    plan = replace(plan, train=replace(plan.train, epochs=10, batch=200, rate=0.03, threads=1))
    after = learn_codes(tmp_path, food, plan)
    centre, projection = (each.detach().numpy() for each in (after.centre, after.projection))
    spread = ((food.pictures[0] - centre) @ projection).std(0)
    np.testing.assert_allclose(spread, 1, atol=0.02)
    hasher = Hasher("learned", 64, "cosine", centre, np.ascontiguousarray(projection[:, :64]))
    assert food.vectors is not None
    pictures = food.pictures[0]
    stored = hasher.codes(pictures)
    scores = np.stack([hasher.agreement(each, stored) for each in food.vectors])
    signs = 2.0 * np.unpackbits(stored, axis=1) - 1
    np.testing.assert_allclose(scores, (food.vectors - centre) @ hasher.projection @ signs.T, atol=1e-3)
    wanted, found = (np.argsort(-each, axis=1)[:, :10] for each in (food.vectors @ pictures.T, scores))
    whole = np.mean([len(set(one) & set(other)) / 10 for one, other in zip(wanted, found, strict=True)])
    assert whole > kept(after, food, 64) + 0.05


def test_what_is_written_makes_the_same_codes(tmp_path: Path) -> None:
    coding = Coding(160, CodePlan())
    with torch.no_grad():
        coding.begin(couples())
    write_codes(coding, tmp_path / "codes.npz")
    with np.load(tmp_path / "codes.npz", allow_pickle=False) as told:
        assert told["centre"].shape == (160,) and told["projection"].shape == (160, 128)
        assert told["projection"].dtype == np.float32
        np.testing.assert_allclose(told["projection"], coding.projection.detach().numpy())
