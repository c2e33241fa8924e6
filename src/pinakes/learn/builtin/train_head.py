"""The common space for another backbone: its words and codes stay as they are, and a new head for pictures learns.

A space is first learned on the vectors of a large backbone; a small one's head then learns to put pictures where the
space has them by the large one's vectors, and where what is said of them lies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples
from pinakes.learn.builtin.sentences import Halves
from pinakes.learn.builtin.space import Config, Space
from pinakes.learn.builtin.texts import Material
from pinakes.learn.builtin.train_space import (
    VOCABULARY,
    PictureVectors,
    couples,
    fingerprint,
    open_space,
    picture_vectors,
    text_tower,
    text_vectors,
)
from pinakes.learn.training import events
from pinakes.learn.training.judging import Judge
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.storage import explained
from pinakes.types import Floats
from pinakes.words.vocabulary import save_vocabulary


@dataclass(frozen=True)
class HeadPlan:
    """How the head is learned."""

    space: Config = field(default_factory=Config)
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=10, batch=512, rate=2e-3, weight_decay=0.02, warmup=0.05, clip=1.0, average=0.99
        )
    )


def train_head(
    run: Path,
    words: Path,
    material: Material,
    pictures: PictureVectors,
    large: PictureVectors | None = None,
    plan: HeadPlan | None = None,
    judge: Judge | None = None,
    listen: events.Listener = lambda event: None,
    name: str = "head",
) -> Path:
    """Train a head for pictures within the space of the folder `words`, and return a folder that is a space as well.

    `large` are vectors of the same pictures in the same views by the backbone that the space was learned with; more
    views of them than of `pictures` may be there.
    """
    plan = plan or HeadPlan()
    folder = run / name
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    known, vocabulary, first = open_space(words)
    whole = replace(first, space=plan.space, train=plan.train, share=0.0)
    width = int(pictures.vectors.shape[2])
    kept = RunFolder(folder)
    kept.begin({"plan": asdict(whole), "width": width, "fingerprint": fingerprint(material, pictures)})
    save_vocabulary(vocabulary, folder / VOCABULARY)
    food = couples(material, pictures, vocabulary, whole)
    food = knowing(food, known, material, lambda said: text_vectors(known, vocabulary, said, first.length))
    if large is not None:
        food = replace(food, targets=targets_of(known, material, pictures, large))
    torch.manual_seed(plan.train.seed)
    learner = Space(text_tower(whole, len(vocabulary)), width, whole.space)
    learner.keep_words(known)
    train(learner, food, plan.train, kept, judge, listen, classes=False)
    return folder


def knowing(food: Couples, known: Space, material: Material, embed: Callable[[list[str]], Floats]) -> Couples:
    """Couples whose texts lie where the space has them, and are read no more."""
    said = sorted({text for each in food.said for text in each.texts})
    vectors = np.zeros((len(material.texts), known.dim), np.float32)
    vectors[said] = embed([material.texts[text] for text in said])
    return replace(food, vectors=vectors)


def targets_of(known: Space, material: Material, pictures: PictureVectors, large: PictureVectors) -> Halves:
    """Where the space has each view of the pictures of which something is said (views, pictures, dim)."""
    views = len(pictures.vectors)
    if large.ids != pictures.ids or len(large.vectors) < views:
        raise BadInput(
            f"The large backbone saw {len(large.vectors)} views of {len(large.ids):,} pictures, the small one {views} "
            f"of {len(pictures.ids):,}.",
            "Let both see the same pictures in the same order, the large one in as many views at least.",
        )
    rows = np.array([row for row, name in enumerate(pictures.ids) if name in material.described], np.int64)
    return np.stack([picture_vectors(known, view[rows]).astype(np.float16) for view in large.vectors[:views]])
