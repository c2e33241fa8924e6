"""Students that learn the vectors of a teacher, another encoder, in a space of their own width.

The teacher is a tower named `teacher` beside those of the students; it never changes. Its inputs stand in each batch
under that name: vectors that were computed before, for a `Given` tower, or media for a network; `Taught` puts them
there. Students of several modalities that have one teacher come into one space. Hinton, Vinyals and Dean, "Distilling
the knowledge in a neural network", 2015; the losses name their own papers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, NotFound
from pinakes.learn.base import METHODS, Batch, Learner, Method, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.data.source import Source
from pinakes.learn.joint.food import TEACHER, Taught
from pinakes.learn.joint.heads import Head, nothing, present, there
from pinakes.learn.losses.distillation import relational, towards
from pinakes.learn.losses.pairs import unit
from pinakes.learn.networks.base import Given
from pinakes.learn.training.settings import Checked


@dataclass(frozen=True, slots=True)
class Config(Checked):
    """The space of the students, and how much each of the two losses counts."""

    # A file (.npy) with a vector of the teacher for each row of the set, in its order, and how wide they are.
    teacher: str = ""
    width: int = bounded(0)
    # Of the students; 0 is the teacher's own width.
    dim: int = bounded(0)
    hidden: int = bounded(0)
    dropout: float = bounded(0.0, below=1)
    cosine: float = bounded(1.0)
    relational: float = bounded(1.0)
    # Of the similarities whose distribution is learned.
    temperature: float = bounded(0.1, above=0)


class Distillation(Learner):
    """A tower and a head for each student, and a way from their space to the teacher's."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        if TEACHER not in task.towers or len(task.towers) < 2:
            raise BadInput(
                f"There is no teacher beside the students: the towers are {', '.join(task.towers) or 'none'}.",
                f"Write method.teacher and method.width, or give one tower the name {TEACHER}.",
            )
        teacher = task.towers[TEACHER]
        students = {name: tower for name, tower in task.towers.items() if name != TEACHER}
        self.modalities = tuple(students)
        self.config = config
        self.dim = config.dim or teacher.dim
        self.teacher = teacher.requires_grad_(False)
        self.towers = nn.ModuleDict(students)
        self.heads = nn.ModuleDict(
            {name: Head(tower.dim, self.dim, config.hidden, config.dropout) for name, tower in students.items()}
        )
        self.way = nn.Identity() if self.dim == teacher.dim else nn.Linear(self.dim, teacher.dim)

    def train(self, mode: bool = True) -> Distillation:
        """A teacher does not learn: its dropout and the means of its batches stand still."""
        super().train(mode)
        self.teacher.eval()
        return self

    def fed(self, source: Source) -> Source | Taught:
        """The rows beside the vectors of the teacher, where a file has them."""
        if not self.config.teacher:
            return source
        return Taught(source, vectors_of(Path(self.config.teacher), len(source.set), self.teacher.dim)[source.chosen])

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """For each student what parts it from the teacher, in the rows that have both."""
        if TEACHER not in batch.inputs:
            raise BadInput("A batch has no vectors of the teacher.", "Wrap its source in Taught.")
        taught = there(batch, TEACHER)
        found: dict[str, Tensor] = {}
        for name, rows in present(batch, self.modalities).items():
            rows = rows[taught[rows]]
            if not len(rows):
                continue
            with torch.no_grad():
                wanted = self.teacher(batch.inputs[TEACHER][rows])
            vectors = self.embed(name, batch.inputs[name][rows])
            found[f"{name} cosine"] = self.config.cosine * towards(self.way(vectors), wanted)
            found[f"{name} relational"] = self.config.relational * relational(
                vectors, wanted, 1 / self.config.temperature
            )
        return found or nothing(self.heads)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        return unit(self.heads[modality](self.towers[modality](inputs)))


def vectors_of(path: Path, rows: int, width: int) -> Tensor:
    """The vectors of a file (rows, width)."""
    try:
        found = np.load(path)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path} of the teacher's vectors.", "method.teacher names it.") from error
    except ValueError as error:
        raise BadInput(f"{path} holds no vectors that numpy can read: {error}.", "Write them by numpy.save.") from error
    if found.shape != (rows, width):
        shape = " x ".join(f"{side:,}" for side in found.shape)
        raise BadInput(
            f"The teacher's vectors in {path} are {shape}, and {rows:,} x {width:,} are needed.",
            "Set method.width to their width, and encode every row of the set in its order.",
        )
    return torch.from_numpy(found.astype(np.float32))


def build(task: Task, config: Config) -> Distillation:
    """Students beside their teacher, whose vectors a file has unless it is one of the towers."""
    towers = dict(task.towers)
    if config.width and TEACHER not in towers:
        towers[TEACHER] = Given(config.width)
    return Distillation(replace(task, towers=towers), config)


METHODS.register("distillation")(
    Method(
        "distillation",
        "joint",
        Config,
        build,
        "Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015",
        "small towers that learn the vectors of another encoder",
        labels=False,
    )
)
