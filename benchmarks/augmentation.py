"""What each step of augmentation is worth: the same training with it and without, on pictures, words and sounds.

Classifiers are trained from scratch on the training rows of public sets, and what they learned is used to find rows of
the same label: mean average precision of the rows that ask against those that were learned from. Pictures are asked as
they are and disturbed (turned by up to 15 degrees, brought to 0.8 to 1.2 of their size, with noise), as people
photograph.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.frame import Figures, Options
from pinakes.learn.augment.pictures import PICTURE_STEPS
from pinakes.learn.augment.steps import made
from pinakes.learn.data.layouts import Loaded, read_layout
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.source import Source
from pinakes.learn.experiment.judge import figures_of, mean, vectors
from pinakes.learn.experiment.plan import Plan, from_dict
from pinakes.learn.experiment.run import Ready, build
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.types import Modality, Rows

_DISTURBED = ({"step": "rotate"}, {"step": "scale"}, {"step": "gaussian"})
_PICTURES = ("rotate", "scale", "crop", "flip", "colour", "gaussian", "salt-and-pepper")
_WORDS = ("delete", "typing", "swap")
_SOUNDS = ("noise", "speed", "pitch", "time-mask", "frequency-mask")


@dataclass(frozen=True)
class Ablation:
    """A set with a network, and the steps that are tried on it one by one and together."""

    modality: Modality
    layout: str
    folder: str
    split: Mapping[str, Any]
    tower: Mapping[str, Any]
    steps: Sequence[str]
    epochs: int
    # Rows that are learned from and that ask; quick: fewer.
    rows: tuple[int, int]
    quick: tuple[int, int]


ABLATIONS = (
    Ablation(
        "image",
        "fashion-table",
        "fashion",
        {},
        {"network": "mobilenet_v2", "side": 48, "settings": {"width": 0.25}},
        _PICTURES,
        12,
        (3_000, 970),
        (200, 50),
    ),
    Ablation(
        "text", "fashion-table", "fashion", {}, {"network": "gru", "length": 12}, _WORDS, 8, (3_000, 970), (200, 50)
    ),
    Ablation(
        "audio",
        "clips-table",
        "esc10",
        {"protocol": "esc-10-fold4"},
        {"network": "cnn10", "settings": {"width": 0.125}},
        _SOUNDS,
        20,
        (240, 80),
        (40, 20),
    ),
)


def run(options: Options) -> Figures:
    """Each modality without any step, with each of its steps, and with all of them."""
    figures = Figures()
    if options.data is None:
        figures.note("Nothing was measured: name the folder of data sets with --data.")
        return figures
    for each in ABLATIONS:
        loaded = read_layout(each.layout, options.data / each.folder)
        for name, steps in _tried(each.steps):
            for asked, value in _measured(each, loaded, steps, options).items():
                figures.add(f"{each.modality}, {name}, mAP of {asked}", value, "")
    figures.note("One seed each: differences of a point or two are within what another seed would give.")
    return figures


def _tried(steps: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [("no step", ()), *((f"{step} alone", (step,)) for step in steps), ("all steps", tuple(steps))]


def _measured(each: Ablation, loaded: Loaded, steps: Sequence[str], options: Options) -> dict[str, float]:
    plan = _plan(each, steps, options)
    ready = build(plan, _fewer(each, loaded, options.quick))
    with tempfile.TemporaryDirectory() as folder:
        run_folder = RunFolder(Path(folder))
        run_folder.begin(plan.as_dict())
        learning = ready.source("train")
        if learning is None:
            raise RuntimeError("the split leaves nothing to learn from")
        train(ready.learner, learning, plan.train, run_folder)
    return _figures(ready, each.modality)


def _plan(each: Ablation, steps: Sequence[str], options: Options) -> Plan:
    told = {
        "data": {"layout": each.layout, "cache": str(options.folder("augmentation"))},
        "split": {"validation": 0.0, **each.split},
        each.modality: {**each.tower, "augment": tuple({"step": step} for step in steps)},
        "method": {"name": "classifier"},
        "train": {"epochs": 2 if options.quick else each.epochs, "batch": 32, "rate": 0.002, "warmup": 0.1},
        "evaluate": {"relevant": "labels", "metrics": ("map",)},
    }
    return from_dict(told)


def _fewer(each: Ablation, loaded: Loaded, quick: bool) -> Loaded:
    """As many rows of each part as the ablation takes, spread over the set."""
    if not loaded.folds:
        return loaded
    learned, asked = each.quick if quick else each.rows
    parts = np.array([loaded.folds[row] for row in loaded.set.ids])
    asking = np.isin(parts, ("query", "fold4"))
    chosen = np.sort(
        np.concatenate([_spread(np.flatnonzero(~asking), learned), _spread(np.flatnonzero(asking), asked)])
    )
    return replace(loaded, set=loaded.set.take(chosen))


def _spread(rows: Rows, most: int) -> Rows:
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.int64)]


def _figures(ready: Ready, modality: Modality) -> dict[str, float]:
    asking, found = ready.source("query"), ready.source("database")
    if asking is None or found is None:
        raise RuntimeError("the split leaves nothing to ask or to find")
    stored = vectors(ready.learner, found)
    told = {"rows as they are": asking}
    if modality == "image":
        told["disturbed rows"] = _disturbed(asking)
    return {
        name: mean(
            figures_of(vectors(ready.learner, source), source.labels, ready.how, stored, found.labels)[
                f"{modality} to {modality}"
            ]["map"]
        )
        for name, source in told.items()
    }


def _disturbed(source: Source) -> Source:
    """The same rows as they are seen by steps of augmentation, drawn once."""
    reader = source.readers["image"]
    if not isinstance(reader, PictureReader):
        raise TypeError("only pictures are disturbed")
    return _Drawn(source.set, {"image": replace(reader, steps=made(PICTURE_STEPS, _DISTURBED))}, source.chosen, 99)


class _Drawn(Source):
    """A source whose batches are those of one epoch, augmentation and all."""

    def batch(self, rows: Rows, epoch: int | None = None) -> Any:
        return super().batch(rows, 0)
