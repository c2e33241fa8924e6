"""Classifiers on towers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.base import Batch
from pinakes.learn.classifier import Classifier, Config
from pinakes.learn.experiment.methods import method_of
from tests.learn.correlated import across, correlated, lacking, task, taught


def classifier(batch: Batch, steps: int = 40, **config: object) -> Classifier:
    torch.manual_seed(0)
    learner = taught(Classifier(task(batch), Config(**config)), batch, steps)  # type: ignore[arg-type]
    assert isinstance(learner, Classifier)
    return learner


def right(learner: Classifier, batch: Batch) -> float:
    assert batch.labels is not None
    found = learner.classify(batch.inputs[learner.modality]).argmax(1) == batch.labels.argmax(1)
    return found.float().mean().item()


@pytest.mark.parametrize("config", [{"modality": "image"}, {"modality": "text", "hidden": 16, "dropout": 0.1}])
def test_a_classifier_names_the_class_of_rows_never_seen(config: dict[str, object]) -> None:
    learner, queries = classifier(correlated(200), **config), correlated(100, seed=1)
    assert right(learner, queries) > 0.85
    assert not learner.several
    told = learner.probabilities(queries.inputs[learner.modality])
    assert torch.allclose(told.sum(1), torch.ones(100))


def test_shuffled_labels_teach_no_class() -> None:
    assert right(classifier(correlated(200, shuffled=True)), correlated(100, seed=1)) < 0.4


def test_what_a_classifier_looks_at_brings_rows_of_a_class_together() -> None:
    queries = correlated(100, seed=1)
    before, after = (classifier(correlated(200), steps, hidden=16) for steps in (0, 60))
    found = across(after, queries, "text", "text")
    assert found > across(before, queries, "text", "text") + 0.05
    assert after.embed("text", queries.inputs["text"]).shape == (100, 16) == (100, after.dim)


def test_several_labels_of_a_row_are_learned_each_by_itself() -> None:
    batch = correlated(200)
    assert batch.labels is not None
    batch = replace(batch, labels=torch.cat([batch.labels, batch.labels[:, :3].sum(1, keepdim=True)], 1))
    learner = classifier(batch)
    assert learner.several
    told = learner.probabilities(batch.inputs["text"])
    assert batch.labels is not None
    assert ((told > 0.5) == (batch.labels > 0)).float().mean() > 0.9
    again = Classifier(task(batch), Config())
    again.load_state_dict(learner.state_dict())
    assert torch.equal(again.eval().probabilities(batch.inputs["text"]), told)


def test_regularised_heads_are_smaller() -> None:
    batch = correlated(100)
    sizes = {name: classifier(batch, 30, **{name: 0.05}).head[1].weight for name in ("dropout", "l1", "l2")}
    assert sizes["l2"].norm() < sizes["dropout"].norm()
    # Absolute values push what is of no use to nothing, squares only make it small.
    assert (sizes["l1"].abs() < 0.01).sum() > 2 * (sizes["l2"].abs() < 0.01).sum()


def test_rows_without_the_modality_have_no_part() -> None:
    batch = lacking(correlated(20), "text")
    learner = Classifier(task(batch), Config(modality="text"))
    assert learner.losses(batch, "all")["classes"].isfinite()
    nobody = replace(batch, present={"text": torch.zeros(20, dtype=torch.bool)})
    assert learner.losses(nobody, "all")["nothing"].item() == 0


def test_what_can_not_be_classified_is_refused() -> None:
    method = method_of("classifier")
    assert method.kind == "classifier"
    with pytest.raises(BadInput, match="learns from labels"):
        method.build(task(correlated(4), labels=False), Config())
    with pytest.raises(BadInput, match="no audio to classify"):
        method.build(task(correlated(4)), Config(modality="audio"))
    with pytest.raises(BadSetting, match="auto, one, several"):
        Config(classes="many")
    with pytest.raises(BadSetting, match="l1 must be 0 or more"):
        Config(l1=-1)
    with pytest.raises(BadSetting, match="dropout must be from 0 to below 1"):
        Config(dropout=1)
    learner = method.build(task(correlated(4)), Config())
    with pytest.raises(BadInput, match="learns from labels"):
        learner.losses(replace(correlated(4), labels=None), "all")
