"""Who belongs with whom."""

from __future__ import annotations

import torch
from torch import Tensor

from pinakes.learn.losses.pairs import alike, by_labels, by_rows, cosines, unit


def test_a_row_that_the_batch_holds_twice_is_not_its_own_negative() -> None:
    pairs = by_rows(torch.tensor([7, 2, 7]))
    assert pairs.positive.tolist() == [[True, False, True], [False, True, False], [True, False, True]]
    assert torch.equal(pairs.negative, ~pairs.positive)


def test_what_shares_a_label_belongs_together_and_so_does_a_row_without_any_with_itself(labels: Tensor) -> None:
    together = by_labels(torch.arange(6), labels).positive
    for row in range(6):
        for other in range(6):
            shared = any(labels[row, label] and labels[other, label] for label in range(4))
            assert together[row, other] == (shared or row == other)


def test_spared_pairs_are_neither_positives_nor_negatives() -> None:
    pairs = by_rows(torch.arange(3)).sparing(torch.tensor([[0, 1, 0], [0, 0, 0], [0, 0, 0]]).bool())
    assert not pairs.positive[0, 1]
    assert not pairs.negative[0, 1]
    assert pairs.turned().negative[1].tolist() == [False, False, True]


def test_among_themselves_no_row_is_its_own_positive_or_negative() -> None:
    pairs = by_rows(torch.tensor([4, 4, 5])).among_themselves()
    assert not (pairs.positive | pairs.negative).diagonal().any()
    assert pairs.positive[0, 1]


def test_copies_of_an_input_are_alike() -> None:
    captions = torch.tensor([[3, 4, 0], [3, 4, 5], [3, 4, 0]])
    assert alike(captions).tolist() == [[True, False, True], [False, True, False], [True, False, True]]


def test_a_vector_of_zeros_has_no_direction_and_a_finite_gradient() -> None:
    vectors = torch.zeros(2, 3, requires_grad=True)
    unit(vectors).sum().backward()
    assert torch.equal(unit(vectors), torch.zeros(2, 3))
    assert vectors.grad is not None
    assert vectors.grad.isfinite().all()


def test_cosines_keep_their_precision_within_mixed_precision() -> None:
    torch.manual_seed(0)
    vectors = torch.randn(4, 64)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = cosines(vectors, vectors)
    assert found.dtype == torch.float32
    assert torch.allclose(found.diagonal(), torch.ones(4), atol=1e-6)
    assert cosines(vectors.bfloat16(), vectors.bfloat16()).dtype == torch.float32
