"""What all hashing methods share: a tower and a head for each modality, and codes whose signs are the bits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, Unsupported
from pinakes.learn.base import METHODS, Batch, Learner, Method, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.networks.base import Tower
from pinakes.learn.training.settings import Checked

MAX_BITS = 1024


@dataclass(frozen=True, slots=True)
class HeadConfig(Checked):
    """How long the codes are, and what stands between the vector of a tower and its code."""

    bits: int = bounded(32, least=1, most=MAX_BITS)
    # Widths of the hidden layers; none is a linear head.
    hidden: tuple[int, ...] = (512,)
    dropout: float = bounded(0.0, below=1)

    def __post_init__(self) -> None:
        # slots=True makes the class anew, so that super() without arguments would not find it.
        Checked.__post_init__(self)
        if any(width < 1 for width in self.hidden):
            raise BadInput(f"A hidden layer of {min(self.hidden)} numbers says nothing.", "Choose 1 or more for each.")


class Noise(nn.Module):
    """Normal noise of a deviation, while a head learns."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, values: Tensor) -> Tensor:
        """The same values when nothing is learned."""
        return values + self.deviation * torch.randn_like(values) if self.training else values


class Head(nn.Sequential):
    """A perceptron from a vector (n, dim) to as many numbers as wanted (n, out).

    The vector is brought to mean 0 and deviation 1 first: features come in any size, and of tiny codes no loss learns.
    """

    def __init__(self, dim: int, hidden: Sequence[int], out: int, dropout: float = 0.0, noise: float = 0.0) -> None:
        layers: list[nn.Module] = [nn.LayerNorm(dim), *([Noise(noise)] if noise else [])]
        for width in hidden:
            layers += [nn.Linear(dim, width), nn.ReLU(), nn.Dropout(dropout)]
            dim = width
        super().__init__(*layers, nn.Linear(dim, out))


class Hasher(Learner):
    """Modalities with a tower and a head each, most often two; a set of one modality is paired with itself."""

    # How many modalities the method can hash.
    most = 2

    def __init__(self, task: Task, config: HeadConfig) -> None:
        super().__init__()
        if not 1 <= len(task.towers) <= self.most:
            raise Unsupported(
                f"This method hashes 1 to {self.most} modalities, and the set has {len(task.towers)}.",
                "Leave modalities out, or choose the method pinakes.",
            )
        self.modalities = tuple(task.towers)
        self.first, self.second = self.modalities[0], self.modalities[-1]
        self.bits = self.dim = config.bits
        self.labels = task.labels
        self.towers = nn.ModuleDict(dict(task.towers))
        self.heads = nn.ModuleDict({name: self.head(name, tower.dim, config) for name, tower in task.towers.items()})

    def head(self, modality: str, dim: int, config: HeadConfig) -> nn.Module:
        """The head of a modality."""
        return Head(dim, config.hidden, config.bits, config.dropout)

    def tower(self, modality: str) -> Tower:
        """The tower of a modality."""
        tower = self.towers[modality]
        if not isinstance(tower, Tower):
            raise Unsupported(f"{type(tower).__name__} is no tower.")
        return tower

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Relaxed codes (n, bits); their signs are the bits."""
        codes: Tensor = self.heads[modality](self.towers[modality](inputs))
        return codes

    def both(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Relaxed codes of the two modalities, each (n, bits)."""
        first = self.embed(self.first, batch.inputs[self.first])
        return first, first if self.second == self.first else self.embed(self.second, batch.inputs[self.second])

    def own(self, *modules: nn.Module) -> list[nn.Parameter]:
        """Parameters of some modules that may change, each once."""
        found = {id(each): each for module in modules for each in module.parameters() if each.requires_grad}
        return list(found.values())


def complete(batch: Batch) -> Batch:
    """The rows of a batch that have every modality."""
    if not batch.present:
        return batch
    there = torch.ones(len(batch), dtype=torch.bool, device=batch.rows.device)
    for flags in batch.present.values():
        there &= flags
    labels = None if batch.labels is None else batch.labels[there]
    return Batch(batch.rows[there], {name: values[there] for name, values in batch.inputs.items()}, labels)


def labels_of(batch: Batch) -> Tensor:
    """The labels of a batch (n, labels), which a method that learns from them can not do without."""
    if batch.labels is None:
        raise unlabelled()
    return batch.labels


def embedded(learner: Learner, whole: Whole, modality: str) -> Tensor:
    """Relaxed codes (rows, bits) of a whole set, without gradients and without dropout."""
    learning = learner.training
    learner.eval()
    with torch.no_grad():
        codes = torch.cat([learner.embed(modality, batch.inputs[modality]) for batch in whole.batches()])
    learner.train(learning)
    return codes


def file(
    name: str,
    config: type[Any],
    learner: Callable[[Task, Any], Learner],
    paper: str,
    about: str,
    *,
    labels: bool = True,
) -> Method:
    """File a hashing method under its name."""

    def build(task: Task, settings: Any) -> Learner:
        if labels and not task.labels:
            raise unlabelled()
        return learner(task, settings)

    return METHODS.register(name)(Method(name, "hashing", config, build, paper, about, labels))


def unlabelled() -> BadInput:
    """What is said where labels are needed and there are none."""
    return BadInput(
        "This method learns from labels, and the training set has none.",
        "Give the works labels, or choose a method that learns from pairs alone: djsrh, ucch, cca-itq.",
    )
