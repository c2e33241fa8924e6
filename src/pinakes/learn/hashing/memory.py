"""What a method remembers of every row of the training set: its labels, and what each modality last said of it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pinakes.learn.base import Whole
from pinakes.learn.hashing.base import unlabelled
from pinakes.learn.training.together import gathered


class Memory(nn.Module):
    """Labels (rows, labels) and for each modality relaxed codes (rows, bits), all of them buffers.

    The codes are random before a row was met, as in the code of DCMH's authors: all zeros would teach nothing.
    """

    labels: Tensor

    def __init__(self, modalities: Sequence[str], rows: int, bits: int, labels: int) -> None:
        super().__init__()
        for name in modalities:
            self.register_buffer(f"codes_{name}", torch.zeros(rows, bits))
        self.register_buffer("labels", torch.zeros(rows, labels))

    def begin(self, whole: Whole, *, empty: bool = False) -> None:
        """Take the labels, and forget all codes: they are random again, or zeros."""
        if whole.labels is None:
            raise unlabelled()
        self.labels.copy_(whole.labels)
        for name, buffer in self.named_buffers():
            if name.startswith("codes_"):
                buffer.zero_() if empty else buffer.normal_()

    def of(self, modality: str) -> Tensor:
        """The codes (rows, bits) of a modality, as they were last met."""
        return self.get_buffer(f"codes_{modality}")

    def note(self, modality: str, rows: Tensor, codes: Tensor) -> None:
        """Remember the codes (n, bits) of some rows; of several processes each remembers those of all."""
        kept = self.of(modality)
        rows, codes = gathered(rows, codes.detach())
        kept[rows] = codes.to(kept.dtype)


class Discrete(nn.Module):
    """The bits (rows, bits) that both modalities share, as they were last solved; nothing is drawn to them before."""

    bits: Tensor
    solved: Tensor

    def __init__(self, rows: int, bits: int) -> None:
        super().__init__()
        self.register_buffer("bits", torch.ones(rows, bits))
        self.register_buffer("solved", torch.zeros((), dtype=torch.bool))

    def solve(self, bits: Tensor) -> None:
        """Take new bits."""
        self.bits.copy_(bits)
        self.solved.fill_(True)

    def of(self, rows: Tensor, codes: Tensor) -> Tensor:
        """The bits of some rows (n, bits), or before any were solved their relaxed codes as they are."""
        return torch.where(self.solved, self.bits[rows].to(codes.dtype), codes.detach())


def signs(values: Tensor) -> Tensor:
    """-1 below zero, else 1, of the same type."""
    return torch.where(values < 0, -1.0, 1.0).to(values.dtype)
