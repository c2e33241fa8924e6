"""Fusion: from what is known of several modalities to one vector; and the learner of all that have one interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.base import METHODS, Batch, Learner, Method, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.joint.heads import SpaceConfig, belonging, chosen, needs, nothing
from pinakes.learn.joint.objectives import Scale
from pinakes.learn.losses.contrastive import info_nce
from pinakes.learn.losses.pairs import unit
from pinakes.learn.networks.base import Tower

Towers = Mapping[str, Tower]


@dataclass(frozen=True, slots=True)
class FusionConfig(SpaceConfig):
    """What every fusion network has: its space, and the temperature at which it begins to learn."""

    temperature: float = bounded(0.07, above=0)


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of one modality: zeros in the rows that lack it."""

    # (n, dim), and which rows have the modality (n,) bool.
    vectors: Tensor
    present: Tensor
    # The tokens behind the vectors (n, t, token_dim), and which of them are real (n, t) bool; for networks that ask.
    tokens: Tensor
    real: Tensor

    def absent(self) -> Part:
        """The same, as if no row had it."""
        nobody = torch.zeros_like(self.present)
        return Part(torch.zeros_like(self.vectors), nobody, torch.zeros_like(self.tokens), torch.zeros_like(self.real))


Parts = Mapping[str, Part]


class Fusion(nn.Module):
    """One vector of several modalities, some of which a row may lack: a query is most often of one alone."""

    # Whether it looks at tokens.
    wants_tokens = False

    def forward(self, parts: Parts) -> Tensor:
        """Vectors (n, dim); every modality of the task is a key."""
        raise NotImplementedError


class Fuser(Learner):
    """A learner whose vectors are of all that is known of a row together."""

    def fuse(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None) -> Tensor:
        """Vectors (n, dim) of rows of which one or more modalities are known."""
        raise NotImplementedError

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors (n, dim) of rows of which one modality is known."""
        return self.fuse({modality: inputs})

    def known(self, inputs: Mapping[str, Tensor]) -> list[str]:
        """Which of its modalities are among the inputs, of which there must be one."""
        known = [name for name in self.modalities if name in inputs]
        if not known:
            raise BadInput(
                f"None of {', '.join(self.modalities)} is known of these rows.", "Hand in at least one of them."
            )
        return known


class Fused(Fuser):
    """Towers and a fusion network, which learn that a row is the same by each modality alone and by all together."""

    def __init__(self, task: Task, config: FusionConfig, fusion: Fusion) -> None:
        super().__init__()
        self.modalities = needs(task.towers, 2, "Fusion")
        self.dim = config.dim
        self.config = config
        self.towers = nn.ModuleDict(dict(task.towers))
        self.read = {name: tower.tokens for name, tower in task.towers.items()}
        self.sizes = {name: (tower.dim, tower.token_dim) for name, tower in task.towers.items()}
        self.fusion = fusion
        self.scale = Scale(config.temperature)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """InfoNCE between each two ways of knowing a row: by one modality, by another, by all; by labels among all."""
        return self.contrast(batch, self.parts(batch.inputs, batch.present))

    def contrast(self, batch: Batch, parts: Parts) -> dict[str, Tensor]:
        """The losses of parts that are known already."""
        ways = {name: only(parts, name) for name in parts} | {"all": parts}
        rows = {name: anywhere(way).nonzero()[:, 0] for name, way in ways.items()}
        vectors = {name: self.fusion(way)[rows[name]] for name, way in ways.items() if len(rows[name])}
        pairs, twos = belonging(batch, self.config.together), list(combinations(vectors, 2))
        found = {
            f"{one}-{other}": info_nce(
                vectors[one], vectors[other], chosen(pairs, rows[one], rows[other]), self.scale()
            )
            for one, other in twos
        }
        if batch.labels is not None and self.config.together == "labels" and "all" in vectors:
            # Works of one label come near too: a query by all that is known looks among such.
            among = chosen(pairs, rows["all"], rows["all"]).among_themselves()
            found["all-all"] = info_nce(vectors["all"], vectors["all"], among, self.scale())
        found = {name: loss / len(found) for name, loss in found.items()}
        return found or nothing(self.fusion)

    def fuse(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None) -> Tensor:
        """Vectors of length one (n, dim)."""
        return unit(self.fusion(self.parts(inputs, present or {})))

    def parts(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Part]:
        """What the towers make of the rows that have each modality; none has one that is not among the inputs."""
        some = inputs[self.known(inputs)[0]]
        return {name: self._part(name, inputs.get(name), present.get(name), some) for name in self.modalities}

    def _part(self, name: str, inputs: Tensor | None, present: Tensor | None, some: Tensor) -> Part:
        """A part; `some` are inputs of another modality, for the number of rows and where they are."""
        count = some.shape[0]
        everywhere = torch.ones(count, dtype=torch.bool, device=some.device)
        # Whether all rows have it is not asked where nobody says so: a graph can not branch by numbers.
        if inputs is not None and (present is None or bool(present.all())):
            return Part(*self._read(name, inputs, everywhere))
        rows = torch.zeros(0) if present is None or inputs is None else present.nonzero()[:, 0]
        if inputs is None or not len(rows):
            dim, token_dim = self.sizes[name]
            nowhere = torch.zeros(count, 1, token_dim, device=some.device)
            return Part(torch.zeros(count, dim, device=some.device), ~everywhere, nowhere, ~everywhere[:, None])
        # A tower never sees what stands in place of inputs that are lacking.
        return Part(*(spread(each, rows, count) for each in self._read(name, inputs[rows], everywhere[rows])))

    def _read(self, name: str, inputs: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Vectors of rows that have a modality, that they have it, and the tokens if the network looks at them."""
        vectors = self.towers[name](inputs)
        if self.fusion.wants_tokens:
            return vectors, present, *self.read[name](inputs)
        return vectors, present, vectors[:, None], present[:, None]


def only(parts: Parts, *names: str) -> dict[str, Part]:
    """As if nothing were known but some of the modalities."""
    return {name: part if name in names else part.absent() for name, part in parts.items()}


def anywhere(parts: Parts) -> Tensor:
    """Which rows have at least one modality (n,) bool."""
    return torch.stack([part.present for part in parts.values()]).any(0)


def presence(parts: Parts) -> Tensor:
    """Which rows have which modality (n, modalities), 1 or 0."""
    return torch.stack([part.present for part in parts.values()], 1).float()


def spread(values: Tensor, rows: Tensor, count: int) -> Tensor:
    """Values (k, ...) at their rows among zeros (count, ...)."""
    return values.new_zeros((count, *values.shape[1:])).index_copy(0, rows, values)


class Projections(nn.Module):
    """From the vector of each modality to one width: normalised, then one layer; zeros where it is lacking."""

    def __init__(self, towers: Towers, dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.ways = nn.ModuleDict(
            {
                name: nn.Sequential(nn.LayerNorm(tower.dim), nn.Dropout(dropout), nn.Linear(tower.dim, dim))
                for name, tower in towers.items()
            }
        )

    def forward(self, parts: Parts) -> Tensor:
        """Vectors (n, modalities, dim)."""
        found = [self.ways[name](part.vectors) * part.present[:, None] for name, part in parts.items()]
        return torch.stack(found, 1)


def file(
    name: str,
    config: type[FusionConfig],
    fusion: Callable[[Towers, Any], Fusion],
    paper: str,
    about: str,
    learner: Callable[[Task, Any, Any], Fused] = Fused,
) -> Method:
    """File a fusion network under its name."""

    def build(task: Task, settings: Any) -> Learner:
        needs(task.towers, 2, "Fusion")
        return learner(task, settings, fusion(task.towers, settings))

    return METHODS.register(name)(Method(name, "fusion", config, build, paper, about, labels=False))
