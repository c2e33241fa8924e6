"""A small set and small learners: pairs of vectors that belong together, and what can go wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pinakes.learn.base import Batch, Learner
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.together import gathered
from pinakes.types import Rows


@dataclass
class Pairs:
    """Two noisy views of hidden vectors, with a class each; every batch drawn as of its rows and epoch."""

    rows: int = 96
    classes: int = 3

    def __post_init__(self) -> None:
        random = np.random.default_rng(7)
        hidden = random.standard_normal((self.rows, 4))
        self.left = torch.tensor(hidden @ random.standard_normal((4, 10)), dtype=torch.float32)
        self.right = torch.tensor(hidden @ random.standard_normal((4, 6)), dtype=torch.float32)
        self.named = torch.tensor(np.arange(self.rows) % self.classes)

    @property
    def labels(self) -> Tensor:
        """One of the classes for each row."""
        return nn.functional.one_hot(self.named, self.classes).float()

    def batch(self, rows: Rows) -> Batch:
        """Some of the rows."""
        chosen = torch.as_tensor(rows)
        return Batch(chosen, {"image": self.left[chosen], "text": self.right[chosen]}, self.labels[chosen])

    def batches(self) -> Iterator[Batch]:
        """All rows."""
        yield self.batch(np.arange(self.rows))

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan."""
        return (self.batch(rows) for rows in plan)


class Near(Learner):
    """Makes both views of a row near; with dropout and a memory, so that all kinds of state are there."""

    modalities = ("image", "text")
    dim = 5
    seen: Tensor

    def __init__(self, *, fails_at: int = -1, scale: float = 1.0) -> None:
        super().__init__()
        self.image = nn.Sequential(nn.Linear(10, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 5))
        self.text = nn.Linear(6, 5)
        self.register_buffer("seen", torch.zeros(0))
        self.fails_at, self.scale, self.calls = fails_at, scale, 0
        self.wide = 1.0

    def begin(self, whole: Pairs) -> None:  # type: ignore[override]
        """A memory of all rows, whose size is known only now."""
        self.register_buffer("seen", torch.zeros(whole.rows))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Twice the mean squared distance, in two parts."""
        self.calls += 1
        rows, once = gathered(batch.rows, torch.ones(len(batch)))
        self.seen[rows] += once
        apart = (self.image(batch.inputs["image"]) - self.text(batch.inputs["text"])).square().mean() * self.scale
        if self.calls == self.fails_at:
            apart = apart * float("nan")
        return {"near": apart, "wide": self.wide * (1 - self.text(batch.inputs["text"]).std(0)).relu().mean()}

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors (n, 5)."""
        return self.image(inputs) if modality == "image" else self.text(inputs)


def made(seed: int = 0, **settings: float) -> Near:
    """A learner whose first weights follow from a seed."""
    torch.manual_seed(seed)
    return Near(**settings)  # type: ignore[arg-type]


def plain(learner: Near) -> Near:
    """A learner whose loss is a mean over rows, each by itself: what processes can share without a difference."""
    learner.image = nn.Sequential(learner.image[0], learner.image[2], learner.image[4])
    learner.wide = 0.0
    return learner


def lines(folder: Path) -> list[dict[str, float]]:
    """The figures of a run but for its times."""
    found = RunFolder(folder).figures()
    return [{name: value for name, value in line.items() if name != "seconds"} for line in found]
