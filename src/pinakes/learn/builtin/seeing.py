"""The picture tower learns to see from two teachers: one of pictures, part by part, and one of what is said of them.

It never learns from captions word for word here, but from where a teacher of texts puts them: pictures of which like
things are said come near one another, whatever the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pinakes.encoders.base import unit_rows
from pinakes.learn.augment.pictures import Colour, Gaussian, PictureStep, Rotate
from pinakes.learn.base import Batch, Learner
from pinakes.learn.builtin.texts import Material
from pinakes.learn.builtin.views import Parts, part_names
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.source import Source
from pinakes.learn.joint.food import TEACHER, Taught
from pinakes.learn.joint.objectives import Scale
from pinakes.learn.losses.distillation import relational, towards
from pinakes.learn.losses.pairs import cosines, unit
from pinakes.learn.networks.base import NETWORKS, Tower
from pinakes.learn.training.events import Listener
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.types import Floats, Rows

SAID = "said"
# What the student alone sees changed: it must say the same of a picture that is turned, tinted or grainy.
STEPS: tuple[PictureStep, ...] = (
    Rotate(10),
    Colour(brightness=0.2, contrast=0.2, saturation=0.2, hue=5),
    Gaussian(sigma=0.04, probability=0.3),
)


@dataclass(frozen=True)
class Sight:
    """Which network learns to see, how large its pictures are in each epoch, and what counts how much."""

    network: str = "resnet18"
    width: float = 0.75
    sides: tuple[int, ...] = (96, 96)
    relational: float = 0.5
    said: float = 0.25
    # Of the similarities of texts: below one half of cosine another picture's text hardly counts as its own.
    temperature: float = 0.06
    batch: int = 128
    rate: float = 0.002
    weight_decay: float = 0.02
    seed: int = 0

    @property
    def side(self) -> int:
        """The side of the pictures that the tower is used with."""
        return self.sides[-1]


class Seeing(Learner):
    """A tower, and the ways from its vectors to those of the two teachers."""

    modalities = ("image",)

    def __init__(self, tower: Tower, taught: int, said: int, sight: Sight) -> None:
        super().__init__()
        self.dim = tower.dim
        # The order of numbers in memory that convolutions on a processor are quickest with.
        self.tower = tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.taught = nn.Linear(tower.dim, taught)
        self.said = nn.Linear(tower.dim, said)
        self.scale = Scale(0.07)
        self.sight = sight

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """What parts the tower from both teachers."""
        vectors = self.tower(ordered(batch.inputs["image"]))
        wanted = batch.inputs[TEACHER]
        found = self.taught(vectors)
        losses = {
            "taught": towards(found, wanted),
            "relational": self.sight.relational * relational(found, wanted),
        }
        if self.sight.said and SAID in batch.inputs:
            losses["said"] = self.sight.said * self._said(vectors, batch.inputs[SAID])
        return losses

    def _said(self, vectors: Tensor, said: Tensor) -> Tensor:
        """How a picture's likeness to all texts of the batch differs from that of its own text, and the other way."""
        with torch.no_grad():
            wanted = (cosines(said, said) / self.sight.temperature).softmax(1)
        found = cosines(self.said(vectors), said) * self.scale()
        both = (found.log_softmax(1) * wanted).sum(1) + (found.T.log_softmax(1) * wanted).sum(1)
        loss: Tensor = -both.mean() / 2
        return loss

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        return unit(self.tower(inputs))


@dataclass(frozen=True)
class Growing:
    """Parts of pictures that grow from epoch to epoch: early ones are quick and coarse.

    Touvron and others, "Fixing the train-test resolution discrepancy", NeurIPS 2019, for why they grow.
    """

    # In the side that each epoch has; those of one side are the same source.
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, found: TrainingSet, parts: Parts, sides: Sequence[int], seed: int) -> Growing:
        """The parts of a set's pictures, so large in each epoch, as the student sees them."""
        ids, sources = part_names(found.ids, len(parts) // len(found)), {}
        for side in dict.fromkeys(sides):
            reader = reader_of(side, steps=STEPS)
            rows = TrainingSet(found.name, ids, {"image": parts.at(reader.whole)})
            sources[side] = Source.whole(rows, {"image": reader}, seed)
        return cls(tuple(sources[side] for side in sides))

    @property
    def rows(self) -> int:
        """How many parts there are."""
        return self.sources[0].rows

    @property
    def labels(self) -> Tensor | None:
        """None: teachers stand for them."""
        return None

    def batches(self) -> Iterator[Batch]:
        """All rows in their order, as large as they get."""
        return self.sources[-1].batches()

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan, of the size that the epoch has."""
        last = len(self.sources) - 1
        return self.sources[last if epoch is None else min(epoch, last)].ahead(plan, epoch)


def ordered(pictures: Tensor) -> Tensor:
    """Pictures in the order in memory that convolutions on a processor are quickest with."""
    return pictures.contiguous(memory_format=torch.channels_last)


def reader_of(side: int, *, steps: Sequence[PictureStep] = ()) -> PictureReader:
    """Pictures of a side, read as the tower reads them."""
    return PictureReader(side, steps=tuple(steps))


def said_of(material: Material, ids: Sequence[str]) -> Floats:
    """Where the teacher of texts puts what is said of each picture (n, 384): the mean over all that is said."""
    place = {text: row for row, text in enumerate(material.texts)}
    found = np.zeros((len(ids), material.vectors.shape[1]), np.float32)
    for row, name in enumerate(ids):
        rows = [place[each.text] for each in material.described[name].wordings if each.text in place]
        found[row] = material.vectors[rows].astype(np.float32).mean(0) if rows else 0
    return unit_rows(found)


def even(vectors: NDArray[np.float16], sample: int = 20_000) -> NDArray[np.float16]:
    """Vectors around their mean, those numbers that differ most made half as prominent as they are.

    A mean over places of what ReLU lets through is never negative: by cosine all such vectors are alike.
    """
    some = np.asarray(vectors[:: max(1, len(vectors) // sample)], np.float32)
    mean, spread = some.mean(0), np.sqrt(np.maximum(some.std(0), 1e-6))
    found = np.empty(vectors.shape, np.float16)
    for start in range(0, len(vectors), 4096):
        found[start : start + 4096] = (vectors[start : start + 4096].astype(np.float32) - mean) / spread
    return found


def food(found: TrainingSet, parts: Parts, taught: NDArray[np.float16], said: Floats, sight: Sight) -> Taught:
    """What is learned from: the parts of a set's pictures, with the vectors (n, ...) of both teachers for each."""
    growing = Growing.of(found, parts, sight.sides, sight.seed)
    of_both = np.tile(said.astype(np.float16), (len(parts) // len(found), 1))
    return Taught(Taught(growing, torch.from_numpy(even(taught))), torch.from_numpy(of_both), SAID)


def learner_of(sight: Sight, taught: int, said: int) -> Seeing:
    """A tower that has seen nothing yet."""
    torch.manual_seed(sight.seed)
    tower = NETWORKS.get(sight.network).build(width=sight.width, side=sight.side)
    return Seeing(tower, taught, said, sight)


def settings_of(sight: Sight, threads: int = 0) -> TrainSettings:
    """How long and how fast."""
    return TrainSettings(
        epochs=len(sight.sides),
        batch=sight.batch,
        seed=sight.seed,
        rate=sight.rate,
        weight_decay=sight.weight_decay,
        warmup=0.03,
        clip=5.0,
        precision="bfloat16",
        threads=threads,
    )


def see(eaten: Taught, sight: Sight, folder: Path, listen: Listener, threads: int = 0) -> Seeing:
    """Train a tower in a run's folder, or go on where it was broken off."""
    widths = eaten.widths
    learner = learner_of(sight, widths[TEACHER], widths[SAID])
    run = RunFolder(folder)
    run.begin({"sight": asdict(sight), "rows": eaten.rows})
    train(learner, eaten, settings_of(sight, threads), run, listen=listen, classes=False)
    return learner
