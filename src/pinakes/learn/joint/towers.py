"""Two, three or more towers with a common space: what belongs together comes near, whatever modality it is.

Frome and others, "DeViSE: a deep visual-semantic embedding model", NeurIPS 2013, was the first of its kind; the
objectives name their own papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from torch import Tensor, nn

from pinakes.learn.base import METHODS, Batch, Learner, Method, Task
from pinakes.learn.bounded import among, bounded
from pinakes.learn.joint.heads import Head, SpaceConfig, belonging, chosen, needs, nothing, present
from pinakes.learn.joint.objectives import OBJECTIVES, Shape, Side
from pinakes.learn.losses.pairs import unit
from pinakes.learn.losses.triplet import MININGS


@dataclass(frozen=True, slots=True)
class Config(SpaceConfig):
    """A common space, and by what it is learned."""

    loss: str = among("infonce", OBJECTIVES)
    temperature: float = bounded(0.07, above=0)
    margin: float = bounded(0.0)
    mining: str = among("hardest", MININGS)


class Joint(Learner):
    """A tower and a head for each modality, and one loss for each two of them."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        self.modalities = needs(task.towers, 2, "A common space")
        self.dim = config.dim
        self.config = config
        self.towers = nn.ModuleDict(dict(task.towers))
        self.heads = nn.ModuleDict(
            {name: Head(tower.dim, config.dim, config.hidden, config.dropout) for name, tower in task.towers.items()}
        )
        shape = Shape(config.dim, task.labels, config.temperature, config.margin, config.mining)
        self.objective = OBJECTIVES.get(config.loss)(shape)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """The objective of each two modalities, by their names, divided by how many twos there are.

        A row that lacks a modality has no part in its losses, but belongs with other rows by its labels.
        """
        rows = present(batch, self.modalities)
        vectors = {name: self.embed(name, batch.inputs[name][here]) for name, here in rows.items()}
        pairs = belonging(batch, self.config.together)
        sides = {
            name: Side(vectors[name], None if batch.labels is None else batch.labels[here])
            for name, here in rows.items()
        }
        twos = list(combinations(rows, 2))
        found: dict[str, Tensor] = {
            f"{one}-{other}": self.objective(sides[one], sides[other], chosen(pairs, rows[one], rows[other]))
            / len(twos)
            for one, other in twos
        }
        return found or nothing(self.heads)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        return unit(self.heads[modality](self.towers[modality](inputs)))


METHODS.register("joint")(
    Method(
        "joint",
        "joint",
        Config,
        Joint,
        "Radford and others, Learning Transferable Visual Models From Natural Language Supervision, ICML 2021",
        "two or more towers with a common space, by labels where there are some: infonce, siglip, triplet, arcface",
        labels=False,
    )
)
