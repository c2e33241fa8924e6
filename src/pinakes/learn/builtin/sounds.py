"""The fourth stage: a sound tower that learns against a text tower which stands still.

`train_sounds` makes `sounds` within the run's folder; `open_sounds` gives the learner back, `write_audio` its graph
with the description of its reader, and `judged` says how well it hears sounds of a fold that it did not learn from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save

from pinakes.errors import BadInput, NotFound
from pinakes.learn.builtin.ear import Config, Listener
from pinakes.learn.builtin.keeping import OneAfterOther
from pinakes.learn.builtin.levels import LevelReader, kept_levels
from pinakes.learn.builtin.sayings import CLASSES, SAME, Embed, word_vectors
from pinakes.learn.builtin.takes import read_takes
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts.base import Loaded, one_hot, read_layout
from pinakes.learn.data.sound_reader import SoundReader
from pinakes.learn.data.source import Source
from pinakes.learn.export.graph import write_graph
from pinakes.learn.training import events
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.metrics.lists import average_precision
from pinakes.metrics.ranked import of_relevance
from pinakes.storage import write_whole
from pinakes.types import Floats, Rows

FOLDER, WEIGHTS = "sounds", "sounds.safetensors"
FOLDS = (1, 2, 3, 4)
# What our own sounds are in the place of a fold.
_OWN = "own"
# Seconds of a sound that are heard at once in use, and how often each is looked at as it is while it is learned from.
_WHOLE, _VIEWS = 10.0, 3


@dataclass(frozen=True)
class Plan:
    """How sounds are learned."""

    ear: Config = field(default_factory=Config)
    seconds: float = 5.0
    # Takes of each kind of our own sounds, and the seed that they are made by; 0: none.
    takes: int = 4
    seed: int = 0
    # Of the last layer, as a share of the mean scatter of what it is given.
    ridge: float = 0.03
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=90,
            batch=16,
            rate=2e-3,
            weight_decay=0.01,
            warmup=0.05,
            precision="bfloat16",
            threads=1,
            checkpoint_seconds=60,
        )
    )


@dataclass(frozen=True)
class Heard:
    """ESC-10 and our own sounds as one set of decibels, labelled by what they are."""

    set: TrainingSet
    # Of each row: "fold1" to "fold4", or "own"; and its class of ESC-10 by its place in `CLASSES`, or -1.
    folds: tuple[str, ...]
    classes: NDArray[np.int64]

    def rows(self, folds: Sequence[int], *, own: bool = False) -> Rows:
        """The rows of some folds, and our own."""
        wanted = {f"fold{each}" for each in folds} | ({_OWN} if own else set())
        rows = np.array([row for row, fold in enumerate(self.folds) if fold in wanted], np.int64)
        lost = wanted - set(self.folds) - {_OWN}
        if lost:
            raise BadInput(f"esc10 has no {min(lost)}.", f"There are {', '.join(sorted(set(self.folds) - {_OWN}))}.")
        return rows


def train_sounds(
    run: Path,
    data: Path,
    embed_texts: Embed,
    folds: Sequence[int] = FOLDS,
    plan: Plan | None = None,
    listen: events.Listener = lambda event: None,
    name: str = FOLDER,
) -> Path:
    """Train the sound tower of a run on some folds and on our own sounds, or go on with it, and return its folder.

    The decibels of all sounds are kept in the run's folder, for any number of trainings. The weights are those of the
    last epoch: nothing is chosen by sounds that it did not learn from.
    """
    plan = plan or Plan()
    found = read_sounds(run, data, plan)
    said, besides = word_vectors(embed_texts, found.set.label_names, own=plan.takes > 0)
    kept = RunFolder(run / name)
    told = hashlib.sha256(found.set.fingerprint().encode())
    for each in (*said, besides):
        told.update(np.ascontiguousarray(each).tobytes())
    dim = int(besides.shape[1])
    kept.begin({"plan": asdict(plan), "dim": dim, "folds": list(folds), "fingerprint": told.hexdigest()})
    torch.manual_seed(plan.train.seed)
    learner = Listener([torch.from_numpy(each) for each in said], torch.from_numpy(besides), plan.ear)
    rows = found.rows(folds, own=True)
    source = Source(found.set, {"audio": LevelReader(plan.seconds)}, rows, plan.train.seed)
    train(learner, source, plan.train, kept, None, listen)
    solve(learner, source, plan)
    write_whole(kept.path / WEIGHTS, [save({name: each.contiguous() for name, each in learner.state_dict().items()})])
    return kept.path


def solve(learner: Listener, source: Source, plan: Plan) -> None:
    """The last layer in closed form: from what is heard straight to where sounds of a label belong.

    Ridge regression in which every label counts as much as any other, however many sounds it has. What the network has
    learned tells sounds apart well before its last layer has found the way to words that lie close together.
    """
    whole = replace(source, readers={"audio": LevelReader(_WHOLE)}, size=16)
    batches = [*whole.batches()]
    for epoch in range(_VIEWS):
        batches += source.ahead(np.split(np.arange(source.rows), range(16, source.rows, 16)), plan.train.epochs + epoch)
    learner.eval()
    with torch.inference_mode():
        heard = torch.cat([learner.ear.heard(batch.inputs["audio"]) for batch in batches]).double()
    labels = torch.cat([batch.labels for batch in batches if batch.labels is not None]).double()
    aims = labels @ learner.aims().double()
    weight = (labels / labels.sum(0).clamp(min=1)).sum(1, keepdim=True)
    weight = weight / weight.sum()
    middle, aim = (weight * heard).sum(0), (weight * aims).sum(0)
    centred = heard - middle
    scatter = (weight * centred).T @ centred
    scatter += plan.ridge * scatter.diagonal().mean() * torch.eye(len(scatter), dtype=scatter.dtype)
    way = torch.linalg.solve(scatter, (weight * centred).T @ (aims - aim))
    with torch.no_grad():
        learner.ear.last.weight.copy_(way.T)
        learner.ear.last.bias.copy_(aim - middle @ way)


def read_sounds(run: Path, data: Path, plan: Plan) -> Heard:
    """All sounds below a folder of data and our own; their decibels are kept in the run's folder."""
    kept = run / "levels"
    theirs = read_layout("clips-table", data / "esc10")
    category = _labels(theirs)
    lost = sorted(set(category) - set(CLASSES))
    if lost:
        raise BadInput(f"esc10 has the class {lost[0]}, which is none of ESC-10's.", "Put the set itself there.")
    views = [kept_levels(theirs.set.view("audio"), kept / "esc10")]
    ids, folds = list(theirs.set.ids), [theirs.folds[each] for each in theirs.set.ids]
    names = [SAME.get(each, each) for each in category]
    if plan.takes:
        ours = read_takes(kept, plan.takes, plan.seed)
        views.append(kept_levels(ours.set.view("audio"), kept / f"takes-{plan.seed}-{plan.takes}"))
        ids += ours.set.ids
        folds += [_OWN] * len(ours.set)
        names += _labels(ours)
    labels, label_names = one_hot([(each,) for each in names])
    found = TrainingSet("sounds", tuple(ids), {"audio": OneAfterOther(tuple(views))}, labels, label_names)
    classes = np.full(len(ids), -1, np.int64)
    classes[: len(category)] = [CLASSES.index(each) for each in category]
    return Heard(found, tuple(folds), classes)


def open_sounds(folder: Path) -> tuple[Listener, Plan]:
    """The sound tower that was trained in a folder."""
    told = RunFolder(folder).config()
    plan = plan_of(told["plan"])
    nothing = torch.zeros(1, int(told["dim"]))
    learner = Listener([nothing], nothing, plan.ear)
    if not (folder / WEIGHTS).is_file():
        raise NotFound(f"{folder} has no {WEIGHTS}.", "Train its sounds to their end.")
    learner.load_state_dict(load_file(folder / WEIGHTS))
    return learner.eval(), plan


def plan_of(told: Mapping[str, Any]) -> Plan:
    """A plan from plain data."""
    ear = Config(**{**told["ear"], "channels": tuple(told["ear"]["channels"])})
    return Plan(**{**told, "ear": ear, "train": TrainSettings(**told["train"])})


def write_audio(folder: Path, target: Path, seconds: float = _WHOLE) -> dict[str, Any]:
    """Write the graph of a trained tower, and return the description of its reader.

    Shorter sounds end in silence, which is not heard; of longer ones the beginning is.
    """
    learner, _ = open_sounds(folder)
    # Of all orders of numbers in memory graphs know only one.
    learner.ear.stages.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    reader = SoundReader(seconds)
    sample = np.random.default_rng(0).normal(0, 0.1, (3, reader.samples)).astype(np.float32)
    sample[1, reader.samples // 3 :] = 0
    write_graph(learner, "audio", torch.from_numpy(sample), target)
    return reader.describe()


def judged(
    folder: Path, run: Path, data: Path, embed_texts: Embed, fold: int, learned: Sequence[int]
) -> dict[str, float]:
    """How well the tower in a folder hears a fold that it did not learn from.

    `class`: how often the text nearest to a sound, of the names of all classes, is its own. `map`: mean average
    precision of a sound that asks for the others of its fold; `map train` for those of the folds that were learned.
    """
    if fold in learned:
        raise BadInput(f"Fold {fold} was learned from.", "Judge by one that was not.")
    learner, plan = open_sounds(folder)
    found = read_sounds(run, data, plan)
    asked, known = found.rows([fold]), found.rows(learned)
    sounds, others = vectors_of(learner, found.set, asked), vectors_of(learner, found.set, known)
    one, other = found.classes[asked], found.classes[known]
    nearest = (sounds @ np.asarray(embed_texts(CLASSES), np.float32).T).argmax(1)
    return {
        "class": float((nearest == one).mean()),
        "map": mean_precision(sounds, sounds, one, one, itself=True),
        "map train": mean_precision(sounds, others, one, other),
    }


def vectors_of(learner: Listener, found: TrainingSet, rows: Rows, seconds: float = _WHOLE) -> Floats:
    """Unit vectors (n, dim) of whole sounds, by torch."""
    source = Source(found, {"audio": LevelReader(seconds)}, rows, size=16)
    learner.eval()
    with torch.inference_mode():
        return np.concatenate([learner.embed("audio", batch.inputs["audio"]).numpy() for batch in source.batches()])


def mean_precision(
    asked: Floats, found: Floats, of_asked: NDArray[np.int64], of_found: NDArray[np.int64], *, itself: bool = False
) -> float:
    """Mean average precision of queries (n, dim) that rank all (m, dim), themselves left out where they are among them.

    Relevant is what has the class of the query; classes are (n,) and (m,).
    """
    cosines = asked @ found.T
    if itself:
        np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : found.shape[0] - itself]
    hits = of_found[order] == of_asked[:, None]
    return float(average_precision(of_relevance(hits, hits.sum(1)), None).mean())


def _labels(loaded: Loaded) -> list[str]:
    """The one label of each row."""
    if loaded.set.labels is None:
        raise BadInput(f"{loaded.set.name} has no labels.", "Sounds are learned by what they are.")
    return [loaded.set.label_names[int(row.argmax())] for row in loaded.set.labels]
