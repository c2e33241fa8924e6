"""A trained run as a folder that a library opens: a graph for each modality, and the description beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from pinakes.encoders.hashers import MAX_BITS, MIN_BITS, SIGNS
from pinakes.encoders.trained.record import FORMAT, KIND, RECORD
from pinakes.errors import BadInput
from pinakes.learn.data.source import Source
from pinakes.learn.experiment.judge import Figures, Measured, figures_of, mean, vectors
from pinakes.learn.experiment.methods import method_of
from pinakes.learn.experiment.model import Model, open_model
from pinakes.learn.experiment.plan import Plan, from_dict
from pinakes.learn.experiment.run import build
from pinakes.learn.export.graph import run_graph, write_graph
from pinakes.learn.export.quantise import eight_bits
from pinakes.learn.training.run_folder import RunFolder
from pinakes.storage import explained, write_whole
from pinakes.types import Floats, Modality, Rows

EXPORTED = "export"
# Rows on which a graph is held against torch.
_SAMPLE = 16
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
    config = RunFolder(run).config()
    plan = from_dict({name: value for name, value in config.items() if name not in ("fingerprint", "method.kind")})
    ready = build(plan)
    source = ready.source("validation") or ready.source("train")
    if source is None or config["fingerprint"] != ready.set.fingerprint():
        raise BadInput(
            f"The data of the run in {run} are not what it was trained on.", "Put them back where the run read them."
        )
    folder = target or run / EXPORTED
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    differences: dict[str, float] = {
        name: _write(model, name, source, folder / f"{name}.onnx") for name in model.readers
    }
    figures: dict[str, float] = {}
    eight = int8 and _eight(folder, model, source, ready.how, figures)
    _describe(plan, model, folder, licence, int8=eight)
    sizes: dict[str, int] = {name: (folder / f"{name}.onnx").stat().st_size for name in model.readers}
    return Exported(folder, differences, sizes, figures, eight)


def _write(model: Model, modality: str, source: Source, path: Path) -> float:
    rows: Rows = np.arange(min(_SAMPLE, source.rows))
    sample: Tensor = source.batch(rows).inputs[modality]
    return write_graph(model.learner, modality, sample, path)


def _eight(folder: Path, model: Model, source: Source, how: Measured, figures: dict[str, float]) -> bool:
    """Put graphs of eight bits in the place of the others, if they find as well."""
    small = {name: folder / f"{name}.int8.onnx" for name in model.readers}
    for name, path in small.items():
        eight_bits(folder / f"{name}.onnx", path)
    labels = source.labels
    full = figures_of(vectors(model.learner, source), labels, how)
    figures["float32"] = _first(full)
    figures["int8"] = _first(
        figures_of({name: _through(path, source, name) for name, path in small.items()}, labels, how)
    )
    holds = figures["int8"] >= figures["float32"] - LOSS
    for name, path in small.items():
        if holds:
            path.replace(folder / f"{name}.onnx")
        else:
            path.unlink()
    return holds


def _through(path: Path, source: Source, modality: Modality) -> Floats:
    return np.concatenate([run_graph(path, batch.inputs[modality].numpy()) for batch in source.batches()])


def _first(figures: Figures) -> float:
    """The mean over the directions of the first metric."""
    return float(np.mean([mean(next(iter(by.values()))) for by in figures.values()]))


def _describe(plan: Plan, model: Model, folder: Path, licence: str, *, int8: bool) -> None:
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
        "licence": licence,
        "about": f"{method.about or method.name}; trained here. {method.paper}".strip(),
        "parts": {
            name: {
                "graph": f"{name}.onnx",
                "sha256": hashlib.sha256((folder / f"{name}.onnx").read_bytes()).hexdigest(),
                "reader": reader.describe(),
            }
            for name, reader in model.readers.items()
        },
    }
    write_whole(folder / RECORD, [(json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()])
