"""Pictures without labels, and without negatives: a student guesses what its teacher says of another view.

Caron and others, "Emerging properties in self-supervised vision transformers" (DINO), ICCV 2021. The teacher is a
moving average of the student. It sees the first, large views alone; the student sees these and the small crops that
follow them, as image, image2, ... in a batch; `pinakes.learn.joint.food.Views` draws them. Large and small ones may
differ in size where the tower allows it.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.base import METHODS, Batch, Learner, Method, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.data.source import Source
from pinakes.learn.joint.food import Views
from pinakes.learn.joint.heads import nothing
from pinakes.learn.joint.views import only, views_of
from pinakes.learn.losses.views import self_distillation
from pinakes.learn.training.settings import Checked


@dataclass(frozen=True, slots=True)
class Config(Checked):
    """The head, and how student and teacher differ."""

    # What is guessed, and the way there.
    prototypes: int = bounded(256, least=2)
    hidden: int = bounded(256, least=1)
    bottleneck: int = bounded(64, least=1)
    # How many views, the first, are large and seen by the teacher; and how many small ones follow, of which side in
    # pixels (0: that of large ones).
    large: int = bounded(2, least=1)
    small: int = bounded(2)
    side: int = bounded(0)
    # Temperatures of the student and of the teacher.
    cool: float = bounded(0.1, above=0)
    cold: float = bounded(0.04, above=0)
    # How much of the teacher and of its centre stays from step to step; the first goes up to 1 along half a wave.
    momentum: float = bounded(0.99, most=1)
    centre_momentum: float = bounded(0.9, most=1)


class Prototypes(nn.Module):
    """From the vector of a tower (n, dim) to cosines with the prototypes (n, prototypes)."""

    def __init__(self, dim: int, config: Config) -> None:
        super().__init__()
        self.way = nn.Sequential(nn.Linear(dim, config.hidden), nn.GELU(), nn.Linear(config.hidden, config.bottleneck))
        self.prototypes = nn.Parameter(torch.randn(config.prototypes, config.bottleneck))

    def forward(self, vectors: Tensor) -> Tensor:
        """Cosines."""
        directions = nn.functional.normalize(self.way(vectors), dim=1, eps=1e-6)
        found: Tensor = directions @ nn.functional.normalize(self.prototypes, dim=1, eps=1e-6).T
        return found


class DINO(Learner):
    """A student, its teacher, and the centre of what the teacher says."""

    centre: Tensor
    momentum: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        modality, tower = only(task, "DINO")
        if config.large < 1:
            raise BadInput("The teacher sees no view.", "Set large to 1 or more; 2 is the paper's.")
        self.modality, self.modalities = modality, (modality,)
        self.config = config
        self.dim = tower.dim
        self.student = nn.Sequential(tower, Prototypes(tower.dim, config))
        self.teacher = copy.deepcopy(self.student).requires_grad_(False)
        self.register_buffer("centre", torch.zeros(config.prototypes))
        self.register_buffer("momentum", torch.tensor(config.momentum))

    def fed(self, source: Source) -> Views:
        """Every row in large views and in small ones."""
        return Views.of_pictures(source, self.config.large, self.config.small, self.config.side)

    def before_epoch(self, epoch: int, epochs: int) -> None:
        """The teacher changes less and less."""
        left = (math.cos(math.pi * epoch / max(1, epochs)) + 1) / 2
        self.momentum.fill_(1 - (1 - self.config.momentum) * left)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """What the student says of each view, against what the teacher says of every other large one."""
        views, rows = views_of(batch, self.modality)
        if not len(rows):
            return nothing(self.student)
        # The step before this one changed the student.
        self._follow()
        with torch.no_grad():
            told = [self.teacher(view) for view in views[: self.config.large]]
        guesses = [self.student(view) for view in views]
        loss = self_distillation(guesses, told, self.centre.clone(), self.config.cool, self.config.cold)
        self._recentre(torch.cat(told))
        return {"views": loss}

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of the teacher's tower (n, dim), which are better than the student's."""
        vectors: Tensor = self.teacher[0](inputs)
        return vectors

    @torch.no_grad()
    def _follow(self) -> None:
        pairs = zip(self.teacher.parameters(), self.student.parameters(), strict=True)
        for average, each in pairs:
            average.lerp_(each, 1 - float(self.momentum))
        for kept, now in zip(self.teacher.buffers(), self.student.buffers(), strict=True):
            kept.copy_(now)

    @torch.no_grad()
    def _recentre(self, told: Tensor) -> None:
        kept = self.config.centre_momentum
        self.centre.mul_(kept).add_(told.float().mean(0), alpha=1 - kept)


METHODS.register("dino")(
    Method(
        "dino",
        "joint",
        Config,
        DINO,
        "Caron and others, Emerging Properties in Self-Supervised Vision Transformers, ICCV 2021",
        "pictures without labels or negatives: a student guesses what its own average says of another view",
        labels=False,
    )
)
