"""The whole training of the built-in encoder, stage after stage; each keeps what it made and goes on where it stood."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pinakes.errors import NotFound
from pinakes.learn.builtin import gathered, texts
from pinakes.learn.builtin.coding import CodePlan, learn_codes
from pinakes.learn.builtin.known import Known
from pinakes.learn.builtin.looking import LookPlan, look, placed
from pinakes.learn.builtin.packing import pack
from pinakes.learn.builtin.patient import Patience, learn_patiently
from pinakes.learn.builtin.sayings import heard
from pinakes.learn.builtin.seeing import Sight, food, learner_of, said_of, see
from pinakes.learn.builtin.sentences import Encode
from pinakes.learn.builtin.sounds import Plan as SoundPlan
from pinakes.learn.builtin.sounds import train_sounds
from pinakes.learn.builtin.taught import teach, write_teacher
from pinakes.learn.builtin.teacher import read
from pinakes.learn.builtin.train_space import FOLDER as WORDS
from pinakes.learn.builtin.train_space import PictureVectors, train_space
from pinakes.learn.builtin.train_space import Plan as SpacePlan
from pinakes.learn.builtin.views import parts_of
from pinakes.learn.training import events
from pinakes.storage import write_whole

TEACHER, PREPARED = "mobilenet_v2", "prepared"
# Hears a stage, how much of it is done, of how much, and what there is to say.
Tell = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Plan:
    """How much is drawn, looked at and learned."""

    # Without it only sets are used whose terms allow more than research.
    research: bool = True
    scenes: int = 6_000
    # Parts of each picture that both teacher and student look at.
    views: int = 4
    # Parts of each by which codes are learned.
    placed: int = 2
    seed: int = 1
    threads: int = 0
    sight: Sight = field(default_factory=Sight)
    words: SpacePlan = field(default_factory=SpacePlan)
    look: LookPlan = field(default_factory=LookPlan)
    patience: Patience = field(default_factory=Patience)
    codes: CodePlan = field(default_factory=CodePlan)
    sounds: SoundPlan = field(default_factory=SoundPlan)


def build(data: Path, run: Path, plan: Plan, tell: Tell, encode: Encode | None = None) -> Path | None:
    """Train, or go on with it, and return the folder of the encoder.

    Of several processes that torchrun started all share the training of the picture tower, and the first does the rest:
    the others return None. `encode` stands for the teacher of texts.
    """
    if not (data / TEACHER).is_dir():
        raise NotFound(f"{data} has no teacher of pictures.", f"Put its folder {TEACHER} there.")
    first = int(os.environ.get("RANK", "0")) == 0
    if not first:
        _wait(run / PREPARED)
    found = gathered.gather(
        data,
        run,
        plan.scenes,
        plan.seed,
        research=plan.research,
        tell=lambda what, done, of: tell(what, done, of, ""),
    )
    for note in found.notes:
        tell("pictures", 0, 0, note)
    material = texts.gather(data, run, research=plan.research, scenes=found.told, heard=heard(), encode=encode)
    parts = parts_of(found.set, plan.views, gathered.SIDE)
    graph = write_teacher(data / TEACHER, run / "teacher.onnx")
    taught = teach(graph, parts, run / "teacher.npy", lambda done, of: tell("teacher", done, of, ""))
    views = np.asarray(taught).reshape(plan.views, len(found.set), -1)
    if first:
        train_space(run, material, PictureVectors(found.set.ids, views), plan.words, listen=_listening("words", tell))
        write_whole(run / PREPARED, [b"The pictures, what both teachers say of them, and the words are here.\n"])
    eaten = food(found.set, parts, taught, said_of(material, found.set.ids), plan.sight)
    tower = see(eaten, plan.sight, run / "sight", _listening("sight", tell), plan.threads).tower
    known = Known.of(run / WORDS, material)
    once = look(run, known, found.set, parts, tower, views, plan.look, _listening("looking", tell))
    tower, listen = learner_of(plan.sight, 1, 1).tower, _listening("looking for long", tell)
    looking = learn_patiently(run, known, found.set, tower, once, read(data / TEACHER), plan.patience, listen)
    if not first:
        return None
    some, side = parts_of(found.set, plan.placed, gathered.SIDE), plan.patience.used
    kept = placed(looking, some, side, run / "placed.npy", lambda done, of: tell("placing", done, of, ""))
    places = np.asarray(kept).reshape(plan.placed, len(found.set), -1)
    couples = known.couples(PictureVectors(found.set.ids, places))
    coding = learn_codes(run, couples, plan.codes, _listening("codes", tell))
    sounds = None
    if (data / "esc10").is_dir():
        sounds = train_sounds(run, data, known.embed, plan=plan.sounds, listen=_listening("sounds", tell))
    return pack(run / "export", looking, side, run / WORDS, coding, sounds, research=plan.research)


def _wait(path: Path) -> None:
    """Until the first process has made it."""
    while not path.exists():
        time.sleep(1)


def _listening(stage: str, tell: Tell) -> events.Listener:
    def listen(event: object) -> None:
        if isinstance(event, events.Step):
            done, of = event.epoch * event.steps + event.step, event.epochs * event.steps
            losses = ", ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
            tell(stage, done, of, f"{losses}; {event.rows_per_second:,.0f} rows/s")

    return listen
