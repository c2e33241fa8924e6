"""Our own method: its ranking, its nested lengths, modalities that are lacking, labels that are wrong."""

from __future__ import annotations

import math

import pytest
import torch

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.base import Batch
from pinakes.learn.hashing.pinakes import Config, Pinakes, lengths, ranking
from pinakes.learn.losses.robust import flipped
from tests.learn.correlated import Rows, across, by_label, correlated, lacking, mean_precision, part, task, taught

SMALL = Config(bits=32, hidden=(32,), drawn=64)


def test_the_ranking_sets_each_that_is_alike_against_the_mean_of_the_others() -> None:
    torch.manual_seed(0)
    scores = torch.randn(4, 6, dtype=torch.float64)
    alike = torch.tensor([[1, 0, 0, 1, 0, 0], [0] * 6, [1] * 6, [0, 0.25, 1, 0, 0, 0.5]], dtype=torch.float64)
    told = []
    for row, right in ((scores[place].tolist(), alike[place].tolist()) for place in (0, 3)):
        rest = sum((1 - share) * math.exp(score) for score, share in zip(row, right, strict=True))
        rest *= 3 / sum(1 - share for share in right)
        losses = [-math.log(math.exp(score) / (math.exp(score) + rest)) for score in row]
        told.append(sum(share * loss for share, loss in zip(right, losses, strict=True)) / sum(right))
    assert ranking(scores, alike, 3.0).item() == pytest.approx(sum(told) / 2), "rows without either are left out"
    assert ranking(scores[1:3], alike[1:3], 3.0) == 0
    assert ranking(scores[:0], alike[:0], 3.0) == 0
    assert torch.autograd.gradcheck(lambda given: ranking(given, alike, 3.0), scores.requires_grad_())


def test_the_lengths_are_powers_of_two_and_all() -> None:
    assert lengths(128, nested=True) == (16, 32, 64, 128)
    assert lengths(48, nested=True) == (16, 32, 48)
    assert lengths(16, nested=True) == lengths(16, nested=False) == (16,)
    assert lengths(64, nested=False) == (64,)
    assert lengths(8, nested=True) == (8,)


def test_the_first_bits_of_a_code_are_a_good_shorter_code() -> None:
    batch, other = correlated(200), correlated(80, seed=1)

    def short(bits: int) -> float:
        torch.manual_seed(0)
        config = Config(bits=bits, hidden=(32,), drawn=64, dropout=0.0)
        learner = taught(Pinakes(task(batch), config), batch, 40)
        first, second = (learner.embed(name, other.inputs[name])[:, :16].sign() for name in ("image", "text"))
        return mean_precision(first, second, by_label(other))

    assert short(128) > max(0.9, short(16) - 0.02), "as good as a code that is no longer"


def test_three_modalities_and_rows_that_lack_some_are_learned() -> None:
    batch = lacking(lacking(correlated(200, "text image audio"), "text"), "audio")
    torch.manual_seed(0)
    learner = taught(Pinakes(task(batch), SMALL), batch, 60)
    other = correlated(80, "text image audio", seed=1)
    for one, second in (("text", "audio"), ("audio", "image"), ("image", "text")):
        assert across(learner, other, one, second) > 0.75
    assert torch.isfinite(torch.cat([buffer.flatten().float() for buffer in learner.buffers()])).all()


def test_a_row_that_was_not_met_is_not_ranked() -> None:
    batch = correlated(40)
    learner = Pinakes(task(batch), SMALL)
    learner.begin(Rows(batch))
    learner.losses(part(batch, torch.arange(5)), "all")
    assert (learner.memory.of("text").abs().sum(1) > 0).sum() == 5


def test_where_labels_are_wrong_doubt_believes_what_is_read() -> None:
    clean = correlated(200)
    assert clean.labels is not None
    told = Batch(clean.rows, clean.inputs, flipped(clean.labels, 0.3, 0))
    torch.manual_seed(0)
    config = Config(bits=16, hidden=(32,), drawn=64, robust=0.7, doubt=0.8, classify=1.0, dropout=0.0)
    learner = Pinakes(task(told), config)
    taught(learner, told, 80)
    right = (learner.believed.argmax(1) == clean.labels.argmax(1)).float().mean()
    assert right > 0.9, "0.75 were told right"


def test_half_is_learned_before_doubt_begins() -> None:
    learner = Pinakes(task(correlated(8)), Config(doubt=0.5, classify=0.03))
    for epoch, doubting in enumerate((False, False, True, True)):
        learner.before_epoch(epoch, 4)
        assert bool(learner.doubting) is doubting


def test_labels_that_are_not_read_can_not_be_doubted() -> None:
    with pytest.raises(BadInput, match="Set classify"):
        Config(doubt=0.5)


def test_a_row_stands_against_something() -> None:
    with pytest.raises(BadSetting, match="others must be more than 0"):
        Config(others=0.0)


@pytest.mark.parametrize("calm", [True, False])
def test_rows_ask_through_noise_and_are_remembered_without_it(calm: bool) -> None:
    batch = correlated(20)
    torch.manual_seed(0)
    learner = Pinakes(task(batch), Config(bits=16, hidden=(32,), calm=calm))
    learner.begin(Rows(batch))
    learner.train()
    learner.losses(batch, "all")
    assert learner.training and all(module.training for module in learner.modules())
    learner.eval()
    clean = torch.tanh(learner.embed("image", batch.inputs["image"]))
    assert torch.allclose(learner.memory.of("image"), clean, atol=1e-6) is calm
