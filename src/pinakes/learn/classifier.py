"""A classifier on any tower: one class of several, or each label by itself; what it learned to look at is kept.

The vector before the last layer is what works are compared by: features of a classifier, as in Sharif Razavian and
others, "CNN features off-the-shelf: an astounding baseline for recognition", CVPR workshops 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, nearest
from pinakes.learn.base import METHODS, Batch, Learner, Method, Task, Whole
from pinakes.learn.bounded import among, bounded
from pinakes.learn.joint.heads import nothing, there
from pinakes.learn.joint.objectives import unlabelled
from pinakes.learn.losses.classes import each_of, one_of
from pinakes.learn.losses.norms import l1, l2, weights
from pinakes.learn.training.settings import Checked

CLASSES = ("auto", "one", "several")


@dataclass(frozen=True, slots=True)
class Config(Checked):
    """Of which modality, how, and how small the weights of the head are kept; `train.l1` and `l2` hold for all."""

    # Empty: the first.
    modality: str = ""
    # "one" class for each row, "several" labels, or "auto": one, if no row has more.
    classes: str = among("auto", CLASSES)
    # Width of a hidden layer, whose values are then the vector of a row; 0: the vector of the tower is.
    hidden: int = bounded(0)
    dropout: float = bounded(0.0, below=1)
    l1: float = bounded(0.0)
    l2: float = bounded(0.0)


class Classifier(Learner):
    """A tower, perhaps a hidden layer, and a number for each label."""

    several: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        if not task.labels:
            raise unlabelled("A classifier")
        self.modality = config.modality or next(iter(task.towers))
        if self.modality not in task.towers:
            raise BadInput(f"There is no {self.modality} to classify.", nearest(self.modality, task.towers))
        self.modalities = (self.modality,)
        self.config = config
        self.tower = task.towers[self.modality]
        self.dim = config.hidden or self.tower.dim
        self.hidden: nn.Module = (
            nn.Sequential(nn.Linear(self.tower.dim, config.hidden), nn.ReLU()) if config.hidden else nn.Identity()
        )
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(self.dim, task.labels))
        self.register_buffer("several", torch.tensor(config.classes == "several"))

    def begin(self, whole: Whole) -> None:
        """See whether a row has more than one label."""
        if self.config.classes == "auto" and whole.labels is not None:
            self.several.fill_(bool((whole.labels > 0).sum(1).max() > 1))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Cross-entropy, and the size of the head's weights."""
        if batch.labels is None:
            raise unlabelled("A classifier")
        here = there(batch, self.modality)
        if not here.any():
            return nothing(self.head)
        logits, labels = self.classify(batch.inputs[self.modality][here]), batch.labels[here]
        found = {"classes": each_of(logits, labels) if self.several else one_of(logits, labels)}
        for name, norm, weight in (("head l1", l1, self.config.l1), ("head l2", l2, self.config.l2)):
            if weight:
                found[name] = weight * norm(weights(self.head))
        return found

    def classify(self, inputs: Tensor) -> Tensor:
        """A number for each label (n, labels): the larger, the surer."""
        logits: Tensor = self.head(self.embed(self.modality, inputs))
        return logits

    def probabilities(self, inputs: Tensor) -> Tensor:
        """How likely each label is (n, labels); those of a row sum to one if each has one class."""
        logits = self.classify(inputs)
        return logits.sigmoid() if self.several else logits.softmax(1)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """The vector before the last layer (n, dim)."""
        vectors: Tensor = self.hidden(self.tower(inputs))
        return vectors


METHODS.register("classifier")(
    Method(
        "classifier",
        "classifier",
        Config,
        Classifier,
        "Sharif Razavian and others, CNN Features off-the-shelf, CVPR workshops 2014",
        "cross-entropy on labels, on any tower; the vector before the last layer is kept",
    )
)
