"""Losses of codes: how alike two codes are against how alike their labels are, and what makes codes good bits.

Relaxed codes are floats (n, bits). Labels are tables of 0 and 1 (n, labels). All are means, so that no weight depends
on the size of a batch, and all are 0, never NaN, on nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional


def shares(first: Tensor, second: Tensor) -> Tensor:
    """1 where two rows share a label, else 0 (n, m)."""
    return (first @ second.T > 0).to(first.dtype)


def jaccard(first: Tensor, second: Tensor) -> Tensor:
    """Labels in common over labels of either (n, m); 0 for two rows without any."""
    common = first @ second.T
    either = first.sum(1)[:, None] + second.sum(1) - common
    return common / either.clamp(min=1)


def cosine(first: Tensor, second: Tensor) -> Tensor:
    """Cosines of all pairs of rows (n, m)."""
    return functional.normalize(first, dim=1) @ functional.normalize(second, dim=1).T


def likelihood(first: Tensor, second: Tensor, alike: Tensor, slope: float = 0.5) -> Tensor:
    """Negative log likelihood of who is alike (n, m), if half the inner product of two codes is its logit.

    Or as much of it as `slope` tells.
    """
    logits = slope * (first @ second.T)
    return mean(functional.softplus(logits) - alike * logits)


def quantisation(codes: Tensor, bits: Tensor) -> Tensor:
    """How far relaxed codes are from the bits (n, bits) that they shall be: the mean square."""
    return mean((codes - bits).square())


def balance(codes: Tensor) -> Tensor:
    """The square of each bit's mean over the rows: 0 where every bit is on for half of them."""
    return codes.mean(0).square().mean() if len(codes) else codes.sum()


def correlation(codes: Tensor) -> Tensor:
    """The mean square of how two different bits go together, from 0 (never) to 1 (always)."""
    rows, bits = codes.shape
    if not rows or bits < 2:
        return codes.sum() * 0
    together = codes.T @ codes / rows
    return (together - torch.diag(together.diagonal())).square().sum() / (bits * (bits - 1))


def mean(values: Tensor) -> Tensor:
    """The mean, and 0 of nothing."""
    return values.mean() if values.numel() else values.sum()


def sum_of(losses: Iterable[Tensor]) -> Tensor:
    """The sum of several losses."""
    return torch.stack(list(losses)).sum()
