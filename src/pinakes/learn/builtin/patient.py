"""The picture tower learns for long, in ever new parts of pictures, from a teacher that sees the very same ones.

Half of what both see is two pictures in one, so that there is no end to what the teacher can be asked: a good one is
patient and consistent (Beyer and others, CVPR 2022; Zhang and others, "mixup", ICLR 2018). Its answers are places in
the space, and how near each picture lies to texts at large. Pictures as they are learn besides from what is said of
them and of what kind they are. Pixels lie where the network is, which sees some thousand of them a second on a GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pinakes.learn.augment.draws import Draws, mixed
from pinakes.learn.augment.pictures import Colour, Rotate
from pinakes.learn.base import Batch
from pinakes.learn.builtin.couples import BELONG, VECTORS, OfCouples
from pinakes.learn.builtin.cutting import Cuts
from pinakes.learn.builtin.kinds import Kinds, Telling
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.looking import Looking
from pinakes.learn.builtin.seeing import ordered
from pinakes.learn.builtin.space import Config, PictureHead
from pinakes.learn.builtin.teacher import SIDE, Backbone
from pinakes.learn.builtin.train_space import PictureVectors, fingerprint, text_tower
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.losses.contrastive import info_nce
from pinakes.learn.losses.distillation import attention, relational, towards
from pinakes.learn.losses.pairs import Pairs, unit
from pinakes.learn.networks.base import Tower
from pinakes.learn.training import events
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.types import Rows

# What a batch tells of each couple: the number of its picture, its kind, and the number by which its changes are drawn.
NUMBER, KIND, KEY = "number", "kind", "key"
_AT_A_TIME = 1024
# What the student alone sees changed: it must say the same of a picture that is turned, tinted or grainy.
_TURN, _TINT, _GRAIN, _GRAINY = Rotate(10), Colour(brightness=0.2, contrast=0.2, saturation=0.2, hue=5), 0.04, 0.3


@dataclass(frozen=True)
class Patience:
    """How long is learned, at which sides, and what counts how much."""

    # The side at which the tower learns, and the one at which it is used. Parts show things larger than whole pictures
    # do, so a tower that learned from parts sees whole ones best a little larger: Touvron and others, NeurIPS 2019.
    side: int = 128
    used: int = 144
    # How often a picture is seen in an epoch, by the set that it is of; once where the set is not named.
    times: dict[str, int] = field(default_factory=lambda: {"flickr8k": 4, "fashion": 3})
    # Where the space has a picture by the teacher; how near to one another pictures are; the teacher's own vector.
    target: float = 2.0
    relational: float = 0.5
    taught: float = 0.5
    # How near to texts at large, of which so many are asked in each step, and how sharply.
    asked: int = 4096
    near: float = 1.0
    temperature: float = 0.05
    # Which text is said of which picture, and of what kind it is.
    finding: float = 0.25
    kinds: float = 1.0
    space: Config = field(default_factory=lambda: Config(dropout=0.1, noise=0.0))
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=60, batch=512, rate=2e-3, weight_decay=0.03, warmup=0.03, clip=5.0, precision="bfloat16"
        )
    )


@dataclass(frozen=True)
class Lesson:
    """What is looked at, as it lies in memory, and who tells of it.

    Pictures (n, side, side, 3) of bytes; texts (t, dim) in the space; and the head that brings the teacher's vectors
    into the space.
    """

    pictures: Tensor
    texts: Tensor
    teacher: Backbone
    head: PictureHead

    def on(self, device: torch.device) -> Lesson:
        """The same where a device has it."""
        if self.pictures.device == device:
            return self
        pictures, texts = self.pictures.to(device), self.texts.to(device)
        return Lesson(pictures, texts, self.teacher.on(device), self.head.to(device).eval())


@dataclass(frozen=True)
class Numbered(OfCouples):
    """Couples whose pictures are numbers, with the kind of each and what its changes are drawn by."""

    kinds: Rows
    seed: int

    def batches(self) -> Iterator[Batch]:
        """Every couple in its order."""
        return (self._numbered(batch, -1) for batch in self.couples.batches())

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """The batches of a plan, drawn as of an epoch."""
        return (self._numbered(batch, -1 if epoch is None else epoch) for batch in self.couples.ahead(plan, epoch))

    def _numbered(self, batch: Batch, epoch: int) -> Batch:
        rows = batch.rows.numpy()
        keys = Draws.of(mixed(rows.astype(np.uint64)), self.seed, epoch).keys
        inputs = {
            NUMBER: batch.inputs["image"][:, 0].long(),
            KEY: torch.from_numpy(keys.view(np.int64)),
            KIND: torch.from_numpy(self.kinds[self.couples.picture_of[rows]]),
        }
        return replace(batch, inputs=inputs | {name: batch.inputs[name] for name in (VECTORS, BELONG)})


class Patient(Looking):
    """A space whose pictures are learned from a teacher that looks along."""

    def __init__(self, tower: Tower, text: Tower, config: Config, plan: Patience, lesson: Lesson, kinds: Kinds) -> None:
        super().__init__(tower, text, config)
        self.plan, self.lesson, self.telling = plan, lesson, Telling(kinds)
        self.back = nn.Linear(tower.dim, len(lesson.head.mean))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """What parts the pictures' places from the teacher's, from texts, and from their kinds."""
        plan, numbers = self.plan, batch.inputs[NUMBER]
        lesson = self.lesson = self.lesson.on(numbers.device)
        plain = len(numbers) - len(numbers) // 2
        with torch.no_grad():
            large, small = self._shown(lesson.pictures[numbers], batch.inputs[KEY], plain)
            taught = lesson.teacher(ordered(large * 2 - 1))[0]
            wanted, normed = unit(lesson.head(taught)), (taught - lesson.head.mean) / lesson.head.std
            asked = lesson.texts[torch.randint(len(lesson.texts), (plan.asked,), device=numbers.device)]
        seen = self.tower(ordered(small * 2 - 1))
        places = unit(self.picture(seen))
        first = Pairs(batch.inputs[BELONG][:plain, :plain], ~batch.inputs[BELONG][:plain, :plain])
        return {
            "target": plan.target * towards(places, wanted),
            "relational": plan.relational * relational(places, wanted),
            "taught": plan.taught * towards(self.back(seen), normed),
            "near": plan.near * attention(places @ asked.T / plan.temperature, wanted @ asked.T / plan.temperature),
            "finding": plan.finding * info_nce(batch.inputs[VECTORS][:plain], places[:plain], first, self.scale()),
            "kinds": plan.kinds * self.telling(places[:plain], batch.inputs[KIND][:plain]),
        }

    def _shown(self, pictures: Tensor, keys: Tensor, plain: int) -> tuple[Tensor, Tensor]:
        """What the teacher and the student see (b, 3, side, side) from 0 to 1: behind the plain ones two in one."""
        draws = Draws(keys.cpu().numpy().view(np.uint64))
        cuts = Cuts.drawn(draws.named("cut"))
        share = draws.named("share").uniform().astype(np.float32)
        share[:plain] = 1
        shares = torch.from_numpy(share).to(pictures.device)[:, None, None, None]
        large, small = (_two_in_one(cuts.of(pictures, side), shares, plain) for side in (SIDE, self.plan.side))
        return large, _changed(small, draws)


def _two_in_one(pictures: Tensor, shares: Tensor, plain: int) -> Tensor:
    """Each picture behind the plain ones shines through its neighbour, by its share."""
    others = torch.cat([pictures[:plain], pictures[plain:].roll(1, 0)])
    return shares * pictures + (1 - shares) * others


def _changed(pictures: Tensor, draws: Draws) -> Tensor:
    """Pictures turned and tinted, and some of them grainy."""
    pictures = _TINT.apply(_TURN.apply(pictures, draws.named("turn")), draws.named("tint"))
    grain = draws.named("grain")
    sizes = np.where(grain.chance(_GRAINY), grain.uniform(0, _GRAIN), 0).astype(np.float32)
    noise = torch.randn_like(pictures) * torch.from_numpy(sizes).to(pictures.device)[:, None, None, None]
    return (pictures + noise).clamp_(0, 1)


def learn_patiently(
    run: Path,
    known: Known,
    found: TrainingSet,
    tower: Tower,
    start: Looking,
    teacher: Backbone,
    plan: Patience | None = None,
    listen: events.Listener = lambda event: None,
    name: str = "patient",
) -> Patient:
    """Train a tower that goes on from what another has learned to see, or go on with it.

    `known` is the space that has the texts, with the head by which it has the teacher's pictures.
    """
    plan = plan or Patience()
    config = replace(plan.space, dim=known.space.dim)
    pictures = PictureVectors(found.ids, np.arange(len(found), dtype=np.int64).reshape(1, -1, 1))
    couples = known.couples(pictures, replace(known.plan, space=config, train=plan.train, times=plan.times, share=0.0))
    names = [each for each in found.ids if each in known.material.described]
    kinds = Kinds.among(names, couples.said, known.vectors)
    kept = RunFolder(run / name)
    kept.begin({"plan": asdict(plan), "fingerprint": fingerprint(known.material, pictures)})
    torch.manual_seed(plan.train.seed)
    text = text_tower(known.plan, len(known.vocabulary))
    learner = Patient(tower, text, config, plan, _lesson(found, known, teacher), kinds)
    learner.keep_words(known.space)
    learner.keep_sight(start)
    train(learner, Numbered(couples, kinds.of, plan.train.seed), plan.train, kept, None, listen, classes=False)
    return learner.eval()


def _lesson(found: TrainingSet, known: Known, teacher: Backbone) -> Lesson:
    """All pictures of a set, and where all lies that is said of any."""
    view = found.view("image")
    some = np.split(np.arange(len(found)), range(_AT_A_TIME, len(found), _AT_A_TIME))
    pictures = torch.cat([torch.from_numpy(np.stack(list(view.read(rows)))) for rows in some])
    said = known.vectors[known.vectors.any(axis=1)]
    return Lesson(pictures, torch.from_numpy(said), teacher, known.space.picture)
