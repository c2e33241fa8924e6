"""Cross-entropy and regularisation: against plain loops, by finite differences, and at the edges."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.losses.classes import each_of, one_of
from pinakes.learn.losses.norms import l1, l2, weights

Two = tuple[Tensor, Tensor]


def test_one_class_of_several_is_what_plain_loops_make_of_it(vectors: Two, labels: Tensor) -> None:
    logits = vectors[0][:, :4]
    rows = []
    for values, held in zip(logits.tolist(), labels.tolist(), strict=True):
        total = sum(math.exp(value) for value in values)
        costs = [-math.log(math.exp(value) / total) for value, there in zip(values, held, strict=True) if there]
        if costs:
            rows.append(sum(costs) / len(costs))
    assert one_of(logits, labels).item() == pytest.approx(sum(rows) / len(rows), abs=1e-10)


def test_one_label_for_each_row_is_the_usual_cross_entropy(vectors: Two) -> None:
    numbers = torch.tensor([3, 1, 0, 2, 2, 4])
    wanted = functional.cross_entropy(vectors[0], numbers)
    assert torch.allclose(one_of(vectors[0], functional.one_hot(numbers, 5)), wanted)


def test_each_label_by_itself_is_what_plain_loops_make_of_it(vectors: Two, labels: Tensor) -> None:
    logits = vectors[0][:, :4]
    total = 0.0
    for values, held in zip(logits.tolist(), labels.tolist(), strict=True):
        for value, there in zip(values, held, strict=True):
            chance = 1 / (1 + math.exp(-value))
            total -= math.log(chance if there else 1 - chance)
    assert each_of(logits, labels).item() == pytest.approx(total / 6, abs=1e-10)


def test_gradients_are_those_of_finite_differences(vectors: Two, labels: Tensor) -> None:
    for loss in (one_of, each_of):
        assert torch.autograd.gradcheck(lambda a, loss=loss: loss(a[:, :4], labels), vectors[:1])
    for norm in (l1, l2):
        assert torch.autograd.gradcheck(lambda *a, norm=norm: norm(a), vectors)


@pytest.mark.parametrize("loss", [one_of, each_of])
def test_the_surest_mistakes_cost_much_but_not_without_end(loss: object) -> None:
    logits = torch.tensor([[1e4, -1e4]], requires_grad=True)
    cost = loss(logits, torch.tensor([[0.0, 1]]))  # type: ignore[operator]
    cost.backward()
    assert cost.item() == pytest.approx(2e4)
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_rows_without_labels_have_no_class_to_be_found() -> None:
    assert one_of(torch.randn(2, 3), torch.zeros(2, 3)).item() == 0


def test_norms_are_sums_over_what_is_weighed() -> None:
    values = [torch.tensor([[1.0, -2.0]]), torch.tensor([[3.0]])]
    assert l1(values).item() == 6
    assert l2(values).item() == 7
    assert l1([]).item() == l2([]).item() == 0


def test_biases_and_scales_are_not_regularised() -> None:
    network = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2), nn.Linear(2, 2))
    network[2].requires_grad_(False)
    assert weights(network) == [network[0].weight]
