"""The angular margin: against plain loops, by finite differences, and at the edges."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pinakes.learn.losses.arcface import arcface, widened

Two = tuple[Tensor, Tensor]


def twin(vectors: Tensor, centres: Tensor, labels: Tensor, scale: float, margin: float) -> float:
    rows = []
    for vector, held in zip(vectors, labels, strict=True):
        angles = [math.acos((vector @ centre / vector.norm() / centre.norm()).item()) for centre in centres]
        crowd = sum(math.exp(scale * math.cos(angle)) for angle, there in zip(angles, held, strict=True) if not there)
        costs = []
        for angle, there in zip(angles, held, strict=True):
            if there:
                past = angle + margin > math.pi
                turned = math.cos(angle) - margin * math.sin(margin) if past else math.cos(angle + margin)
                costs.append(-math.log(math.exp(scale * turned) / (math.exp(scale * turned) + crowd)))
        if costs:
            rows.append(sum(costs) / len(costs))
    return sum(rows) / len(rows)


@pytest.mark.parametrize("margin", [0.0, 0.5, 1.8])
def test_arcface_is_what_plain_loops_make_of_it(vectors: Two, labels: Tensor, margin: float) -> None:
    rows, centres = vectors[0], vectors[1][:4]
    wanted = twin(rows, centres, labels, 8.0, margin)
    assert arcface(rows, centres, labels, 8.0, margin).item() == pytest.approx(wanted, abs=1e-6)


def test_gradients_are_those_of_finite_differences(vectors: Two, labels: Tensor) -> None:
    assert torch.autograd.gradcheck(lambda a, b: arcface(a, b[:4], labels, 8.0, 0.5), vectors)


def test_a_margin_makes_every_angle_count_as_wider() -> None:
    near = torch.linspace(-1, 1, 101, dtype=torch.float64)
    turned = widened(near, 0.5)
    assert (turned[1:] < near[1:]).all()
    assert (turned.diff() > 0).all()


def test_a_row_at_the_centre_and_one_opposite_have_finite_gradients() -> None:
    centres = torch.eye(3)
    rows = torch.stack([centres[0], -centres[0]]).requires_grad_()
    arcface(rows, centres, torch.tensor([[1.0, 0, 0], [1, 0, 0]]), 64.0).backward()
    assert rows.grad is not None
    assert rows.grad.isfinite().all()


def test_rows_without_a_label_are_left_out() -> None:
    rows, centres = torch.randn(3, 4), torch.randn(2, 4)
    labels = torch.tensor([[1.0, 0], [0, 0], [0, 1]])
    assert torch.allclose(arcface(rows, centres, labels), arcface(rows[[0, 2]], centres, labels[[0, 2]]))
    assert arcface(rows[1:2], centres, labels[1:2]).item() == 0


def test_half_precision_is_computed_in_single(labels: Tensor) -> None:
    rows, centres = torch.randn(6, 4).bfloat16(), torch.randn(4, 4).bfloat16()
    assert arcface(rows, centres, labels).dtype == torch.float32
