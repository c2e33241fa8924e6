"""Hashing end to end from pixels: DCMH, IDCMH and ours on the fashion set, each by the library's own training.

All learn the same networks, a small TinyViT for pictures and a bag of words for titles, for as many steps.
The development part asks, once, and what was learned from is found.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.frame import Figures, Options
from pinakes.learn.experiment.plan import from_dict
from pinakes.learn.experiment.run import run as train
from pinakes.learn.training.run_folder import RunFolder

BITS, SIDE = 32, 48
METHODS: dict[str, dict[str, Any]] = {"dcmh": {}, "idcmh": {"side": SIDE}, "pinakes": {}}
METRICS = ("map", "map@50", "p@50")


def run(options: Options) -> Figures:
    """The figures of each method, and how long it learned."""
    told = Figures()
    if options.data is None:
        told.note("Name the folder of data sets with --data.")
        return told
    folder = options.folder("hashing-pixels")
    epochs = 1 if options.quick else 6
    for method, own in METHODS.items():
        runs = RunFolder(folder / f"{method}-{epochs}")
        summary = train(from_dict(config(method, own, options.data, folder, epochs)), runs).summary
        for name, value in summary["figures"].items():
            told.add(f"{method}, {BITS} bits, {name}", value, "")
        told.add(f"{method}, learned in", summary["seconds"], "s")
    told.note(f"Pictures of {SIDE} pixels, one seed, {epochs} epochs; the best epoch is chosen on a tenth of train.")
    return told


def config(method: str, own: dict[str, Any], data: Path, folder: Path, epochs: int) -> dict[str, Any]:
    """The configuration of one method's training."""
    steps = [{"step": "rotate"}, {"step": "scale"}, {"step": "flip"}]
    return {
        "name": method,
        "data": {"layout": "fashion-table", "folder": str(data / "fashion"), "cache": str(folder / "pictures")},
        "image": {"network": "tinyvit_5m", "side": SIDE, "settings": {"width": 0.25}, "augment": steps},
        "text": {"network": "bag", "least": 5},
        "method": {"name": method, "bits": BITS, "hidden": [256], "dropout": 0.3, **own},
        "train": {"epochs": epochs, "batch": 128, "rate": 0.002, "clip": 5.0, "schedule": "one-cycle"},
        "evaluate": {"metrics": list(METRICS), "ties": "expected"},
    }
