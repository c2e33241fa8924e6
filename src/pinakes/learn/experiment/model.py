"""A trained model as files: what its readers, towers and method are made again from, beside its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.errors import Damaged, NotFound
from pinakes.learn.base import Learner, Task
from pinakes.learn.data.base import Reader
from pinakes.learn.data.readers import reader_of
from pinakes.learn.experiment.methods import method_of
from pinakes.learn.experiment.towers import Prepared, rebuilt
from pinakes.learn.training.checkpoint import give_state
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import read_table
from pinakes.learn.training.state import weights_in
from pinakes.storage import write_whole
from pinakes.types import Modality

MODEL = "model.json"


@dataclass(frozen=True)
class Model:
    """A learner with the readers that its inputs come through."""

    learner: Learner
    readers: Mapping[Modality, Reader]
    method: str
    config: Any
    towers: Mapping[Modality, Mapping[str, Any]]
    labels: int
    rows: int


def described(
    prepared: Mapping[Modality, Prepared], method: str, config: Mapping[str, Any], task: Task
) -> dict[str, Any]:
    """What a model is made again from, as plain data."""
    return {
        "method": method,
        "config": dict(config),
        "towers": {name: dict(each.built) for name, each in prepared.items()},
        "readers": {name: each.reader.describe() for name, each in prepared.items()},
        "labels": task.labels,
        "rows": task.rows,
    }


def write_model(folder: RunFolder, told: Mapping[str, Any]) -> None:
    """Write what a model is made again from into its run's folder."""
    # Not sorted: the order of the modalities is a part of the model.
    write_whole(folder.path / MODEL, [(json.dumps(told, indent=1) + "\n").encode()])


def open_model(path: Path) -> Model:
    """The model of a run's folder with the weights of its best epoch, ready to embed."""
    folder = RunFolder(path)
    folder.config()
    if not folder.best.exists():
        raise NotFound(f"The run in {path} has no trained weights yet.", "Let `pinakes train` go on with it.")
    try:
        told = json.loads((path / MODEL).read_text(encoding="utf-8"))
        towers = {name: rebuilt(built) for name, built in told["towers"].items()}
        readers = {name: reader_of(each) for name, each in told["readers"].items()}
        names = told["method"], told["config"], int(told["labels"]), int(told["rows"])
    except (OSError, ValueError, KeyError) as error:
        raise Damaged(f"{path / MODEL} can not be read: {error}.", "Train again in another folder.") from error
    method = method_of(names[0])
    config = read_table(method.config, names[1], "method")
    learner = method.build(Task(towers, names[2], names[3]), config)
    give_state(weights_in(folder.best)[0], learner)
    learner.eval()
    return Model(learner, readers, names[0], config, told["towers"], names[2], names[3])
