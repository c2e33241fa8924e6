"""Rows of a training set as batches of tensors: what the loop takes its food from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from pinakes.errors import BadInput
from pinakes.learn.augment.draws import Draws, Keys, keys_of
from pinakes.learn.base import Batch
from pinakes.learn.data.base import Flags, Reader, TrainingSet
from pinakes.types import Modality, Rows

# Rows of a batch where nobody says how many.
_ROWS = 256


@dataclass(frozen=True)
class Source:
    """Some rows of a training set, as tensors through one reader for each modality that is learned from.

    Positions, in `batch` as in `Batch.rows`, count the chosen rows from 0. What is random about a row is a pure
    function of the seed, the epoch and the row's id.
    """

    set: TrainingSet
    readers: Mapping[Modality, Reader]
    chosen: Rows
    seed: int = 0
    size: int = _ROWS
    _keys: Keys = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not len(self.chosen):
            raise BadInput(f"No row of the training set {self.set.name} was chosen.", "Check its split.")
        for modality in self.readers:
            self.set.view(modality)
        object.__setattr__(self, "chosen", np.asarray(self.chosen, np.int64))
        object.__setattr__(self, "_keys", keys_of([self.set.ids[row] for row in self.chosen.tolist()]))

    @classmethod
    def whole(cls, found: TrainingSet, readers: Mapping[Modality, Reader], seed: int = 0, size: int = _ROWS) -> Source:
        """All rows of a set."""
        return cls(found, readers, np.arange(len(found)), seed, size)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.chosen)

    @property
    def labels(self) -> Tensor | None:
        """All labels (rows, labels) as floats."""
        return self._labels(np.arange(self.rows))

    def batch(self, rows: Rows, epoch: int | None = None) -> Batch:
        """Some rows as tensors, as they are seen in an epoch; without an epoch nothing is augmented."""
        rows = np.asarray(rows, np.int64)
        draws = None if epoch is None else Draws.of(self._keys[rows], self.seed, epoch)
        inputs: dict[str, Tensor] = {}
        present: dict[str, Tensor] = {}
        for modality, reader in self.readers.items():
            inputs[modality], there = self._read(modality, reader, rows, draws)
            if there is not None:
                present[modality] = torch.from_numpy(there)
        return Batch(torch.from_numpy(rows), inputs, self._labels(rows), present)

    def batches(self) -> Iterator[Batch]:
        """All rows in their order and as they are."""
        return (self.batch(rows) for rows in np.split(np.arange(self.rows), range(self.size, self.rows, self.size)))

    def ahead(self, plan: Iterable[Rows], epoch: int | None, threads: int = 1, depth: int = 4) -> Iterator[Batch]:
        """The batches of a plan in its order, made by other threads while the last ones are learned from."""
        if threads < 1:
            yield from (self.batch(rows, epoch) for rows in plan)
            return
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(threads, "batches") as pool:
            try:
                for rows in plan:
                    waiting.append(pool.submit(self.batch, rows, epoch))
                    if len(waiting) > depth:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for each in waiting:
                    each.cancel()

    def _read(self, modality: Modality, reader: Reader, rows: Rows, draws: Draws | None) -> tuple[Tensor, Flags | None]:
        """The tensor of a modality, and which rows have it where not all do: the others are zeros."""
        wanted = self.chosen[rows]
        there = self.set.has(modality)[wanted] if modality in self.set.present else None
        own = draws.named(modality) if draws is not None else None
        if there is None or there.all():
            return reader.read(self.set.views[modality].read(wanted), own), there
        if own is not None:
            own = Draws(own.keys[there])
        found = reader.read(self.set.views[modality].read(wanted[there]), own)
        filled = found.new_zeros((len(rows), *found.shape[1:]))
        filled[torch.from_numpy(there)] = found
        return filled, there

    def _labels(self, rows: Rows) -> Tensor | None:
        if self.set.labels is None:
            return None
        return torch.from_numpy(self.set.labels[self.chosen[rows]]).float()
