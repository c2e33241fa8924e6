"""Triplets: against plain loops, by finite differences, and at the edges."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pinakes.errors import UnknownName
from pinakes.learn.losses.pairs import Pairs, by_rows
from pinakes.learn.losses.triplet import MININGS, triplet

Two = tuple[Tensor, Tensor]


def twin(first: Tensor, second: Tensor, pairs: Pairs, margin: float, mining: str) -> float:
    costs = []
    for row in range(len(first)):
        near = [(first[row] @ other / first[row].norm() / other.norm()).item() for other in second]
        negatives = [near[other] for other in range(len(second)) if pairs.negative[row, other]]
        for other in range(len(second)):
            if pairs.positive[row, other]:
                farther = [value for value in negatives if value < near[other]]
                chosen = negatives if mining == "hardest" else farther or [min(negatives, default=-9.0)]
                costs.append(max(0.0, margin + max(chosen, default=-9.0) - near[other]))
    return sum(costs) / len(costs)


@pytest.mark.parametrize("mining", ["hardest", "semi-hard"])
@pytest.mark.parametrize("margin", [0.05, 0.7])
def test_triplets_are_what_plain_loops_make_of_them(vectors: Two, pairs: Pairs, mining: str, margin: float) -> None:
    first, second = vectors
    wanted = (twin(first, second, pairs, margin, mining) + twin(second, first, pairs.turned(), margin, mining)) / 2
    assert triplet(first, second, pairs, margin, mining).item() == pytest.approx(wanted, abs=1e-10)


@pytest.mark.parametrize("mining", ["hardest", "semi-hard"])
def test_gradients_are_those_of_finite_differences(vectors: Two, pairs: Pairs, mining: str) -> None:
    assert torch.autograd.gradcheck(lambda a, b: triplet(a, b, pairs, 0.7, mining), vectors)


@pytest.mark.parametrize("mining", ["hardest", "semi-hard"])
def test_a_batch_of_one_has_no_negative_and_costs_nothing(mining: str) -> None:
    first, second = (torch.randn(1, 4, requires_grad=True) for _ in range(2))
    loss = triplet(first, second, by_rows(torch.tensor([2])), 0.2, mining)
    loss.backward()
    assert loss.item() == 0
    assert first.grad is not None
    assert torch.equal(first.grad, torch.zeros(1, 4))


def test_the_hardest_negative_costs_at_least_as_much_as_a_semi_hard_one(vectors: Two, pairs: Pairs) -> None:
    hard, semi = (triplet(*vectors, pairs, 0.2, mining) for mining in ("hardest", "semi-hard"))
    assert hard > semi


def test_the_choice_of_negatives_is_known_by_name(vectors: Two, pairs: Pairs) -> None:
    assert set(MININGS) == {"hardest", "semi-hard"}
    with pytest.raises(UnknownName, match="hardest"):
        triplet(*vectors, pairs, 0.2, "hardes")
