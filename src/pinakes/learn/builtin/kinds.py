"""Kinds of pictures: articles of one type, photographs of one class. What is of one kind comes to lie near one place.

Each kind has a place of its own, which begins where what is said of it lies and learns with the pictures, and a picture
is told apart from the other kinds of its own set alone: a dog of one set is no stranger to a dog of another. After
Zhai and Wu, "Classification is a strong baseline for deep metric learning", BMVC 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.encoders.base import unit_rows
from pinakes.learn.builtin.couples import Said
from pinakes.learn.losses.pairs import cosines
from pinakes.types import Floats, Rows

# Facts that name a kind, and how sharply kinds are told apart.
_NAMING, _SHARPNESS = ("article: ", "label: "), 16.0


@dataclass(frozen=True)
class Kinds:
    """The kind of each picture (pictures,), -1 for none; of each kind its set and where it begins (kinds, dim)."""

    of: Rows
    sets: Rows
    places: Floats

    @classmethod
    def among(cls, ids: Sequence[str], said: Sequence[Said], texts: Floats) -> Kinds:
        """The kinds of pictures by what is a fact of them; `texts` (texts, dim) is where all that is said lies."""
        names: dict[tuple[str, str], int] = {}
        of = np.full(len(ids), -1, np.int64)
        for row, (name, each) in enumerate(zip(ids, said, strict=True)):
            for fact in sorted(each.facts):
                if fact.startswith(_NAMING):
                    of[row] = names.setdefault((name.partition("/")[0], fact), len(names))
                    break
        sums = np.zeros((len(names), texts.shape[1]), np.float32)
        for kind, each in zip(of.tolist(), said, strict=True):
            if kind >= 0:
                sums[kind] += texts[list(each.texts)].mean(0)
        sets = {corpus: number for number, corpus in enumerate(dict.fromkeys(corpus for corpus, _ in names))}
        return cls(of, np.array([sets[corpus] for corpus, _ in names], np.int64), unit_rows(sums))


class Telling(nn.Module):
    """Tells the kinds of a set apart by how near their places are."""

    sets: Tensor

    def __init__(self, kinds: Kinds) -> None:
        super().__init__()
        self.register_buffer("sets", torch.from_numpy(kinds.sets))
        self.places = nn.Parameter(torch.from_numpy(kinds.places))

    def forward(self, vectors: Tensor, kinds: Tensor) -> Tensor:
        """The cross-entropy of the kinds (n,) of vectors (n, dim); those of none cost nothing."""
        known = kinds >= 0
        if not known.any():
            return vectors.sum() * 0
        vectors, kinds = vectors[known], kinds[known]
        strangers = self.sets[kinds][:, None] != self.sets
        logits = (cosines(vectors, self.places) * _SHARPNESS).masked_fill(strangers, -1e4)
        return functional.cross_entropy(logits, kinds)
