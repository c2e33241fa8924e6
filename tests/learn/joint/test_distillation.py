"""Students of a teacher."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from pinakes.errors import BadInput
from pinakes.learn.base import METHODS, Batch, Task
from pinakes.learn.joint.distillation import Config, Distillation
from pinakes.learn.joint.food import TEACHER
from pinakes.learn.networks.base import Given, Tower
from tests.learn.correlated import across, correlated, lacking, mean_precision, taught


def with_teacher(batch: Batch) -> Batch:
    """Whose teacher is another encoder of the pictures, and its students see texts and pictures."""
    way = torch.randn(28, 12, generator=torch.Generator().manual_seed(7))
    told = torch.nan_to_num(batch.inputs["image"]) @ way
    return replace(batch, inputs={**batch.inputs, TEACHER: told}, labels=None)


def task(batch: Batch) -> Task:
    return Task({name: Given(values.shape[1]) for name, values in batch.inputs.items()}, 0, len(batch))


@pytest.mark.parametrize("weights", [{"relational": 0.0}, {"dim": 8}])
def test_a_student_of_words_finds_what_its_teacher_sees_in_pictures(weights: dict[str, float]) -> None:
    batch = with_teacher(correlated(300))
    torch.manual_seed(0)
    learner = taught(Distillation(task(batch), Config(**weights)), batch, 60)  # type: ignore[arg-type]
    queries = with_teacher(correlated(100, seed=1))
    assert across(learner, queries, "text", "image", pairs=True) > 0.2, "chance is 0.05"
    if learner.dim == 12:
        vectors = learner.embed("text", queries.inputs["text"])
        assert mean_precision(vectors, queries.inputs[TEACHER], torch.eye(100, dtype=torch.bool)) > 0.2


def test_relations_alone_make_the_students_similarities_those_of_the_teacher() -> None:
    batch = with_teacher(correlated(200))
    torch.manual_seed(0)
    learner = Distillation(task(batch), Config(dim=8, cosine=0.0))
    queries = with_teacher(correlated(60, seed=1))

    def likeness() -> float:
        vectors = learner.embed("image", queries.inputs["image"])
        told = nn.functional.normalize(queries.inputs[TEACHER])
        return torch.corrcoef(torch.stack([(vectors @ vectors.T).flatten(), (told @ told.T).flatten()]))[0, 1].item()

    before = likeness()
    taught(learner, batch, 80)
    assert likeness() > max(0.9, before + 0.05)


def test_a_teacher_does_not_learn() -> None:
    class Network(Tower):
        def __init__(self) -> None:
            super().__init__(6)
            self.layer = nn.Sequential(nn.Linear(28, 6), nn.BatchNorm1d(6), nn.Dropout(0.5))

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.layer(inputs)
            return found

    batch = correlated(64)
    batch = replace(batch, inputs={**batch.inputs, TEACHER: batch.inputs["image"]})
    network = Network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    told = Task({"text": Given(20), TEACHER: network}, 0, 64)
    learner = taught(Distillation(told, Config()), batch, 5)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(each.requires_grad for each in learner.turns()["all"])
    assert learner.modalities == ("text",)


def test_rows_without_a_modality_or_a_teacher_have_no_part() -> None:
    batch = lacking(with_teacher(correlated(40)), "image")
    learner = Distillation(task(batch), Config(dim=4))
    assert all(value.isfinite() for value in learner.losses(batch, "all").values())
    untaught = replace(batch, present={TEACHER: torch.zeros(40, dtype=torch.bool)})
    assert {name: value.item() for name, value in learner.losses(untaught, "all").items()} == {"nothing": 0}


def test_a_state_gives_the_same_vectors_back() -> None:
    batch = with_teacher(correlated(20))
    one, other = (Distillation(task(batch), Config(dim=4)) for _ in range(2))
    other.load_state_dict(one.state_dict())
    assert torch.equal(one.embed("text", batch.inputs["text"]), other.embed("text", batch.inputs["text"]))


def test_a_missing_teacher_is_named() -> None:
    with pytest.raises(BadInput, match="no teacher beside the students: the towers are text, image"):
        METHODS.get("distillation").build(task(correlated(4)), Config())
    batch = with_teacher(correlated(4))
    with pytest.raises(BadInput, match="Taught"):
        Distillation(task(batch), Config()).losses(correlated(4), "all")
