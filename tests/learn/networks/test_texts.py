"""Text networks: shapes, counts, padding that changes nothing, gradients, learning by heart, and their graphs."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput, BadVector
from pinakes.learn.networks.base import NETWORKS, Tower
from pinakes.learn.networks.text import POOLINGS, Pool
from tests.learn.networks.texts import KINDS, TEXTS, WORDS, small, texts
from tests.learn.networks.towers import farthest


def exported(tower: nn.Module, inputs: Tensor, path: Path) -> onnxruntime.InferenceSession:
    """The tower as ONNX, of any number of rows and of any length."""
    n, length = torch.export.Dim("n", min=1, max=64), torch.export.Dim("length", min=1, max=2**20)
    if getattr(tower, "longest", None):
        length = torch.export.Dim("length", min=1, max=tower.longest)
    with warnings.catch_warnings():
        # What torch's exporter calls of torch is deprecated, and recurrent layers keep lists of their weights.
        warnings.filterwarnings("ignore", category=FutureWarning)
        for known in ("The tensor attribute", "The .grad attribute"):
            warnings.filterwarnings("ignore", message=known, category=UserWarning)
        torch.onnx.export(
            tower.eval(),
            (inputs,),
            path,
            dynamo=True,
            input_names=["inputs"],
            output_names=["vectors"],
            dynamic_shapes=({0: n, 1: length},),
            external_data=False,
            verbose=False,
        )
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def learned(tower: Tower, inputs: Tensor, labels: Tensor, steps: int, rate: float) -> float:
    """The share of inputs whose class the tower tells after so many steps over all of them, ever smaller ones."""
    optimiser = torch.optim.Adam(tower.parameters(), rate)
    smaller = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, steps)
    tower.train()
    for _ in range(steps):
        optimiser.zero_grad()
        functional.cross_entropy(tower(inputs), labels).backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimiser.step()
        smaller.step()
    with torch.no_grad():
        return float((tower.eval()(inputs).argmax(1) == labels).float().mean())


def test_every_kind_is_tested_here() -> None:
    assert {name.partition("_")[0] for name in TEXTS} == {name.partition("_")[0] for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
def test_texts_become_vectors_and_tokens(name: str) -> None:
    tower, inputs = small(name).eval(), texts(4)
    tokens, real = tower.tokens(inputs)
    assert tower(inputs).shape == (4, tower.dim)
    assert tokens.shape == (4, 9, tower.token_dim)
    assert torch.equal(real, inputs != 0)
    assert small(name, classes=3)(inputs).shape == (4, 3)


@pytest.mark.parametrize("name", KINDS)
def test_padding_changes_nothing(name: str) -> None:
    tower, inputs = small(name).eval(), texts(5)
    with torch.no_grad():
        together = tower(inputs)
        tokens, real = tower.tokens(inputs)
        for row, text in enumerate(inputs):
            alone = text[text != 0][None]
            torch.testing.assert_close(tower(alone)[0], together[row], atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(tower.tokens(alone)[0][0], tokens[row][real[row]], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_a_text_without_a_word_has_a_vector_too(name: str) -> None:
    tower = small(name).eval()
    with torch.no_grad():
        vectors = tower(torch.zeros(2, 4, dtype=torch.int64))
    assert torch.isfinite(vectors).all()


@pytest.mark.parametrize("name", KINDS)
def test_gradients_reach_every_parameter(name: str) -> None:
    tower = small(name, classes=3).train()
    functional.cross_entropy(tower(texts(6)), torch.arange(6) % 3).backward()
    missed = [name for name, each in tower.named_parameters() if each.grad is None or not each.grad.any()]
    assert missed == []


@pytest.mark.parametrize("name", KINDS)
def test_32_texts_are_learned_by_heart(name: str) -> None:
    tower = small(name, classes=4, width=0.25, dropout=0.0, vocabulary=WORDS)
    assert learned(tower, texts(32, seed=3), torch.arange(32) % 4, steps=80, rate=5e-3) == 1


@pytest.mark.parametrize(
    "name",
    [name if name == "lstm" else pytest.param(name, marks=pytest.mark.slow) for name in KINDS],
)
def test_the_graph_gives_what_torch_gives_at_any_length(name: str, tmp_path: Path) -> None:
    tower = small(name)
    session = exported(tower, texts(3, 5), tmp_path / "tower.onnx")
    for n, longest in ((1, 1), (3, 5), (7, 16)):
        assert farthest(tower, session, texts(n, longest, seed=n)) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("pooling", POOLINGS)
def test_every_pooling_can_be_exported(pooling: str, tmp_path: Path) -> None:
    tower = small("gru", both=True, layers=2, pooling=pooling)
    session = exported(tower, texts(3, 5), tmp_path / "tower.onnx")
    assert max(farthest(tower, session, texts(n, 3 * n)) for n in (1, 4)) < 1e-4


@pytest.mark.parametrize("name", [name for name in TEXTS if NETWORKS.get(name).parameters])
def test_counts_are_the_published_ones(name: str) -> None:
    with torch.device("meta"):
        tower = NETWORKS.get(name).build()
    assert sum(each.numel() for each in tower.parameters()) == NETWORKS.get(name).parameters


@pytest.mark.parametrize("how", POOLINGS)
def test_pooling_is_that_of_a_naive_loop(how: str) -> None:
    torch.manual_seed(0)
    pool, tokens = Pool(how, 4), torch.randn(3, 5, 4)  # type: ignore[arg-type]
    real = torch.arange(5) < torch.tensor([[5], [2], [1]])
    with torch.no_grad():
        pooled = pool(tokens, real)
        for row in range(3):
            kept = tokens[row][real[row]]
            if pool.score is not None:
                weights = torch.stack([(pool.score.weight[0] @ token).exp() for token in kept])
                wanted = sum(weight * token for weight, token in zip(weights, kept, strict=True)) / weights.sum()
            else:
                wanted = {"last": kept[-1], "mean": kept.mean(0), "max": kept.max(0).values}[how]
            torch.testing.assert_close(pooled[row], wanted)


def test_vectors_of_words_are_the_begin_of_an_embedding() -> None:
    vectors = np.random.default_rng(0).standard_normal((WORDS, 6)).astype(np.float32)
    for name in ("bag_of_words", "lstm", "transformer"):
        tower = NETWORKS.get(name).build(width=0.1, vocabulary=WORDS, vectors=vectors, frozen=True)
        words = tower.get_submodule("words")
        assert torch.equal(words.weight[1:], torch.from_numpy(vectors[1:]))
        assert not words.weight[0].any()
        assert not words.weight.requires_grad
        assert tower(texts(2)).shape == (2, tower.dim)
    with pytest.raises(BadVector, match="do not fit 50 numbers"):
        NETWORKS.get("lstm").build(width=0.1, vocabulary=WORDS, vectors=vectors[:9])


def test_the_order_of_words_counts_but_in_a_bag() -> None:
    inputs = torch.tensor([[5, 6, 7, 8], [8, 7, 6, 5]])
    for name in KINDS:
        with torch.no_grad():
            one, other = small(name).eval()(inputs)
        assert torch.allclose(one, other, atol=1e-6) == (name == "bag_of_words")


def test_what_can_not_be_built_or_read_is_refused() -> None:
    with pytest.raises(BadInput, match=r"torch\.float32 of shape \(2, 3\)"):
        small("gru")(torch.zeros(2, 3))
    with pytest.raises(BadInput, match="of shape"):
        small("bag_of_words")(torch.zeros(3, dtype=torch.int64))
    with pytest.raises(BadInput, match="limit is 16"):
        small("bert_tiny")(torch.ones(1, 17, dtype=torch.int64))
    with pytest.raises(BadInput, match="pooled by 'sum'"):
        small("lstm", pooling="sum")
    with pytest.raises(BadInput, match="0 layers"):
        small("lstm", layers=0)
    with pytest.raises(BadInput, match="-1 layers"):
        small("bag_of_words", layers=-1)
    with pytest.raises(BadInput, match="0 blocks"):
        small("transformer", depth=0)
    with pytest.raises(BadInput, match="0 blocks"):
        small("bert_tiny", depth=0)
    with pytest.raises(BadInput, match="vector 'last'"):
        small("bert_tiny", vector="last")
    with pytest.raises(BadInput, match="1 numbers"):
        small("lstm", vocabulary=1)
