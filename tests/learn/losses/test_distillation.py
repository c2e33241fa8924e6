"""Teachers, and students that teach themselves: against plain loops, by finite differences, and at the edges."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pinakes.learn.losses.distillation import attention, relational, towards
from pinakes.learn.losses.views import self_distillation

Two = tuple[Tensor, Tensor]


def softmax(values: list[float]) -> list[float]:
    total = sum(math.exp(value) for value in values)
    return [math.exp(value) / total for value in values]


def shares(vectors: Tensor, row: int, scale: float) -> list[float]:
    others = [other for other in range(len(vectors)) if other != row]
    return softmax([scale * torch.cosine_similarity(vectors[row], vectors[other], dim=0).item() for other in others])


def test_the_way_towards_a_teacher_is_one_minus_the_cosine(vectors: Two) -> None:
    wanted = sum(1 - torch.cosine_similarity(one, other, dim=0).item() for one, other in zip(*vectors, strict=True)) / 6
    assert towards(*vectors).item() == pytest.approx(wanted, abs=1e-10)


def test_relations_are_what_plain_loops_make_of_them(vectors: Two) -> None:
    student, teacher = vectors[0], vectors[1][:, :3]
    wanted = 0.0
    for row in range(6):
        told, found = shares(teacher, row, 4.0), shares(student, row, 4.0)
        wanted += sum(p * math.log(p / q) for p, q in zip(told, found, strict=True)) / 6
    assert relational(student, teacher, 4.0).item() == pytest.approx(wanted, abs=1e-10)


def test_a_student_that_sees_the_same_similarities_has_nothing_to_learn(vectors: Two) -> None:
    turn = torch.linalg.qr(torch.randn(5, 5, dtype=torch.float64)).Q
    assert relational(vectors[0] @ turn * 3, vectors[0]).item() == pytest.approx(0, abs=1e-10)
    assert relational(*vectors).item() > 0.01


def test_attention_costs_what_plain_loops_make_of_its_shares(vectors: Two) -> None:
    wanted = 0.0
    for row in range(6):
        found, told = (softmax([value.item() for value in each[row]]) for each in vectors)
        wanted += sum(p * math.log(p / q) for p, q in zip(told, found, strict=True)) / 6
    assert attention(*vectors).item() == pytest.approx(wanted, abs=1e-10)
    assert attention(vectors[0] + 3, vectors[0]).item() == pytest.approx(0, abs=1e-10)


def test_views_guess_each_other_as_in_plain_loops(vectors: Two) -> None:
    student, teacher = [*vectors, vectors[0] * 2], list(vectors)
    centre = torch.linspace(-1, 1, 5, dtype=torch.float64)
    costs = []
    for place, told in enumerate(teacher):
        for other, guess in enumerate(student):
            if other != place:
                rows = []
                for row in range(6):
                    wanted = softmax([value.item() / 0.4 for value in told[row] - centre])
                    found = softmax([value.item() / 0.9 for value in guess[row]])
                    rows.append(-sum(p * math.log(q) for p, q in zip(wanted, found, strict=True)))
                costs.append(sum(rows) / 6)
    assert len(costs) == 4
    found = self_distillation(student, teacher, centre, 0.9, 0.4)
    assert found.item() == pytest.approx(sum(costs) / 4, abs=1e-10)


def test_gradients_are_those_of_finite_differences(vectors: Two) -> None:
    student, teacher = vectors[0], vectors[1].detach()
    centre = torch.zeros(5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda a: towards(a, teacher), (student,))
    assert torch.autograd.gradcheck(lambda a: relational(a, teacher, 4.0), (student,))
    assert torch.autograd.gradcheck(lambda a: attention(a, teacher), (student,))
    assert torch.autograd.gradcheck(lambda a: self_distillation([a, a.flip(0)], [teacher], centre, 0.5), (student,))


def test_a_teacher_gets_no_gradient_from_its_students(vectors: Two) -> None:
    student, teacher = vectors
    self_distillation([student, student], [teacher], torch.zeros(5, dtype=torch.float64)).backward()
    assert teacher.grad is None


def test_a_batch_of_one_has_no_relations_and_the_sharpest_scale_stays_finite() -> None:
    one = torch.randn(1, 4, requires_grad=True)
    loss = relational(one, torch.randn(1, 9))
    loss.backward()
    assert loss.item() == 0
    assert one.grad is not None
    assert one.grad.isfinite().all()
    many = torch.randn(5, 4).bfloat16().requires_grad_()
    sharp = relational(many, torch.randn(5, 9), 1e3)
    sharp.backward()
    assert sharp.isfinite()
    assert many.grad is not None
    assert many.grad.isfinite().all()
