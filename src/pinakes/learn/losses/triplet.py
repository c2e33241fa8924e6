"""Triplets: a positive nearer than a negative by a margin, the negative chosen among those of the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from pinakes.learn.losses.pairs import Pairs, cosines
from pinakes.registry import Registry

# From cosines (n, m) and which of them are negatives, the negative for each pair: (n, m), or (n, 1) for a whole row.
Mining: TypeAlias = Callable[[Tensor, Tensor], Tensor]
MININGS: Registry[Mining] = Registry("choice of negatives")


def triplet(first: Tensor, second: Tensor, pairs: Pairs, margin: float = 0.2, mining: str = "hardest") -> Tensor:
    """How far negatives come within the margin, the mean over positive pairs, in both directions.

    Vectors are (n, dim) and (m, dim).
    """
    near, mine = cosines(first, second), MININGS.get(mining)
    return (_one_way(near, pairs, margin, mine) + _one_way(near.T, pairs.turned(), margin, mine)) / 2


@MININGS.register("hardest")
def hardest(near: Tensor, negative: Tensor) -> Tensor:
    """The nearest negative of each row (n, 1).

    Faghri, Fleet, Kiros and Fidler, "VSE++: improving visual-semantic embeddings with hard negatives", BMVC 2018.
    """
    return torch.where(negative, near, torch.finfo(near.dtype).min).amax(1, keepdim=True)


@MININGS.register("semi-hard")
def semi_hard(near: Tensor, negative: Tensor) -> Tensor:
    """For each pair the nearest negative that is farther than it (n, m); where there is none, the farthest of all.

    Schroff, Kalenichenko and Philbin, "FaceNet: a unified embedding for face recognition and clustering", CVPR 2015.
    """
    ranked = torch.where(negative, near, torch.inf).sort(dim=1).values
    farther = torch.searchsorted(ranked.detach().contiguous(), near.detach().contiguous())
    found = ranked.gather(1, (farther - 1).clamp(min=0))
    # A row without negatives has nothing that could come near.
    return torch.where(negative.any(1, keepdim=True), found, torch.finfo(near.dtype).min)


def _one_way(near: Tensor, pairs: Pairs, margin: float, mine: Mining) -> Tensor:
    costs = (margin + mine(near, pairs.negative) - near).clamp(min=0)
    return torch.where(pairs.positive, costs, 0).sum() / pairs.positive.sum().clamp(min=1)
