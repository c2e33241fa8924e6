"""Pictures without labels: the views of one picture find each other among the views of all others.

Chen, Kornblith, Norouzi and Hinton, "A simple framework for contrastive learning of visual representations" (SimCLR),
ICML 2020. The views stand in a batch as image, image2, ...; `pinakes.learn.joint.food.Views` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pinakes.learn.base import METHODS, Batch, Learner, Method, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.data.source import Source
from pinakes.learn.joint.food import Views
from pinakes.learn.joint.heads import Head, nothing
from pinakes.learn.joint.views import only, views_of
from pinakes.learn.losses.contrastive import nt_xent
from pinakes.learn.training.settings import Checked


@dataclass(frozen=True, slots=True)
class Config(Checked):
    """The space in which views are compared; what is kept is the vector of the tower before it."""

    dim: int = bounded(128, least=1)
    hidden: int = bounded(512)
    temperature: float = bounded(0.1, above=0)
    # How often each picture is drawn.
    views: int = bounded(2, least=2)


class SimCLR(Learner):
    """One tower, and a head that only training needs."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        self.modality, self.tower = only(task, "SimCLR")
        self.modalities = (self.modality,)
        self.dim = self.tower.dim
        self.head = Head(self.tower.dim, config.dim, config.hidden)
        self.config = config

    def fed(self, source: Source) -> Views:
        """Every row in several views."""
        return Views.of_pictures(source, self.config.views)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """The contrast of all views."""
        views, rows = views_of(batch, self.modality)
        if not len(rows):
            return nothing(self.head)
        vectors = self.head(self.tower(torch.cat(views))).chunk(len(views))
        return {"views": nt_xent(vectors, rows, 1 / self.config.temperature)}

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of the tower (n, dim)."""
        vectors: Tensor = self.tower(inputs)
        return vectors


METHODS.register("simclr")(
    Method(
        "simclr",
        "joint",
        Config,
        SimCLR,
        "Chen, Kornblith, Norouzi and Hinton, A Simple Framework for Contrastive Learning of Visual Representations, "
        "ICML 2020",
        "pictures without labels: augmented views of one picture find each other",
        labels=False,
    )
)
