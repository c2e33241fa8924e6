"""Small sets of which the modalities tell of the same things, each in its own way; and a loop of a few steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pinakes.learn.base import Batch, Learner, Task
from pinakes.learn.networks.base import Given

WIDTHS = {"text": 20, "image": 28, "audio": 24}
CLASSES = 6


@dataclass(frozen=True)
class Rows:
    """All rows of a set as one batch, for methods that want to see it whole."""

    batch: Batch

    @property
    def rows(self) -> int:
        return len(self.batch)

    @property
    def labels(self) -> Tensor | None:
        return self.batch.labels

    def batches(self) -> Iterator[Batch]:
        yield from (part(self.batch, some) for some in torch.arange(len(self.batch)).split(50))


def part(batch: Batch, rows: Tensor) -> Batch:
    """Some rows of a batch."""
    return Batch(
        batch.rows[rows],
        {name: values[rows] for name, values in batch.inputs.items()},
        None if batch.labels is None else batch.labels[rows],
        {name: flags[rows] for name, flags in batch.present.items()},
    )


def correlated(rows: int, modalities: str = "text image", *, seed: int = 0, shuffled: bool = False) -> Batch:
    """Rows of six classes; a row is its class and something of its own, seen through a map for each modality.

    Shuffled, the modalities of a row tell of different rows, and its labels of a third.
    """
    world, drawn = torch.Generator().manual_seed(99), torch.Generator().manual_seed(seed)
    centres = torch.randn(CLASSES, 5, generator=world)
    numbers = torch.randint(CLASSES, (rows,), generator=drawn)
    meant = centres[numbers] + 0.5 * torch.randn(rows, 5, generator=drawn)
    inputs = {}
    for name, width in WIDTHS.items():
        seen = torch.tanh(meant @ torch.randn(5, width, generator=world) / 2)
        inputs[name] = seen + 0.1 * torch.randn(rows, width, generator=drawn)
        if shuffled:
            inputs[name] = inputs[name][torch.randperm(rows, generator=drawn)]
    labels = torch.nn.functional.one_hot(numbers, CLASSES).float()
    if shuffled:
        labels = labels[torch.randperm(rows, generator=drawn)]
    return Batch(torch.arange(rows), {name: inputs[name] for name in modalities.split()}, labels)


def task(batch: Batch, *, labels: bool = True) -> Task:
    """What a method must know of such rows."""
    towers = {name: Given(values.shape[1]) for name, values in batch.inputs.items()}
    found = 0 if batch.labels is None or not labels else batch.labels.shape[1]
    return Task(towers, found, len(batch))


def unlabelled(batch: Batch) -> Batch:
    """The same without labels."""
    return replace(batch, labels=None)


def lacking(batch: Batch, modality: str, share: float = 0.3) -> Batch:
    """The same, but some rows lack a modality: what stands there is no number at all."""
    gone = torch.rand(len(batch), generator=torch.Generator().manual_seed(5)) < share
    inputs = dict(batch.inputs)
    inputs[modality] = torch.where(gone[:, None], torch.nan, inputs[modality])
    return replace(batch, inputs=inputs, present={**batch.present, modality: ~gone})


def taught(learner: Learner, batch: Batch, steps: int = 60, size: int = 64, rate: float = 0.01) -> Learner:
    """The learner after a few steps on a set."""
    torch.manual_seed(0)
    learner.begin(Rows(batch))
    optimisers = {turn: torch.optim.Adam(parameters, lr=rate) for turn, parameters in learner.turns().items()}
    learner.train()
    order: list[Tensor] = []
    for step in range(steps if optimisers else 0):
        if not order:
            learner.before_epoch(step, steps)
            order = list(torch.randperm(len(batch)).split(size))
        some = part(batch, order.pop())
        for turn, optimiser in optimisers.items():
            optimiser.zero_grad()
            torch.stack(list(learner.losses(some, turn).values())).sum().backward()
            optimiser.step()
    return learner.eval()


def mean_precision(queries: Tensor, documents: Tensor, relevant: Tensor) -> float:
    """mAP of vectors (n, dim) and (m, dim) by their cosines; relevant (n, m)."""
    near = torch.nn.functional.normalize(queries) @ torch.nn.functional.normalize(documents).T
    hits = relevant.gather(1, near.argsort(dim=1, descending=True)).double()
    ranks = torch.arange(1, hits.shape[1] + 1)
    each = (hits * hits.cumsum(1) / ranks).sum(1) / hits.sum(1).clamp(min=1)
    return each[hits.sum(1) > 0].mean().item()


def by_label(batch: Batch) -> Tensor:
    """Which rows share a label (n, n)."""
    assert batch.labels is not None
    return (batch.labels @ batch.labels.T) > 0


@torch.no_grad()
def across(learner: Learner, batch: Batch, first: str, second: str, *, pairs: bool = False) -> float:
    """mAP of looking for one modality with another, by labels or by pairs."""
    one, other = (learner.embed(name, batch.inputs[name]) for name in (first, second))
    return mean_precision(one, other, torch.eye(len(batch), dtype=torch.bool) if pairs else by_label(batch))
