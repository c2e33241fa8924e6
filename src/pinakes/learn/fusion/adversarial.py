"""Adversarial alignment: a discriminator guesses the modality of a vector, and the towers learn to give it no clue.

Wang, Yang, Xu, Hanjalic and Shen, "Adversarial cross-modal retrieval", ACM Multimedia 2017, with the two turns of
Goodfellow and others, "Generative adversarial nets", NeurIPS 2014. Instead of the discriminator's mistake turned round,
whose gradient vanishes when it is sure, its guess is pulled towards "any": Tzeng, Hoffman, Darrell and Saenko,
"Simultaneous deep transfer across domains and tasks", ICCV 2015. A modality that a row lacks is imagined: a generator
makes its vector of what is there, and the same discriminator has to take it for a vector of that modality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.base import Batch, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.fusion.base import Fused, Fusion, FusionConfig, Parts, Projections, Towers, file, presence
from pinakes.learn.losses.pairs import unit


@dataclass(frozen=True, slots=True)
class Config(FusionConfig):
    """How much the adversary counts beside retrieval, and how wide it is."""

    adversary: float = bounded(0.1)
    # Of vectors imagined for what is lacking: how far they are from real ones.
    imagined: float = bounded(0.1)
    judge: int = bounded(64, least=1)


class Aligned(Fusion):
    """The mean of all modalities in one space, of which those that are lacking are imagined."""

    def __init__(self, towers: Towers, config: Config) -> None:
        super().__init__()
        self.projections = Projections(towers, config.dim, config.dropout)
        self.generators = nn.ModuleList(
            [
                nn.Sequential(nn.Linear(config.dim, config.dim), nn.GELU(), nn.Linear(config.dim, config.dim))
                for _ in towers
            ]
        )

    def forward(self, parts: Parts) -> Tensor:
        """One vector of all (n, dim)."""
        vectors, there = self.directions(parts), presence(parts)[..., None]
        return (vectors * there + self.imagined(vectors, there) * (1 - there)).mean(1)

    def directions(self, parts: Parts) -> Tensor:
        """Vectors of length one (n, modalities, dim), zeros where one is lacking."""
        return unit(self.projections(parts))

    def imagined(self, vectors: Tensor, there: Tensor) -> Tensor:
        """What each modality would be, by the others that are there (n, modalities, dim)."""
        known = vectors * there
        others = known.sum(1, keepdim=True) - known
        made = [generate(others[:, place]) for place, generate in enumerate(self.generators)]
        return unit(torch.stack(made, 1) + others)


class Adversarial(Fused):
    """A fusion and its adversary, each of which has its turn in every batch."""

    def __init__(self, task: Task, config: Config, fusion: Aligned) -> None:
        super().__init__(task, config, fusion)
        self.weights = config
        self.discriminator = nn.Sequential(
            nn.Linear(config.dim, config.judge), nn.LeakyReLU(0.2), nn.Linear(config.judge, len(self.modalities))
        )

    @property
    def aligned(self) -> Aligned:
        """The fusion network, which has vectors of single modalities."""
        return cast("Aligned", self.fusion)

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """First the discriminator learns from vectors as they are, then all else learns from its guesses."""
        judge = list(self.discriminator.parameters())
        own = {id(each) for each in judge}
        others = [each for each in self.parameters() if each.requires_grad and id(each) not in own]
        return {"discriminator": judge, "towers": others}

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """What the discriminator gets wrong; or retrieval, how sure it is, and how true imagined vectors are."""
        if turn == "discriminator":
            with torch.no_grad():
                vectors = self.aligned.directions(self.parts(batch.inputs, batch.present))
            there = self.there(batch)
            told, kinds = self.discriminator(vectors[there]), there.nonzero()[:, 1]
            return {"discriminator": functional.cross_entropy(told, kinds, reduction="sum") / max(1, len(kinds))}
        parts = self.parts(batch.inputs, batch.present)
        found = self.contrast(batch, parts)
        vectors, there = self.aligned.directions(parts), self.there(batch)
        found["adversary"] = self.weights.adversary * unsure(self.discriminator(vectors[there]))
        found["imagined"] = self.weights.imagined * self._imagination(vectors, there)
        return found

    def guesses(self, batch: Batch) -> Tensor:
        """Which modality the discriminator takes each vector for (n, modalities)."""
        found: Tensor = self.discriminator(self.aligned.directions(self.parts(batch.inputs, batch.present))).argmax(-1)
        return found

    def there(self, batch: Batch) -> Tensor:
        """Which rows have which modality (n, modalities) bool."""
        ones = torch.ones_like(batch.rows, dtype=torch.bool)
        nobody = torch.zeros_like(ones)
        known = {name: batch.present.get(name, ones) if name in batch.inputs else nobody for name in self.modalities}
        return torch.stack(list(known.values()), 1)

    def _imagination(self, vectors: Tensor, there: Tensor) -> Tensor:
        """How far imagined vectors are from real ones, and how little the discriminator takes them for such."""
        made = self.aligned.imagined(vectors, there[..., None].float())
        # What is imagined of nothing is not judged.
        judged = there & (there.sum(1, keepdim=True) > 1)
        if not judged.any():
            return vectors.sum() * 0
        far = 1 - (made[judged] * vectors[judged].detach()).sum(1).mean()
        told: Tensor = functional.cross_entropy(self.discriminator(made[judged]), judged.nonzero()[:, 1])
        return far + self.weights.adversary * told


def unsure(logits: Tensor) -> Tensor:
    """The cross-entropy of a guess (n, classes) and "any of them", less what it is at best."""
    told = logits.log_softmax(1)
    best = torch.tensor(float(logits.shape[1]), device=logits.device).log()
    return -told.mean(1).sum() / max(1, len(told)) - best


def build(task: Task, config: Config, fusion: Fusion) -> Adversarial:
    """The learner of a fusion that has an adversary."""
    if not isinstance(fusion, Aligned):
        raise BadInput(f"{type(fusion).__name__} has no vectors of single modalities to align.")
    return Adversarial(task, config, fusion)


file(
    "fusion-adversarial",
    Config,
    Aligned,
    "Wang, Yang, Xu, Hanjalic and Shen, Adversarial Cross-Modal Retrieval, ACM Multimedia 2017",
    "a discriminator guesses the modality, and the towers learn to give it no clue; what is lacking is imagined",
    build,
)
