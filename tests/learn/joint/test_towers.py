"""Common spaces: what is learned, from labels and from pairs, with rows that lack a modality."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.base import METHODS, Batch
from pinakes.learn.joint.objectives import OBJECTIVES, Scale, Shape
from pinakes.learn.joint.towers import Config, Joint
from tests.learn.correlated import across, correlated, lacking, part, task, taught, unlabelled

LEVEL = 0.2


def joint(batch: Batch, steps: int = 60, **config: object) -> Joint:
    torch.manual_seed(0)
    learner = taught(Joint(task(batch), Config(**{"dim": 16, **config})), batch, steps)  # type: ignore[arg-type]
    assert isinstance(learner, Joint)
    return learner


@pytest.mark.parametrize("loss", ["infonce", "siglip", "triplet", "arcface"])
def test_each_objective_brings_what_shares_a_label_together(loss: str) -> None:
    learner = joint(correlated(200), loss=loss)
    queries = correlated(100, seed=1)
    assert across(learner, queries, "text", "image") > 0.75
    assert across(learner, queries, "image", "text") > 0.75


@pytest.mark.parametrize("loss", ["infonce", "siglip", "triplet"])
def test_pairs_alone_are_enough_to_find_the_partner_of_a_row_never_seen(loss: str) -> None:
    learner = joint(unlabelled(correlated(300)), 120, loss=loss, hidden=32)
    found = across(learner, correlated(100, seed=1), "text", "image", pairs=True)
    assert found > 0.5, "chance is 0.05"


def test_rows_whose_modalities_tell_of_different_things_teach_nothing() -> None:
    learner = joint(correlated(200, shuffled=True))
    assert across(learner, correlated(100, seed=1), "text", "image") < LEVEL + 0.15


def test_three_modalities_meet_in_one_space() -> None:
    batch = correlated(200, "text image audio")
    learner = joint(batch)
    queries = correlated(100, "text image audio", seed=1)
    for first, second in (("text", "image"), ("audio", "text"), ("image", "audio")):
        assert across(learner, queries, first, second) > 0.75
    assert set(learner.losses(batch, "all")) == {"text-image", "text-audio", "image-audio"}


def test_rows_that_lack_a_modality_are_learned_from_all_the_same() -> None:
    batch = lacking(lacking(correlated(200), "image"), "text", 0.3)
    learner = joint(batch)
    assert all(each.isfinite().all() for each in learner.parameters())
    assert across(learner, correlated(100, seed=1), "text", "image") > 0.75


def test_what_stands_where_a_modality_is_lacking_changes_nothing() -> None:
    batch = lacking(correlated(20), "image")
    learner = Joint(task(batch), Config(dim=8))
    filled = replace(batch, inputs={**batch.inputs, "image": batch.inputs["image"].nan_to_num(7.0)})
    assert torch.equal(learner.losses(batch, "all")["text-image"], learner.losses(filled, "all")["text-image"])


def test_a_batch_without_a_row_that_has_both_has_a_loss_of_zero() -> None:
    batch = replace(correlated(4), present={"image": torch.zeros(4, dtype=torch.bool)})
    learner = Joint(task(batch), Config(dim=8))
    loss = learner.losses(batch, "all")
    assert {name: value.item() for name, value in loss.items()} == {"nothing": 0}
    torch.stack(list(loss.values())).sum().backward()


def test_a_batch_of_one_can_be_learned_from() -> None:
    batch = part(correlated(4), torch.tensor([2]))
    for loss in ("infonce", "siglip", "triplet", "arcface"):
        learner = Joint(task(batch), Config(dim=8, loss=loss))
        assert all(value.isfinite() for value in learner.losses(batch, "all").values())


def test_copies_of_a_caption_are_not_pushed_away() -> None:
    batch = unlabelled(correlated(6))
    learner = Joint(task(batch), Config(dim=8))
    twice = replace(batch, inputs={**batch.inputs, "text": batch.inputs["text"][[0, 1, 2, 3, 4, 4]]})
    alone = part(twice, torch.tensor([4, 5]))
    assert learner.losses(alone, "all")["text-image"].item() == pytest.approx(0, abs=1e-6)
    assert learner.losses(part(batch, torch.tensor([4, 5])), "all")["text-image"].item() > 0.01


def test_what_shares_a_label_may_be_spared_instead_of_brought_together() -> None:
    batch = correlated(40)
    losses = {each: Joint(task(batch), Config(dim=8, together=each)) for each in ("labels", "rows", "spared")}
    state = losses["labels"].state_dict()
    values = {}
    for each, learner in losses.items():
        learner.load_state_dict(state)
        values[each] = learner.losses(batch, "all")["text-image"].item()
    assert values["spared"] < values["rows"]
    assert len(set(values.values())) == 3


def test_vectors_have_length_one_and_a_state_gives_the_same_ones_back() -> None:
    batch = correlated(50)
    learner, other = joint(batch, 3, hidden=12), Joint(task(batch), Config(dim=16, hidden=12))
    other.load_state_dict(learner.state_dict())
    vectors = learner.embed("text", batch.inputs["text"])
    assert torch.allclose(vectors.norm(dim=1), torch.ones(50))
    assert torch.equal(vectors, other.eval().embed("text", batch.inputs["text"]))
    assert vectors.shape == (50, learner.dim)


def test_the_temperature_is_learned_and_does_not_pass_its_bound() -> None:
    scale = Scale(0.07)
    assert scale().item() == pytest.approx(1 / 0.07)
    with torch.no_grad():
        scale.log.fill_(9.0)
    assert scale().item() == pytest.approx(100.0)
    scale().backward()
    assert scale.log.grad is not None
    assert scale.log.grad.item() > 0


def test_what_can_not_be_learned_is_refused_with_a_way_out() -> None:
    with pytest.raises(BadInput, match="2 modalities or more, and the set has 1"):
        Joint(task(correlated(4, "text")), Config())
    with pytest.raises(BadInput, match="arcface learns from labels"):
        Joint(task(correlated(4), labels=False), Config(loss="arcface"))
    with pytest.raises(BadSetting, match=r"loss is one of arcface, infonce, .*Did you mean infonce"):
        Joint(task(correlated(4)), Config(loss="infonc"))
    with pytest.raises(BadSetting, match="together is one of labels, rows, spared, not titles"):
        Config(together="titles")
    with pytest.raises(BadInput, match="temperature"):
        OBJECTIVES.get("infonce")(Shape(4, 0, temperature=0.001))
    with pytest.raises(BadSetting, match="dropout must be from 0 to below 1"):
        Config(dropout=1.0)
    with pytest.raises(BadSetting, match="dim must be 1 or more"):
        Config(dim=0)


def test_the_method_is_known_by_its_name() -> None:
    method = METHODS.get("joint")
    learner = method.build(task(correlated(4)), method.config())
    assert learner.modalities == ("text", "image")
    assert learner.dim == 128
