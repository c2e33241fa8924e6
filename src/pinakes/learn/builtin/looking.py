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
from pinakes.learn.builtin.couples import OfCouples
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.seeing import Growing, ordered, reader_of
from pinakes.learn.builtin.space import Config, Space
from pinakes.learn.builtin.taught import Tell, kept_vectors
from pinakes.learn.builtin.train_space import PictureVectors, fingerprint, text_tower
from pinakes.learn.builtin.views import Parts
from pinakes.learn.data.base import TrainingSet
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
class Shown(OfCouples):
    """Couples whose pictures are pixels, which grow from epoch to epoch.

    `couples` has the number of each picture's part, `growing` the parts.
    """

    growing: Growing

    def batches(self) -> Iterator[Batch]:
        """Every couple in its order, each picture whole."""
        return self._shown(self.couples.batches(), None)

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan, their pictures changed as of an epoch."""
        return self._shown(self.couples.ahead(plan, epoch), epoch)

    def _shown(self, told: Iterator[Batch], epoch: int | None) -> Iterator[Batch]:
        told, again = tee(told)
        for one, shown in zip(told, self.growing.ahead(map(_numbers, again), epoch), strict=True):
            yield replace(one, inputs={**one.inputs, "image": shown.inputs["image"]})


def _numbers(batch: Batch) -> Rows:
    """The parts that a batch names."""
    found: Rows = batch.inputs["image"][:, 0].long().numpy()
    return found


class Looking(Space):
    """A space whose pictures come as pixels."""

    def __init__(self, tower: Tower, text: Tower, config: Config) -> None:
        super().__init__(text, tower.dim, config)
        self.tower = tower
        self.measured = False

    def keep_sight(self, other: Looking) -> None:
        """Go on from what another has learned to see."""
        for mine, told in ((self.tower, other.tower), (self.picture, other.picture)):
            mine.load_state_dict(told.state_dict())
        self.measured = True

    def begin(self, whole: Whole) -> None:
        """Mean and deviation of the tower's vectors, by the first pictures."""
        if self.measured:
            return
        found: list[Tensor] = []
        for batch in whole.batches():
            found.append(exact(self.tower(ordered(batch.inputs["image"]))))
            if sum(map(len, found)) >= _MEASURED:
                break
        self.picture.measure(torch.cat(found))

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        if modality != "image":
            return super().embed(modality, inputs)
        return unit(self.picture(self.tower(ordered(inputs))))


@dataclass(frozen=True)
class LookPlan:
    """How the tower and its head learn together."""

    sides: tuple[int, ...] = (96, 112, 112, 128)
    space: Config = field(default_factory=lambda: Config(dropout=0.1, noise=0.0))
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=4, batch=160, rate=1.2e-3, weight_decay=0.02, warmup=0.05, clip=5.0, precision="bfloat16"
        )
    )


def look(
    run: Path,
    known: Known,
    found: TrainingSet,
    parts: Parts,
    tower: Tower,
    large: NDArray[Any],
    plan: LookPlan | None = None,
    listen: events.Listener = lambda event: None,
    name: str = "look",
) -> Looking:
    """Train a tower that sees, and a head, within a space that is known; or go on with it.

    `large` are the teacher's vectors (views, pictures, width) of all parts, by which the space was learned.
    """
    plan = plan or LookPlan()
    config = replace(plan.space, dim=known.space.dim)
    numbers = np.arange(len(parts), dtype=np.int64).reshape(-1, len(found), 1)
    pictures = PictureVectors(found.ids, numbers)
    food = known.couples(pictures, replace(known.plan, space=config, train=plan.train, share=0.0))
    food = replace(food, targets=known.targets(pictures, PictureVectors(found.ids, large)))
    kept = RunFolder(run / name)
    kept.begin({"plan": asdict(plan), "fingerprint": fingerprint(known.material, pictures)})
    torch.manual_seed(plan.train.seed)
    learner = Looking(tower, text_tower(known.plan, len(known.vocabulary)), config)
    learner.keep_words(known.space)
    growing = Growing.of(found, parts, plan.sides, plan.train.seed)
    train(learner, Shown(food, growing), plan.train, kept, None, listen, classes=False)
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
