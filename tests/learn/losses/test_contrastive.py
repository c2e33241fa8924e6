"""Contrast: against plain loops, by finite differences, and at the edges."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pinakes.learn.losses.contrastive import info_nce, nt_xent, sigmoid
from pinakes.learn.losses.pairs import Pairs, by_rows

Two = tuple[Tensor, Tensor]


def cosine(one: Tensor, other: Tensor) -> float:
    return (one @ other / one.norm() / other.norm()).item()


def one_way(first: Tensor, second: Tensor, pairs: Pairs, scale: float) -> float:
    rows = []
    for row in range(len(first)):
        near = [math.exp(scale * cosine(first[row], other)) for other in second]
        crowd = sum(near[other] for other in range(len(second)) if pairs.negative[row, other])
        costs = [-math.log(near[o] / (near[o] + crowd)) for o in range(len(second)) if pairs.positive[row, o]]
        if costs:
            rows.append(sum(costs) / len(costs))
    return sum(rows) / len(rows)


def test_info_nce_is_what_plain_loops_make_of_it(vectors: Two, pairs: Pairs) -> None:
    first, second = vectors
    wanted = (one_way(first, second, pairs, 5.0) + one_way(second, first, pairs.turned(), 5.0)) / 2
    assert info_nce(first, second, pairs, 5.0).item() == pytest.approx(wanted, abs=1e-10)


def test_info_nce_of_pairs_is_the_cross_entropy_of_finding_the_partner(vectors: Two) -> None:
    first, second = vectors
    logits = functional.normalize(first) @ functional.normalize(second).T * 7.0
    partner = torch.arange(6)
    wanted = (functional.cross_entropy(logits, partner) + functional.cross_entropy(logits.T, partner)) / 2
    assert torch.allclose(info_nce(first, second, by_rows(partner), 7.0), wanted)


def test_nt_xent_is_what_plain_loops_make_of_it(vectors: Two) -> None:
    views = [*vectors, vectors[0].flip(1)]
    every = torch.cat(views)
    rows = torch.arange(6).repeat(3)
    together = (rows[:, None] == rows) & ~torch.eye(18, dtype=torch.bool)
    wanted = one_way(every, every, Pairs(together, rows[:, None] != rows), 4.0)
    assert nt_xent(views, torch.arange(6), 4.0).item() == pytest.approx(wanted, abs=1e-10)


def test_sigmoid_is_what_plain_loops_make_of_it(vectors: Two, pairs: Pairs) -> None:
    first, second = vectors
    total = 0.0
    for row in range(6):
        for other in range(6):
            logit = 5.0 * cosine(first[row], second[other]) - 2.0
            if pairs.positive[row, other]:
                total += math.log1p(math.exp(-logit))
            elif pairs.negative[row, other]:
                total += math.log1p(math.exp(logit))
    assert sigmoid(first, second, pairs, 5.0, -2.0).item() == pytest.approx(total / 6, abs=1e-10)


def test_gradients_are_those_of_finite_differences(vectors: Two, pairs: Pairs) -> None:
    scale = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(-1.0, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b, s: info_nce(a, b, pairs, s), (*vectors, scale))
    assert torch.autograd.gradcheck(lambda a, b, s: nt_xent([a, b], torch.arange(6), s), (*vectors, scale))
    assert torch.autograd.gradcheck(lambda a, b, s, c: sigmoid(a, b, pairs, s, c), (*vectors, scale, bias))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_sharpest_scale_leaves_values_and_gradients_finite(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    first, second = (torch.randn(8, 16, dtype=dtype).requires_grad_() for _ in range(2))
    pairs = by_rows(torch.arange(8))
    loss = info_nce(first, second, pairs, 1e4) + sigmoid(first, second, pairs, 1e4, -10.0)
    loss.backward()
    assert loss.isfinite()
    assert all(each.grad is not None and each.grad.isfinite().all() for each in (first, second))


def test_a_batch_of_one_has_nothing_to_be_told_from_and_costs_nothing() -> None:
    first, second = (torch.randn(1, 4, requires_grad=True) for _ in range(2))
    loss = info_nce(first, second, by_rows(torch.tensor([5])), 10.0)
    loss.backward()
    assert loss.item() == 0
    assert first.grad is not None
    assert torch.equal(first.grad, torch.zeros(1, 4))
    assert sigmoid(first, second, by_rows(torch.tensor([5])), 10.0, -10.0).isfinite()


def test_rows_without_a_positive_are_left_out_and_none_at_all_costs_nothing() -> None:
    first, second = torch.randn(2, 3, 4)
    nobody = Pairs(torch.zeros(3, 3, dtype=torch.bool), torch.ones(3, 3, dtype=torch.bool))
    assert info_nce(first, second, nobody, 10.0).item() == 0


def test_a_copy_of_a_caption_is_not_pushed_away() -> None:
    picture, caption = torch.eye(2)[0].expand(2, 2), torch.eye(2)[0].expand(2, 2)
    assert info_nce(picture, caption, by_rows(torch.tensor([4, 4])), 10.0).item() == 0
    assert info_nce(picture, caption, by_rows(torch.tensor([4, 5])), 10.0).item() == pytest.approx(math.log(2))
