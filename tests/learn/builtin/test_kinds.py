"""Kinds of pictures, each told apart from the others of its own set alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pinakes.learn.builtin.couples import Said
from pinakes.learn.builtin.kinds import Kinds, Telling

torch.set_num_threads(1)


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
