"""Which rows of a batch belong together, which apart, and which the loss leaves alone; and their cosines."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# Below this length a vector counts as no direction: a gradient through it stays finite.
_SHORT = 1e-6


@dataclass(frozen=True, slots=True)
class Pairs:
    """Of each row of one side and each of the other (n, m) bool, whether they belong together, or apart.

    What is neither has no part in the loss.
    """

    positive: Tensor
    negative: Tensor

    def turned(self) -> Pairs:
        """The same, seen from the other side (m, n)."""
        return Pairs(self.positive.T, self.negative.T)

    def sparing(self, alike: Tensor) -> Pairs:
        """Without the negatives that `alike` (n, m) names."""
        return Pairs(self.positive, self.negative & ~alike)

    def among_themselves(self) -> Pairs:
        """For rows before themselves (n, n): none is its own positive."""
        others = ~torch.eye(len(self.positive), dtype=torch.bool, device=self.positive.device)
        return Pairs(self.positive & others, self.negative & others)


def by_rows(rows: Tensor, others: Tensor | None = None) -> Pairs:
    """What is the same row (n,) belongs together, however often the batch holds it; all else apart."""
    same = rows[:, None] == (rows if others is None else others)[None, :]
    return Pairs(same, ~same)


def by_labels(rows: Tensor, labels: Tensor) -> Pairs:
    """What shares a label (n, labels) or is the same row (n,) belongs together."""
    together = sharing(labels) | (rows[:, None] == rows[None, :])
    return Pairs(together, ~together)


def sharing(labels: Tensor) -> Tensor:
    """Whether two rows have a label (n, labels) in common (n, n) bool."""
    held = (labels > 0).to(torch.float32)
    return (held @ held.T) > 0


def alike(inputs: Tensor) -> Tensor:
    """Whether two rows of inputs are the very same (n, n) bool, as the captions of two copies are."""
    numbers: Tensor = torch.unique(inputs.flatten(1), dim=0, return_inverse=True)[1]
    return numbers[:, None] == numbers[None, :]


def exact(values: Tensor) -> Tensor:
    """The values in single precision or better: sums of exponentials want no less."""
    return values.float() if values.dtype in (torch.float16, torch.bfloat16) else values


def unit(vectors: Tensor) -> Tensor:
    """Vectors (n, dim) of length one."""
    directions: Tensor = functional.normalize(exact(vectors), dim=-1, eps=_SHORT)
    return directions


def cosines(first: Tensor, second: Tensor) -> Tensor:
    """Cosines (n, m) of vectors (n, dim) and (m, dim), in single precision even within mixed precision."""
    with torch.autocast(first.device.type, enabled=False):
        return unit(first) @ unit(second).T
