"""From rows to batches: what a row draws is its own, whoever makes the batch and whenever."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Texts
from pinakes.learn.data.source import Source
from tests.learn.data.makers import Lengths, made


def source(chosen: list[int] | None = None, seed: int = 1) -> Source:
    return Source(made(), {"text": Lengths()}, np.array(chosen or range(12)), seed, size=5)


def test_positions_count_the_chosen_rows() -> None:
    found = source([4, 6, 11]).batch(np.array([2, 0]))
    labels = made().labels
    assert labels is not None
    assert found.rows.tolist() == [2, 0]
    assert found.inputs["text"].flatten().tolist() == [len("the row 11 of all"), len("the row 4 of all")]
    assert found.labels is not None
    assert found.labels.tolist() == labels[[11, 4]].tolist()


def test_what_a_row_draws_depends_on_seed_epoch_and_id_alone() -> None:
    whole = source().batch(np.arange(12), epoch=3).inputs["text"]
    turned = source().batch(np.array([7, 2]), epoch=3).inputs["text"]
    assert torch.equal(turned, whole[[7, 2]])
    some = source([2, 7]).batch(np.array([1]), epoch=3).inputs["text"]
    assert torch.equal(some, whole[[7]])
    for other in (source(seed=2).batch(np.arange(12), epoch=3), source().batch(np.arange(12), epoch=4)):
        assert not torch.isclose(other.inputs["text"], whole).any()


def test_without_an_epoch_nothing_is_drawn() -> None:
    assert source().batch(np.arange(12)).inputs["text"].frac().abs().sum() == 0


def test_all_rows_come_in_their_order() -> None:
    found = source()
    assert [len(each) for each in found.batches()] == [5, 5, 2]
    assert torch.cat([each.rows for each in found.batches()]).tolist() == list(range(12))
    assert found.rows == 12 and found.labels is not None and found.labels.shape == (12, 3)


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_batches_made_ahead_are_those_of_the_plan(threads: int) -> None:
    plan = np.random.default_rng(1).permutation(12).reshape(6, 2)
    found = list(source().ahead(plan, 2, threads, depth=2))
    assert [each.rows.tolist() for each in found] == plan.tolist()
    for each, rows in zip(found, plan, strict=True):
        assert torch.equal(each.inputs["text"], source().batch(rows, 2).inputs["text"])


def test_an_error_in_a_thread_is_that_of_the_batch() -> None:
    with pytest.raises(IndexError):
        list(source().ahead([np.array([0]), np.array([99])], 0))


def test_a_row_without_a_modality_is_zeros_and_said_to_be_so() -> None:
    there = np.array([True, False, True])
    texts = Texts([("abc",), (), ("abcd",)])
    found = TrainingSet("made", ("a", "b", "c"), {"text": texts}, present={"text": there})
    batch = Source.whole(found, {"text": Lengths()}).batch(np.array([2, 1, 0]))
    assert batch.inputs["text"].flatten().tolist() == [4, 0, 3]
    assert batch.present["text"].tolist() == [True, False, True]
    assert batch.labels is None
    alone = Source.whole(found, {"text": Lengths()}).batch(np.array([1]))
    assert alone.inputs["text"].tolist() == [[0]]
    full = Source.whole(found, {"text": Lengths()}, seed=3).batch(np.array([0, 1, 2]), epoch=1)
    part = Source(found, {"text": Lengths()}, np.array([2]), seed=3).batch(np.array([0]), epoch=1)
    assert full.inputs["text"][2] == part.inputs["text"][0]


def test_no_rows_and_unknown_modalities_are_refused() -> None:
    with pytest.raises(BadInput, match="No row"):
        Source(made(), {}, np.array([], np.int64))
    with pytest.raises(NotFound, match="has no audio"):
        Source.whole(made(), {"audio": Lengths()})
