"""The picture tower and its head learn together where pictures lie in the space, from the pixels on.

The tower has learned to see by then, and the words of the space stay where they are: pictures are drawn to where the
space has them by the teacher's vectors, and to where what is said of them lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import tee
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pinakes.learn.base import Batch, Whole
from pinakes.learn.builtin.couples import Couples
from pinakes.learn.builtin.known import knowing, targets_of
from pinakes.learn.builtin.seeing import STEPS, reader_of
from pinakes.learn.builtin.space import Config, Space
from pinakes.learn.builtin.taught import Tell, kept_vectors
from pinakes.learn.builtin.texts import Material
from pinakes.learn.builtin.train_space import (
    PictureVectors,
    couples,
    fingerprint,
    open_space,
    text_tower,
    text_vectors,
)
from pinakes.learn.builtin.views import Parts, part_names
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.source import Source
from pinakes.learn.losses.pairs import exact, unit
from pinakes.learn.networks.base import Tower
from pinakes.learn.training import events
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.types import Floats, Pixels, Rows

# Pictures by which the size of the tower's numbers is measured.
_MEASURED = 2_048


@dataclass(frozen=True)
class Shown:
    """Couples whose pictures are pixels, which grow from epoch to epoch.

    `couples` has the number of each picture's part, `sources` the parts, in the side that each epoch has.
    """

    couples: Couples
    sources: tuple[Source, ...]

    @property
    def rows(self) -> int:
        """How many couples an epoch has."""
        return self.couples.rows

    @property
    def labels(self) -> Tensor | None:
        """None: facts tell more."""
        return None

    def batches(self) -> Iterator[Batch]:
        """Every couple in its order, each picture whole."""
        return (self._shown(batch, self.sources[-1].batch(_numbers(batch))) for batch in self.couples.batches())

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan, their pictures changed as of an epoch."""
        told, again = tee(self.couples.ahead(plan, epoch))
        last = len(self.sources) - 1
        source = self.sources[last if epoch is None else min(epoch, last)]
        shown = source.ahead(map(_numbers, again), epoch)
        return (self._shown(*both) for both in zip(told, shown, strict=True))

    @staticmethod
    def _shown(told: Batch, shown: Batch) -> Batch:
        return replace(told, inputs={**told.inputs, "image": shown.inputs["image"]})


def _numbers(batch: Batch) -> Rows:
    """The parts that a batch names."""
    found: Rows = batch.inputs["image"][:, 0].long().numpy()
    return found


class Looking(Space):
    """A space whose pictures come as pixels."""

    def __init__(self, tower: Tower, text: Tower, config: Config) -> None:
        super().__init__(text, tower.dim, config)
        self.tower = tower

    def begin(self, whole: Whole) -> None:
        """Mean and deviation of the tower's vectors, by the first pictures."""
        found: list[Tensor] = []
        for batch in whole.batches():
            found.append(exact(self.tower(self._ordered(batch.inputs["image"]))))
            if sum(map(len, found)) >= _MEASURED:
                break
        self.picture.measure(torch.cat(found))

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        if modality != "image":
            return super().embed(modality, inputs)
        return unit(self.picture(self.tower(self._ordered(inputs))))

    @staticmethod
    def _ordered(pictures: Tensor) -> Tensor:
        """In the order in memory that convolutions on a processor are quickest with."""
        return pictures.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class LookPlan:
    """How the tower and its head learn together."""

    sides: tuple[int, ...] = (96, 112, 112, 128)
    # The side at which the tower is used. Parts show things larger than whole pictures do, so that a tower that learned
    # from parts sees whole ones best a little larger: Touvron and others, NeurIPS 2019.
    used: int = 144
    space: Config = field(default_factory=lambda: Config(dropout=0.1, noise=0.0))
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=4, batch=160, rate=1.2e-3, weight_decay=0.02, warmup=0.05, clip=5.0, precision="bfloat16"
        )
    )


def look(
    run: Path,
    words: Path,
    material: Material,
    found: TrainingSet,
    parts: Parts,
    tower: Tower,
    large: NDArray[Any],
    plan: LookPlan | None = None,
    listen: events.Listener = lambda event: None,
    name: str = "look",
) -> Looking:
    """Train a tower that sees, and a head, within the space of the folder `words`; or go on with it.

    `large` are the teacher's vectors (views, pictures, width) of all parts, by which the space was learned.
    """
    plan = plan or LookPlan()
    known, vocabulary, first = open_space(words)
    config = replace(plan.space, dim=known.dim)
    whole = replace(first, space=config, train=plan.train, share=0.0)
    numbers = np.arange(len(parts), dtype=np.int64).reshape(-1, len(found), 1)
    pictures = PictureVectors(found.ids, numbers)
    food = couples(material, pictures, vocabulary, whole)
    food = knowing(food, known, material, lambda said: text_vectors(known, vocabulary, said, first.length))
    food = replace(food, targets=targets_of(known, material, pictures, PictureVectors(found.ids, large)))
    names = part_names(found.ids, len(numbers))
    sources = {}
    for side in dict.fromkeys(plan.sides):
        reader = reader_of(side, steps=STEPS)
        rows = TrainingSet(found.name, names, {"image": parts.at(reader.whole)})
        sources[side] = Source.whole(rows, {"image": reader}, plan.train.seed)
    kept = RunFolder(run / name)
    kept.begin({"plan": asdict(plan), "fingerprint": fingerprint(material, pictures)})
    torch.manual_seed(plan.train.seed)
    learner = Looking(tower, text_tower(first, len(vocabulary)), config)
    learner.keep_words(known)
    eaten = Shown(food, tuple(sources[side] for side in plan.sides))
    train(learner, eaten, plan.train, kept, None, listen, classes=False)
    return learner.eval()


def placed(looking: Looking, parts: Parts, side: int, target: Path, tell: Tell) -> NDArray[np.float16]:
    """Where the space has all parts (n, dim), kept in a file (.npy)."""
    reader = reader_of(side)
    looking.eval()

    def encode(pictures: Pixels) -> Floats:
        # Half the time where the processor has such numbers, and bits do not mind.
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            vectors: Floats = looking.embed("image", reader.read(pictures, None)).float().numpy()
        return vectors

    return kept_vectors(encode, parts.at(reader.whole), looking.dim, target, tell)


def asking(words: Path, material: Material, found: TrainingSet, vectors: NDArray[Any]) -> Couples:
    """Couples of texts and pictures (views, pictures, dim) that are both where the space has them."""
    known, vocabulary, first = open_space(words)
    food = couples(material, PictureVectors(found.ids, vectors), vocabulary, first)
    return knowing(food, known, material, lambda said: text_vectors(known, vocabulary, said, first.length))
