"""Hashing end to end from pixels: DCMH, IDCMH and ours on the fashion set, each by the library's own training.

All learn the same networks, a small TinyViT for pictures and a bag of words for titles, for as many steps.
The development part asks, once, and what was learned from is found.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

from benchmarks.frame import Figures, Options
from benchmarks.hashing_sets import lines_of
from pinakes.learn.data.from_table import from_table
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.experiment.plan import from_dict
from pinakes.learn.experiment.run import run as train
from pinakes.learn.training.run_folder import RunFolder

BITS, SIDE = 32, 48
METHODS: dict[str, dict[str, Any]] = {"dcmh": {}, "idcmh": {"side": SIDE}, "pinakes": {}}
PARTS = {"train": "train", "dev": "query"}
METRICS = ("map", "map@50", "p@50")


def run(options: Options) -> Figures:
    """The figures of each method, and how long it learned."""
    told = Figures()
    if options.data is None:
        told.note("Name the folder of data sets with --data.")
        return told
    folder = options.folder("hashing-pixels")
    loaded = fashion(options.data / "fashion", folder)
    for method, own in METHODS.items():
        epochs = 1 if options.quick else 6
        runs = RunFolder(folder / f"{method}-{epochs}")
        summary = train(from_dict(config(method, own, folder, epochs)), runs, loaded=loaded).summary
        for name, value in summary["figures"].items():
            told.add(f"{method}, {BITS} bits, {name}", value, "")
        told.add(f"{method}, learned in", summary["seconds"], "s")
    told.note(f"Pictures of {SIDE} pixels, one seed, {epochs} epochs; the best epoch is chosen on a tenth of train.")
    return told


def config(method: str, own: dict[str, Any], folder: Path, epochs: int) -> dict[str, Any]:
    """The configuration of one method's training."""
    steps = [{"step": "rotate"}, {"step": "scale"}, {"step": "flip"}]
    return {
        "name": method,
        "data": {"table": str(folder / "items.jsonl"), "cache": str(folder / "pictures")},
        "image": {"network": "tinyvit_5m", "side": SIDE, "settings": {"width": 0.25}, "augment": steps},
        "text": {"network": "bag", "least": 5},
        "method": {"name": method, "bits": BITS, "hidden": [256], "dropout": 0.3, **own},
        "train": {"epochs": epochs, "batch": 128, "rate": 0.002, "clip": 5.0, "schedule": "one-cycle"},
        "evaluate": {"metrics": list(METRICS), "ties": "expected"},
    }


def fashion(data: Path, folder: Path) -> Loaded:
    """Pictures as files and a table of their titles and labels in a folder; who asks is told by the archives."""
    pictures = folder / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    rows, parts = [], {}
    for part, role in PARTS.items():
        with tarfile.open(data / f"images_{part}.tar") as archive:
            for member in archive:
                name = Path(member.name).name
                if member.isfile() and not (pictures / name).exists():
                    found = archive.extractfile(member)
                    (pictures / name).write_bytes(found.read() if found else b"")
        for row in lines_of(data / f"items_{part}.jsonl"):
            name = f"images/{row['image']}"
            labels = [row["article_type"], f"category {row['sub_category']}"]
            rows.append({"path": name, "title": row["title"], "labels": labels})
            parts[name] = role
    table = folder / "items.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    loaded = from_table(table, texts=("title",), labels=("labels",), least=1)
    return Loaded(loaded.set, {each: parts[each] for each in loaded.set.ids}, train_in_database=True)
