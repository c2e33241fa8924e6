"""The things that a row of a modality holds: its words, or the centres that its vector is nearest to."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pinakes.learn.fusion.kmeans import kmeans
from pinakes.learn.networks.base import Tower

# So many vectors are enough to find centres.
_SAMPLED = 10_000
# Features that are never negative, and zero this often, are a bag of words.
_SPARSE = 0.5
_WORDS, _BAG, _CENTRES = 0, 1, 2


class Words(nn.Module):
    """Token ids and bags of words hold the most frequent of their words; all else is the nearest of some centres."""

    kind: Tensor
    known: Tensor
    centres: Tensor

    def __init__(self, tower: Tower, words: int, centres: int, nearest: int) -> None:
        super().__init__()
        self.tower = tower
        self.size, self.nearest = max(words, centres), min(nearest, centres)
        self.register_buffer("kind", torch.tensor(_CENTRES))
        # Ids or columns of words, -1 where there are fewer.
        self.register_buffer("known", torch.full((words,), -1))
        self.register_buffer("centres", torch.zeros(centres, tower.dim))

    def begin(self, inputs: Sequence[Tensor]) -> None:
        """Find the words or the centres of a whole set, in batches of rows."""
        if not inputs[0].is_floating_point():
            self.kind.fill_(_WORDS)
            self._take(_count_ids(inputs))
        elif inputs[0].ndim == 2 and all(_sparse(some) for some in inputs if len(some)):
            self.kind.fill_(_BAG)
            self._take(torch.stack([(some > 0).sum(0) for some in inputs]).sum(0))
        else:
            self.kind.fill_(_CENTRES)
            self.tower.eval()
            vectors = torch.cat([self.tower(some) for some in inputs if len(some)])
            self.centres.copy_(kmeans(vectors[torch.randperm(len(vectors))[:_SAMPLED]], len(self.centres)))

    def forward(self, inputs: Tensor) -> Tensor:
        """Which things rows hold (n, size) bool."""
        if not inputs.is_floating_point():
            # Padding and unknown words are never among the known.
            return self._padded((inputs[:, :, None] == self.known).any(1))
        vectors = self.tower(inputs)
        # What is the nearest does not depend on how long a vector is.
        far = self.centres.square().sum(1) - 2 * vectors @ self.centres.T
        near = far.topk(self.nearest, largest=False).indices
        found = self._padded(torch.zeros_like(far).scatter(1, near, 1.0) > 0)
        if inputs.ndim != 2:
            return found
        bag = self._padded((inputs[:, self.known.clamp(min=0)] > 0) & (self.known >= 0))
        # Chosen by a number and not by a branch, so that both are parts of one graph.
        is_bag = self.kind == _BAG
        return (bag & is_bag) | (found & ~is_bag)

    def _padded(self, found: Tensor) -> Tensor:
        """Things (n, fewer) in the room of all (n, size)."""
        return nn.functional.pad(found, (0, self.size - found.shape[1]))

    def _take(self, counts: Tensor) -> None:
        """Know the words that appear in the most rows; one that appears in none is no word."""
        self.known.fill_(-1)
        best = counts.argsort(descending=True, stable=True)[: len(self.known)]
        best = best[counts[best] > 0]
        self.known[: len(best)] = best


def _count_ids(inputs: Sequence[Tensor]) -> Tensor:
    """In how many rows each id appears, without those of padding and of unknown words."""
    largest = max(int(some.max()) for some in inputs if some.numel()) + 1
    counts = torch.zeros(max(largest, 2), dtype=torch.int64, device=inputs[0].device)
    for some in inputs:
        ordered = some.sort(dim=1).values
        first = torch.ones_like(ordered, dtype=torch.bool)
        first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        counts += torch.bincount(ordered[first], minlength=len(counts))
    counts[:2] = 0
    return counts


def _sparse(features: Tensor) -> bool:
    return bool((features >= 0).all()) and float((features == 0).float().mean()) >= _SPARSE
