"""What every hashing method must do: learn, not learn from nothing, repeat, and survive odd batches."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import pinakes.learn.hashing  # noqa: F401  # files the methods
from pinakes.errors import BadInput, BadSetting, Unsupported
from pinakes.learn.base import METHODS, Batch, Learner, Task
from pinakes.learn.networks.base import Given, Tower
from tests.learn.correlated import CLASSES, Rows, by_label, correlated, mean_precision, part, task, taught
from tests.learn.networks.tiny import pictures, tiny

NAMES = tuple(name for name in METHODS.names() if METHODS.get(name).kind == "hashing")
# Of methods that learn in steps.
LEARNING = tuple(name for name in NAMES if name not in ("hyperplanes", "itq", "cca-itq"))
LABELLED = tuple(name for name in NAMES if METHODS.get(name).labels)
SMALL: dict[str, Any] = {"bits": 16, "hidden": (32,)}
WIDTH = {
    "dchmt": {"width": 32},
    "mith": {"width": 32},
    "dadh": {"features": 16},
    "idcmh": {"secondary": 16},
    "ucch": {"negatives": 64},
}


def made(name: str, batch: Batch, **settings: Any) -> Learner:
    method = METHODS.get(name)
    torch.manual_seed(0)
    return method.build(task(batch), method.config(**{**SMALL, **WIDTH.get(name, {}), **settings}))


@torch.no_grad()
def found(learner: Learner, batch: Batch) -> float:
    """mAP of looking for one modality by the codes of the other, mean of both directions."""
    first, second = (learner.embed(name, batch.inputs[name]).sign() for name in batch.inputs)
    relevant = by_label(batch)
    return (mean_precision(first, second, relevant) + mean_precision(second, first, relevant)) / 2


@pytest.mark.parametrize("name", [name for name in NAMES if name != "hyperplanes"])
def test_a_method_finds_by_codes_what_belongs_together(name: str) -> None:
    batch = correlated(64)
    learner = taught(made(name, batch), batch, 60 if name in LEARNING else 1)
    chance = by_label(batch).float().mean().item()
    assert found(learner, batch) > (0.8 if METHODS.get(name).labels else 2 * chance)


def test_idcmhs_targets_are_graded_or_not() -> None:
    batch = correlated(24)
    assert batch.labels is not None
    both = Batch(batch.rows, batch.inputs, (batch.labels + batch.labels.roll(1, 0)).clamp(max=1))
    across = []
    for graded in (True, False):
        torch.manual_seed(3)
        across.append(made("idcmh", both, graded=graded).losses(both, "all")["across"].item())
    assert across[0] < across[1], "cosines near 0 are nearer to shares than to ones"


@pytest.mark.parametrize("name", LABELLED)
def test_shuffled_labels_leave_chance_on_other_rows(name: str) -> None:
    batch, other = correlated(64, shuffled=True), correlated(64, seed=1)
    learner = taught(made(name, batch), batch, 20)
    chance = by_label(other).float().mean().item()
    # With six classes two networks that have learned nothing may agree a little by accident.
    assert abs(found(learner, other) - chance) < 0.2


@pytest.mark.parametrize("name", NAMES)
def test_a_method_says_codes_of_its_bits_and_comes_back_from_its_state(name: str) -> None:
    batch = correlated(24)
    learner = taught(made(name, batch), batch, 2, size=12)
    again = made(name, batch)
    again.load_state_dict(learner.state_dict())
    again.eval()
    for modality, inputs in batch.inputs.items():
        codes = learner.embed(modality, inputs)
        assert codes.shape == (24, 16)
        assert torch.equal(codes, again.embed(modality, inputs))


@pytest.mark.parametrize("name", NAMES)
def test_state_that_is_learned_is_all_in_parameters_and_buffers(name: str) -> None:
    batch = correlated(24)
    learner = taught(made(name, batch), batch, 2, size=12).train()
    learner.after_epoch(0, 2)
    again = made(name, batch).train()
    again.load_state_dict(learner.state_dict())
    for turn in learner.turns():
        said = []
        for each in (learner, again):
            torch.manual_seed(4)
            said.append(each.losses(part(batch, torch.arange(8)), turn))
        assert said[0].keys() == said[1].keys()
        assert all(torch.equal(value, said[1][key]) for key, value in said[0].items())


@pytest.mark.parametrize("name", LEARNING)
@pytest.mark.parametrize("rows", [[3], [], [0, 0]])
def test_a_batch_of_one_of_none_or_of_one_class_has_a_finite_loss_and_gradient(name: str, rows: list[int]) -> None:
    batch = correlated(24)
    learner = made(name, batch)
    learner.begin(Rows(batch))
    learner.train()
    for turn, parameters in learner.turns().items():
        total = torch.stack(
            list(learner.losses(part(batch, torch.tensor(rows, dtype=torch.int64)), turn).values())
        ).sum()
        assert torch.isfinite(total)
        total.backward()
        assert all(torch.isfinite(each.grad).all() for each in parameters if each.grad is not None)


@pytest.mark.parametrize("name", LEARNING)
def test_rows_that_lack_a_modality_are_passed_over(name: str) -> None:
    batch = correlated(12)
    there = torch.arange(12) % 3 > 0
    holed = {**batch.inputs, "text": torch.where(there[:, None], batch.inputs["text"], torch.nan)}
    learner = made(name, batch)
    learner.begin(Rows(batch))
    for turn in learner.turns():
        torch.manual_seed(1)
        said = learner.losses(Batch(batch.rows, holed, batch.labels, {"text": there}), turn)
        assert all(torch.isfinite(value) for value in said.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_set_of_one_modality_is_hashed_as_well(name: str) -> None:
    batch = correlated(64, "text")
    learner = taught(made(name, batch), batch, 60 if name in LEARNING else 1)
    codes = learner.embed("text", batch.inputs["text"]).sign()
    assert mean_precision(codes, codes, by_label(batch)) > 1.5 / CLASSES


@pytest.mark.parametrize("name", NAMES)
def test_more_bits_than_features_are_no_obstacle(name: str) -> None:
    batch = correlated(24)
    learner = taught(made(name, batch, bits=40), batch, 1)
    assert learner.embed("text", batch.inputs["text"]).shape == (24, 40)


@pytest.mark.parametrize("name", LABELLED)
def test_a_method_that_needs_labels_says_so(name: str) -> None:
    with pytest.raises(BadInput, match="learns from labels"):
        METHODS.get(name).build(task(correlated(8), labels=False), METHODS.get(name).config())


def test_more_modalities_than_two_and_impossible_lengths_are_refused() -> None:
    batch = correlated(8, "text image audio")
    with pytest.raises(Unsupported, match="the set has 3"):
        made("dcmh", batch)
    with pytest.raises(BadSetting, match="bits must be from 1 to 1024, not 0"):
        METHODS.get("dcmh").config(bits=0)
    with pytest.raises(BadSetting, match="bits must be from 1 to 1024, not 1025"):
        METHODS.get("dcmh").config(bits=1025)
    with pytest.raises(BadSetting, match="dropout must be from 0 to below 1, not 1"):
        METHODS.get("dcmh").config(dropout=1.0)
    with pytest.raises(BadInput, match="hidden layer of 0 numbers"):
        METHODS.get("dcmh").config(hidden=(8, 0))
    with pytest.raises(BadSetting, match="attention_heads must be 1 or more, not 0"):
        METHODS.get("mith").config(attention_heads=0)
    with pytest.raises(BadInput, match="width of 30"):
        METHODS.get("mith").config(width=30)


class Words(Tower):
    """Token ids to vectors: the mean of those that are real."""

    def __init__(self) -> None:
        super().__init__(8)
        self.table = torch.nn.Embedding(10, 8)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        tokens, mask = self.tokens(inputs)
        return (tokens * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)

    def tokens(self, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.table(inputs), inputs > 0


class Stages(Tower):
    """Pictures to maps of two scales."""

    def __init__(self) -> None:
        super().__init__(6)
        self.fine, self.coarse = torch.nn.Conv2d(3, 4, 3, 2), torch.nn.Conv2d(4, 6, 3, 2)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.maps(inputs)["coarse"].mean((2, 3))

    def maps(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        fine = self.fine(inputs).relu()
        return {"fine": fine, "coarse": self.coarse(fine).relu()}


@pytest.mark.parametrize("name", NAMES)
def test_towers_of_pictures_and_of_words_are_hashed_and_learn(name: str) -> None:
    torch.manual_seed(0)
    words = torch.randint(1, 10, (12, 5)).tril(2)
    batch = Batch(torch.arange(12), {"image": torch.randn(12, 3, 20, 20), "text": words}, torch.eye(3).repeat(4, 1))
    method, towers = METHODS.get(name), {"image": Stages(), "text": Words()}
    learner = method.build(Task(towers, 3, 12), method.config(**{**SMALL, **WIDTH.get(name, {})}))
    before = towers["image"].fine.weight.clone()
    taught(learner, batch, 2)
    assert learner.embed("image", batch.inputs["image"]).shape == (12, 16)
    assert learner.embed("text", words).shape == (12, 16)
    assert torch.equal(before, towers["image"].fine.weight) is (name not in LEARNING)


def test_idcmh_goes_once_through_a_network_for_vectors_and_maps() -> None:
    tower, method = tiny("tinyvit_5m"), METHODS.get("idcmh")
    learner = method.build(Task({"image": tower}, 3, 4), method.config(**{**SMALL, **WIDTH["idcmh"], "side": 64}))
    passes: list[int] = []
    tower.stages["stage1"].register_forward_hook(lambda *_: passes.append(1))
    learner.losses(Batch(torch.arange(4), {"image": pictures(4)}, torch.eye(3)[[0, 1, 2, 0]]), "all")
    assert len(passes) == 1


def test_padding_of_words_changes_no_code() -> None:
    for name in ("dchmt", "mith", "idcmh"):
        method = METHODS.get(name)
        learner = method.build(Task({"text": Words()}, 3, 4), method.config(**{**SMALL, **WIDTH[name]})).eval()
        words = torch.tensor([[3, 4, 5]])
        assert torch.allclose(
            learner.embed("text", words), learner.embed("text", torch.tensor([[3, 4, 5, 0, 0]])), atol=1e-5
        )


def test_given_is_the_tower_of_ready_features() -> None:
    assert Given(3)(torch.ones(2, 3)).sum() == 6
