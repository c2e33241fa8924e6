"""All fusion networks by their one interface: what they learn, with modalities that are lacking."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch

import pinakes.learn.fusion as room
from pinakes.errors import BadInput
from pinakes.learn.base import METHODS, Batch
from pinakes.learn.fusion.base import Fuser
from tests.learn.correlated import by_label, correlated, lacking, mean_precision, part, task, taught, unlabelled

assert room.__all__
NAMES = tuple(name for name in METHODS if METHODS.get(name).kind == "fusion")
# As small as they can be.
SMALL = {"dim": 16, "layers": 1, "heads": 2, "clusters": 8, "words": 16, "centres": 16, "judge": 16}


def made(name: str, batch: Batch, **settings: object) -> Fuser:
    method = METHODS.get(name)
    known = {each.name for each in fields(method.config)}
    config = method.config(**{key: value for key, value in (SMALL | settings).items() if key in known})
    torch.manual_seed(0)
    learner = method.build(task(batch), config)
    assert isinstance(learner, Fuser)
    return learner


@torch.no_grad()
def found(learner: Fuser, batch: Batch, *known: str, pairs: bool = False) -> float:
    """mAP of rows of which something is known among all rows of which all is, but for themselves if by label."""
    queries = learner.fuse({name: batch.inputs[name] for name in known})
    documents = learner.fuse(batch.inputs)
    itself = torch.eye(len(batch), dtype=torch.bool)
    return mean_precision(queries, documents, itself if pairs else by_label(batch) & ~itself)


def test_there_are_as_many_fusions_as_are_told() -> None:
    assert set(NAMES) == {
        "fusion-concatenation",
        "fusion-weighted",
        "fusion-gated",
        "fusion-attention",
        "fusion-crossmodal",
        "fusion-onestream",
        "fusion-separate",
        "fusion-adversarial",
        "fusion-clustering",
        "fusion-association",
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_fusion_finds_by_all_and_by_what_is_known_alone(name: str) -> None:
    batch = lacking(lacking(correlated(200), "image", 0.2), "text", 0.3)
    learner = taught(made(name, batch), batch, 30)
    assert isinstance(learner, Fuser)
    assert all(value.isfinite().all() for value in learner.state_dict().values())
    queries, level = correlated(80, seed=1), 0.2
    assert found(learner, queries, "text", "image") > level + 0.4
    assert found(learner, queries, "text") > level + 0.35
    assert found(learner, queries, "image") > level + 0.35
    # No number is kept under two names.
    assert set(learner.state_dict()) == {each for each, _ in (*learner.named_parameters(), *learner.named_buffers())}
    again = made(name, batch)
    again.load_state_dict(learner.state_dict())
    vectors = learner.fuse(queries.inputs)
    assert torch.equal(vectors, again.eval().fuse(queries.inputs))
    assert vectors.shape == (80, learner.dim)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(80), atol=1e-4)
    assert torch.equal(learner.embed("text", queries.inputs["text"]), learner.fuse({"text": queries.inputs["text"]}))


@pytest.mark.parametrize("name", ["fusion-gated", "fusion-association"])
def test_modalities_and_labels_of_different_things_teach_nothing(name: str) -> None:
    batch = correlated(200, shuffled=True)
    learner = taught(made(name, batch), batch, 40)
    assert isinstance(learner, Fuser)
    queries = correlated(80, seed=1)
    words, pictures = (learner.embed(each, queries.inputs[each]) for each in ("text", "image"))
    assert mean_precision(words, pictures, by_label(queries)) < 0.2 + 0.15


@pytest.mark.parametrize("name", ["fusion-attention", "fusion-association"])
def test_pairs_without_labels_lead_from_one_modality_to_another(name: str) -> None:
    batch = unlabelled(correlated(300))
    learner = taught(made(name, batch, centres=32, nearest=3), batch, 60)
    queries = correlated(80, seed=1)
    words, pictures = (learner.embed(each, queries.inputs[each]).detach() for each in ("text", "image"))
    assert mean_precision(words, pictures, by_label(queries)) > 0.2 + 0.2


@pytest.mark.parametrize("name", NAMES)
def test_three_modalities_a_batch_of_one_and_rows_of_which_nothing_is_known(name: str) -> None:
    batch = correlated(12, "text image audio")
    learner = made(name, batch)
    assert learner.modalities == ("text", "image", "audio")
    learner = taught(learner, batch, 1, size=4)
    one = part(batch, torch.tensor([3]))
    unknown = replace(batch, present={each: torch.arange(12) > 4 for each in batch.inputs})
    nobody = replace(batch, present={each: torch.zeros(12, dtype=torch.bool) for each in batch.inputs})
    learner.train()
    for turn, parameters in learner.turns().items():
        for some in (one, unknown, nobody):
            loss = torch.stack(list(learner.losses(some, turn).values())).sum()
            loss.backward()
            assert loss.isfinite()
        assert all(each.grad is None or each.grad.isfinite().all() for each in parameters)
    assert learner.eval().fuse(unknown.inputs, unknown.present).isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_what_can_not_be_fused_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="2 modalities or more, and the set has 1"):
        made(name, correlated(4, "text"))
    with pytest.raises(BadInput, match="text"):
        made(name, correlated(4)).fuse({"smell": torch.zeros(2, 3)})


@pytest.mark.parametrize("name", ["fusion-crossmodal", "fusion-adversarial", "fusion-clustering", "fusion-association"])
def test_queries_of_one_modality_can_be_traced(name: str) -> None:
    """What is exported is one graph for any number of rows."""
    batch = correlated(6)
    learner = made(name, batch).eval()

    class Asked(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.learner = learner

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.learner.embed("text", inputs)

    rows = ({0: torch.export.Dim("rows", min=1)},)
    program = torch.export.export(Asked(), (batch.inputs["text"],), dynamic_shapes=rows)
    some = correlated(9, seed=2).inputs["text"]
    assert torch.allclose(program.module()(some), learner.embed("text", some), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_mixed_precision_gives_finite_losses_and_gradients(name: str) -> None:
    batch = lacking(correlated(24), "image")
    learner = taught(made(name, batch), batch, 0)
    learner.train()
    for turn, parameters in learner.turns().items():
        with torch.autocast("cpu", torch.bfloat16):
            loss = torch.stack([each.float() for each in learner.losses(batch, turn).values()]).sum()
        loss.backward()
        assert loss.isfinite()
        assert all(each.grad is None or each.grad.isfinite().all() for each in parameters)
