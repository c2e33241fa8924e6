"""Learning from the vectors of a teacher."""

from __future__ import annotations

import torch
from torch import Tensor

from pinakes.learn.losses.pairs import cosines, exact, unit


def towards(student: Tensor, teacher: Tensor) -> Tensor:
    """One minus the cosine of each vector (n, dim) and the teacher's, the mean."""
    return (1 - (unit(student) * unit(teacher)).sum(1)).sum() / max(len(student), 1)


def relational(student: Tensor, teacher: Tensor, scale: float = 10.0) -> Tensor:
    """How the similarities among the rows differ from those that the teacher sees: the vectors may differ in width.

    For each row the divergence (Kullback and Leibler) of the student's distribution over the other rows from the
    teacher's. After Koohpayegani, Tejankar and Pirsiavash, "CompRess: self-supervised learning by compressing
    representations", NeurIPS 2020, and Tung and Mori, "Similarity-preserving knowledge distillation", ICCV 2019.
    """
    itself = torch.eye(len(student), dtype=torch.bool, device=student.device)
    found, wanted = (_over_others(vectors, itself, scale) for vectors in (student, teacher))
    costs = torch.where(itself, 0, wanted.exp() * (wanted - found))
    return costs.sum() / max(len(student), 1)


def attention(found: Tensor, wanted: Tensor) -> Tensor:
    """The divergence (Kullback and Leibler) of each row's shares of attention from those that are wanted, the mean.

    Both (n, m) are logits: similarities over a temperature.
    """
    shares = exact(wanted).log_softmax(1)
    return (shares.exp() * (shares - exact(found).log_softmax(1))).sum(1).mean()


def _over_others(vectors: Tensor, itself: Tensor, scale: float) -> Tensor:
    """Logs of the shares (n, n) that the other rows have of a row's attention; of itself something very small."""
    logits = cosines(vectors, vectors) * scale
    return torch.where(itself, torch.finfo(logits.dtype).min / 2, logits).log_softmax(1)
