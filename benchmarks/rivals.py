"""Nearest vectors beside other engines, on the same data in the same run: time at equal recall, build, memory."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.clustered import recall, truth, written
from benchmarks.engine import Engine, Failed, masks_of
from benchmarks.environment import peers_python
from benchmarks.frame import Figures, Options
from benchmarks.libraries import FILTERS, labels_of
from pinakes.evaluate.vectors_made import Mixture

DIM, NEAREST, WANTED = 512, 10, 0.985
# Queries and rounds: fewer at the larger size, where some engines take most of a second for one.
QUERIES, ROUNDS = {10_000: 200, 100_000: 200, 1_000_000: 60}, {10_000: 3, 100_000: 3, 1_000_000: 2}
# To find the effort that reaches the wanted recall, a part of the queries is enough.
TRIED = 50
NAMES = {
    "ours": "pinakes",
    "faiss_flat": "FAISS flat",
    "faiss_hnsw": "FAISS HNSW",
    "hnsw_lib": "hnswlib",
    "usearch_hnsw": "usearch",
    "lance": "LanceDB",
    "qdrant": "Qdrant Edge",
    "sqlite_vector": "sqlite-vec",
}
LARGE = ("ours", "faiss_flat", "hnsw_lib", "usearch_hnsw", "sqlite_vector")


def run(options: Options) -> Figures:
    """Every engine at 100,000, each pinned to one core."""
    return _compared(options, 10_000 if options.quick else 100_000, tuple(NAMES))


def run_large(options: Options) -> Figures:
    """Those that can at 1,000,000."""
    return _compared(options, 10_000 if options.quick else 1_000_000, LARGE)


def _compared(options: Options, count: int, names: Sequence[str]) -> Figures:
    figures = Figures()
    folder = options.folder(f"clustered-{count}")
    mixture = Mixture.clustered(DIM)
    path, _ = written(mixture, count, folder)
    queries, _ = mixture.queries(QUERIES[count])
    np.save(folder / "peers-queries.npy", queries)
    labels = labels_of(count)
    np.save(folder / "labels.npy", labels)
    true = truth(path, queries, NEAREST, masks_of(labels, FILTERS))
    python = peers_python(options)
    with ExitStack() as stack:
        engines: dict[str, Engine] = {}
        for name in names:
            try:
                engines[name] = stack.enter_context(_built(figures, folder, name, count, python))
            except Failed as error:
                figures.note(f"{NAMES[name]}, {count}: left out ({error}).")
        for allowed in true:
            _race(figures, folder, engines, allowed, true[allowed], count)
        for name, engine in engines.items():
            memory = engine.ask(do="memory")
            figures.add(f"{count}, {NAMES[name]}, resident", memory["resident"], "MB")
            figures.add(f"{count}, {NAMES[name]}, anonymous", memory["anonymous"], "MB")
    for name in names:
        shutil.rmtree(folder / f"peer-{name}", ignore_errors=True)
    return figures


def _built(figures: Figures, folder: Path, name: str, count: int, python: Path) -> Engine:
    """Build in one process, and open in another, which then stays."""
    interpreter = [] if name == "ours" else [python]
    patience = 120 + count / 50
    place = folder / f"peer-{name}"
    shutil.rmtree(place, ignore_errors=True)
    with Engine(name, *interpreter, patience=patience) as engine:
        told = engine.ask(
            do="build", vectors=str(folder / "rows.npy"), labels=str(folder / "labels.npy"), folder=str(place)
        )
        figures.add(f"{count}, {NAMES[name]}, build", told["seconds"], "s")
        figures.compared[NAMES[name]] = engine.version
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    figures.add(f"{count}, {NAMES[name]}, disk", size / 1e6, "MB")
    engine = Engine(name, *interpreter, patience=patience)
    figures.add(f"{count}, {NAMES[name]}, open", engine.ask(do="open", folder=str(place))["seconds"], "s")
    return engine


def _race(
    figures: Figures, folder: Path, engines: dict[str, Engine], filtered: str, true: np.ndarray, count: int
) -> None:
    """Each engine at the least effort that reaches the wanted recall, all taking turns."""
    queries, allowed = folder / "peers-queries.npy", FILTERS.get(filtered)
    efforts: dict[str, int] = {}
    for name, engine in engines.items():
        for effort in engine.efforts:
            efforts[name] = effort
            try:
                rows, _ = engine.search(queries, (0, TRIED), NEAREST, effort, allowed)
            except Failed as error:
                figures.note(f"{NAMES[name]}, {count}, filter {filtered}: {error}")
                efforts.pop(name)
                break
            if recall(rows, true[:TRIED]) >= WANTED:
                break
    found: dict[str, list[list[int]]] = {name: [] for name in efforts}
    times: dict[str, list[float]] = {name: [] for name in efforts}
    for turn in range(ROUNDS[count]):
        for name, effort in efforts.items():
            rows, ms = engines[name].search(queries, (0, QUERIES[count]), NEAREST, effort, allowed)
            found[name] = rows if not turn else found[name]
            times[name] += ms
    kind = f", filter {filtered}" if filtered else ""
    for name in efforts:
        figures.add(f"{count}, {NAMES[name]}{kind}, recall@10", recall(found[name], true), f"effort {efforts[name]}")
        figures.add(f"{count}, {NAMES[name]}{kind}, median", median(times[name]), "ms")
