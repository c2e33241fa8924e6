"""Cross-entropy: of one class of several, and of each label alone."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from pinakes.learn.losses.pairs import exact


def one_of(logits: Tensor, labels: Tensor) -> Tensor:
    """One class of several: logits (n, labels), labels 0 or 1.

    The labels of a row that has more than one share its probability; a row without any is left out.
    """
    counts = (labels > 0).sum(1)
    shares = (labels > 0) / counts.clamp(min=1)[:, None]
    return -(shares * exact(logits).log_softmax(1)).sum() / (counts > 0).sum().clamp(min=1)


def each_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Each label by itself, there or not: logits and labels (n, labels); summed over labels, the mean over rows."""
    told = exact(logits)
    costs = functional.binary_cross_entropy_with_logits(told, (labels > 0).to(told.dtype), reduction="sum")
    return costs / max(len(logits), 1)
