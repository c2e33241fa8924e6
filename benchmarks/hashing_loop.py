"""A bare loop over features in memory, for the hashing benchmark: Adam in one cycle, an optimiser for each turn.

It draws the order of rows and all else from one generator that runs on, as loops of papers do. The library's own loop
draws anew for every step, so that a run can be gone on with: it would give other figures, of the same worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.hashing_sets import Part
from pinakes.learn.base import METHODS, Batch, Learner, Task
from pinakes.learn.networks.base import Given


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how fast a method learns."""

    epochs: int = 20
    batch: int = 128
    rate: float = 1e-3
    decay: float = 0.0


@dataclass(frozen=True)
class Rows:
    """A part as tensors, whole or in batches of any order."""

    inputs: dict[str, Tensor]
    labels: Tensor

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.labels)

    def batch(self, rows: Tensor) -> Batch:
        """Some rows."""
        return Batch(rows, {name: values[rows] for name, values in self.inputs.items()}, self.labels[rows])

    def batches(self) -> Iterator[Batch]:
        """All rows in their order."""
        for rows in torch.arange(self.rows).split(1024):  # type: ignore[no-untyped-call]
            yield self.batch(rows)


def of(part: Part, labels: np.ndarray | None = None) -> Rows:
    """A part as tensors, with other labels if there are any."""
    inputs = {name: torch.from_numpy(values) for name, values in part.features.items()}
    return Rows(inputs, torch.from_numpy(part.labels if labels is None else labels))


def trained(name: str, settings: dict[str, Any], pace: Pace, rows: Rows, seed: int) -> Learner:
    """A method that has learned from all rows; the same seed gives the same."""
    torch.manual_seed(seed)
    method = METHODS.get(name)
    towers = {modality: Given(values.shape[1]) for modality, values in rows.inputs.items()}
    learner = method.build(Task(towers, rows.labels.shape[1], rows.rows), method.config(**settings))
    learner.begin(rows)
    turns = learner.turns()
    steps = math.ceil(rows.rows / pace.batch) * pace.epochs
    adams = {
        turn: torch.optim.AdamW(own, pace.rate, weight_decay=pace.decay, foreach=True) for turn, own in turns.items()
    }
    cycles = [torch.optim.lr_scheduler.OneCycleLR(each, pace.rate, total_steps=steps + 1) for each in adams.values()]
    for epoch in range(pace.epochs if turns else 0):
        learner.train()
        learner.before_epoch(epoch, pace.epochs)
        for chosen in torch.randperm(rows.rows).split(pace.batch):  # type: ignore[no-untyped-call]
            batch = rows.batch(chosen)
            for turn, adam in adams.items():
                adam.zero_grad(set_to_none=True)
                torch.stack(list(learner.losses(batch, turn).values())).sum().backward()  # type: ignore[no-untyped-call]
                adam.step()
            for cycle in cycles:
                cycle.step()
        learner.after_epoch(epoch, pace.epochs)
    learner.eval()
    return learner


def hashed(learner: Learner, part: Part) -> dict[str, np.ndarray]:
    """Relaxed codes (n, bits) of each modality."""
    with torch.inference_mode():
        return {
            name: learner.embed(name, torch.from_numpy(values)).float().numpy()
            for name, values in part.features.items()
        }
