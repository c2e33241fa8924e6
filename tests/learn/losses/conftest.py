"""Vectors of a small batch, in which rows have several positives."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pinakes.learn.losses.pairs import Pairs, by_labels


@pytest.fixture
def vectors() -> tuple[Tensor, Tensor]:
    """Of two modalities (6, 5), in double precision, with gradients."""
    torch.manual_seed(3)
    first, second = torch.randn(2, 6, 5, dtype=torch.float64)
    return first.requires_grad_(), second.requires_grad_()


@pytest.fixture
def labels() -> Tensor:
    """Several, one or none for each row (6, 4)."""
    return torch.tensor([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]]).float()


@pytest.fixture
def pairs(labels: Tensor) -> Pairs:
    """Rows that share a label belong together; one pair is neither together nor apart."""
    found = by_labels(torch.arange(6), labels)
    spared = torch.zeros(6, 6, dtype=torch.bool)
    spared[0, 5] = True
    return found.sparing(spared)
