"""Losses that a wrong label misleads less, and labels that are made wrong on purpose to see it.

Logits and labels (n, labels): each label is a question of its own, answered yes or no.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from pinakes.errors import BadInput


def generalised(logits: Tensor, labels: Tensor, power: float = 0.7) -> Tensor:
    """Generalised cross-entropy of each answer (n, labels): (1 - p^q) / q of the probability p of what is told.

    Between cross-entropy (q near 0) and the mean absolute error (q = 1), which is bounded. Zhang and Sabuncu,
    Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels, NeurIPS 2018.
    """
    if not 0 < power <= 1:
        raise BadInput(f"Generalised cross-entropy has no power of {power:g}.", "Choose one above 0, at most 1.")
    # Of the logarithm: a probability that rounds to 0 still has a gradient.
    logs = functional.logsigmoid(torch.where(labels > 0.5, logits, -logits))
    return (1 - torch.exp(power * logs)) / power


def symmetric(logits: Tensor, labels: Tensor, reverse: float = 1.0, floor: float = -4.0) -> Tensor:
    """Cross-entropy of each answer (n, labels), and that of the labels by the answers, whose log 0 is the floor.

    Wang, Ma, Chen, Luo, Yi and Bailey, Symmetric Cross Entropy for Robust Learning with Noisy Labels, ICCV 2019.
    """
    forward = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    wrong = torch.sigmoid(torch.where(labels > 0.5, -logits, logits))
    return forward - reverse * floor * wrong


def flipped(labels: Tensor, share: float, seed: int) -> Tensor:
    """Labels (n, labels) of which a share of the rows carries those of another row: how often a label is, stays.

    The rows are drawn by the seed, and each of them gets the labels of the next one drawn.
    """
    if not 0 <= share <= 1:
        raise BadInput(f"{share:g} is not a share of the rows.", "Choose one from 0 to 1.")
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    drawn = order[: round(share * len(labels))]
    changed = labels.clone()
    changed[drawn] = labels[drawn.roll(1)]
    return changed
