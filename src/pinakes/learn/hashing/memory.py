"""What a method remembers of every row of the training set: its labels, and what each modality last said of it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pinakes.learn.base import Whole
from pinakes.learn.hashing.base import unlabelled


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
        """Remember the codes (n, bits) of some rows."""
        kept = self.of(modality)
        kept[rows] = codes.detach().to(kept.dtype)


def signs(values: Tensor) -> Tensor:
    """-1 below zero, else 1, of the same type."""
    return torch.where(values < 0, -1.0, 1.0).to(values.dtype)
