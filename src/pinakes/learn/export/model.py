"""A trained run as a folder that a library opens: a graph for each modality, and the description beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from pinakes.encoders.base import unit_rows
from pinakes.encoders.hashers import MAX_BITS, MIN_BITS, SIGNS
from pinakes.encoders.hub.record import sha256_of
from pinakes.encoders.trained.record import FORMAT, KIND, RECORD
from pinakes.errors import BadInput
from pinakes.learn.data.prepare import prepared
from pinakes.learn.data.readers import FeatureReader
from pinakes.learn.data.source import Source
from pinakes.learn.data.splits import load
from pinakes.learn.experiment.data import cache_of, opened
from pinakes.learn.experiment.judge import Measured, figures_of, lacking, measured, overall, vectors
from pinakes.learn.experiment.methods import method_of
from pinakes.learn.experiment.model import Model, open_model
from pinakes.learn.experiment.plan import Plan, plan_of
from pinakes.learn.export.graph import run_graph, write_graph
from pinakes.learn.export.quantise import eight_bits
from pinakes.learn.training.run_folder import RunFolder
from pinakes.storage import explained, write_whole
from pinakes.types import Floats, Modality, Rows

EXPORTED = "export"
# Rows on which a graph is held against torch, and on which eight bits are judged at most.
_SAMPLE, _JUDGED = 16, 2_000
# How much of the first figure eight bits may cost.
LOSS = 0.01


@dataclass(frozen=True)
class Exported:
    """What was written: how far each graph's vectors differ from torch's, its size, and what eight bits cost."""

    folder: Path
    differences: Mapping[str, float]
    bytes: Mapping[str, int]
    # The first figure by float32 and by eight bits on the validation rows, where that was tried.
    figures: Mapping[str, float]
    eight: bool
    # Whether a library can use it: what has learned from features can not be asked by media.
    usable: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "folder": str(self.folder),
            "differences": dict(self.differences),
            "bytes": dict(self.bytes),
            "figures": dict(self.figures),
            "int8": self.eight,
        }


def export(run: Path, target: Path | None = None, *, int8: bool = False, licence: str = "") -> Exported:
    """Write the model of a run as graphs; in eight bits where they cost less than a hundredth of the first figure."""
    model = open_model(run)
    plan = plan_of(RunFolder(run).config())
    source = _rows(run, plan, model)
    folder = target or run / EXPORTED
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    differences: dict[str, float] = {
        name: _write(model, name, source, folder / f"{name}.onnx") for name in model.readers
    }
    figures: dict[str, float] = {}
    eight = int8 and _eight(folder, model, source, _how(plan, model, source), figures)
    _describe(plan, model, folder, RunFolder(run), licence, int8=eight)
    sizes: dict[str, int] = {name: (folder / f"{name}.onnx").stat().st_size for name in model.readers}
    usable = not any(isinstance(reader, FeatureReader) for reader in model.readers.values())
    return Exported(folder, differences, sizes, figures, eight, usable)


def _rows(run: Path, plan: Plan, model: Model) -> Source:
    """What graphs are tried on: the rows that the best epoch was chosen by, as far as the data still have them."""
    split, found = load(run / "split.json"), opened(plan.data).set
    there = set(found.ids)
    ids = [each for each in split.validation or split.train if each in there][:_JUDGED]
    if not ids:
        raise BadInput(
            f"None of the rows that the run in {run} was chosen by is there any more, to try the graphs on.",
            "Put the data back where the run read them.",
        )
    read = prepared(found.take(found.find(ids)), model.readers, cache_of(plan.data), cleaning=plan.data.cleaning).set
    return Source(read, model.readers, np.arange(len(read)), plan.train.seed)


def _how(plan: Plan, model: Model, source: Source) -> Measured:
    method = method_of(model.method)
    labelled = source.labels is not None and source.labels.shape[1] > 0
    return measured(plan.evaluate, hashing=method.kind == "hashing", labelled=labelled, by_labels=method.labels)


def _write(model: Model, modality: Modality, source: Source, path: Path) -> float:
    rows: Rows = np.flatnonzero(source.set.has(modality)[source.chosen])[:_SAMPLE]
    if not len(rows):
        raise BadInput(f"None of {source.rows:,} rows has {modality}, to try its graph on.", "Put the data back.")
    sample: Tensor = source.batch(rows).inputs[modality]
    return write_graph(model.learner, modality, sample, path)


def _eight(folder: Path, model: Model, source: Source, how: Measured, figures: dict[str, float]) -> bool:
    """Put graphs of eight bits in the place of the others, if they find as well."""
    small = {name: folder / f"{name}.int8.onnx" for name in model.readers}
    for name, path in small.items():
        eight_bits(folder / f"{name}.onnx", path)
    full = vectors(model.learner, source)
    less: dict[str, Floats] = {name: _through(path, source, name) for name, path in small.items()}
    if how.by == "pairs" and len(small) == 1:
        # Of one modality each row would find itself: what is asked is how near its vectors stay.
        figures["float32"], figures["int8"] = 1.0, float(np.mean([_cosine(full[name], less[name]) for name in small]))
    else:
        there = lacking(source)
        figures["float32"] = overall(figures_of(full, source.labels, how, there=there))
        figures["int8"] = overall(figures_of(less, source.labels, how, there=there))
    holds = figures["int8"] >= figures["float32"] - LOSS
    for name, path in small.items():
        if holds:
            path.replace(folder / f"{name}.onnx")
        else:
            path.unlink()
    return holds


def _through(path: Path, source: Source, modality: Modality) -> Floats:
    return np.concatenate([run_graph(path, batch.inputs[modality].numpy()) for batch in source.batches()])


def _cosine(one: Floats, other: Floats) -> float:
    """The mean over the rows."""
    return float(np.mean(np.sum(unit_rows(one) * unit_rows(other), axis=1)))


def _describe(plan: Plan, model: Model, folder: Path, run: RunFolder, licence: str, *, int8: bool) -> None:
    dim = model.learner.dim
    method = method_of(model.method)
    coded = method.kind == "hashing" and MIN_BITS <= dim <= MAX_BITS and dim % 8 == 0
    told = {
        "kind": KIND,
        "format": FORMAT,
        "name": plan.name,
        "dim": dim,
        "method": model.method,
        "hasher": SIGNS if coded else "rotation",
        "int8": int8,
        # Of which weights: those of a run that went on are others.
        "weights": sha256_of(run.best),
        "licence": licence,
        "about": f"{method.about or method.name}; trained here. {method.paper}".strip(),
        "parts": {
            name: {
                "graph": f"{name}.onnx",
                "bytes": (folder / f"{name}.onnx").stat().st_size,
                "sha256": sha256_of(folder / f"{name}.onnx"),
                "reader": reader.describe(),
            }
            for name, reader in model.readers.items()
        },
    }
    write_whole(folder / RECORD, [(json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()])
