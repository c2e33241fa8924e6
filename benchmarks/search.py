"""Nearest vectors among 1,000,000 parts of 512 dimensions in clustered data, on one core, with and without filters."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.clustered import crossing, recall, truth, written
from benchmarks.codes import codes_alone, hamming, measures
from benchmarks.engine import Engine, masks_of
from benchmarks.frame import Figures, Options
from benchmarks.libraries import FILTERS, labels_of
from benchmarks.processes import run_module
from pinakes.evaluate.vectors_made import Mixture

FULL, QUICK, DIM = 1_000_000, 50_000, 512
# The effort 0 leaves it to the library how many candidates are rescored.
QUERIES, NEAREST, ROUNDS, EFFORT = 300, 10, 3, 0
SLOWER = {"1 %": 1.2, "10 %": 1.2, "50 %": 3.0, "90 %": 3.0}


def run(options: Options) -> Figures:
    """Build a library of vectors, open it in a fresh process, and search it."""
    count = QUICK if options.quick else FULL
    folder = options.folder(f"clustered-{count}")
    mixture = Mixture.clustered(DIM)
    path, clusters = written(mixture, count, folder)
    queries, own = mixture.queries(QUERIES)
    np.save(folder / "queries.npy", queries)
    labels = labels_of(count)
    np.save(folder / "labels.npy", labels)
    true = truth(path, queries, NEAREST, masks_of(labels, FILTERS))
    figures = Figures()
    full = not options.quick
    figures.add("parts", count, "parts")
    figures.add("true neighbours in other clusters", crossing(true[""], clusters, own), "share")
    _build(figures, folder, full)
    _search(figures, folder, true, full)
    _through_library(figures, folder, full)
    codes_alone(figures, options)
    measures(figures, options)
    hamming(figures, path, full)
    return figures


def _build(figures: Figures, folder: Path, full: bool) -> None:
    with Engine("ours") as engine:
        told = engine.ask(
            do="build",
            vectors=str(folder / "rows.npy"),
            labels=str(folder / "labels.npy"),
            folder=str(folder / "library"),
        )
    figures.add("build (store, code, index; one core)", told["seconds"], "s")
    figures.add("build, peak resident", told["peak"], "MB")
    size = sum(file.stat().st_size for file in (folder / "library").rglob("*") if file.is_file())
    figures.add("library on disk", size / 1e6, "MB")


def _search(figures: Figures, folder: Path, true: dict[str, np.ndarray], full: bool) -> None:
    """In a fresh process: open, then all filters in turn, several rounds."""
    with Engine("ours") as engine:
        figures.add(
            "open", engine.ask(do="open", folder=str(folder / "library"))["seconds"], "s", at_most=1.0, judged=full
        )
        times: dict[str, list[float]] = {name: [] for name in true}
        rows: dict[str, list[list[int]]] = {}
        for _ in range(ROUNDS):
            for name in true:
                rows[name], ms = engine.search(folder / "queries.npy", (0, QUERIES), NEAREST, EFFORT, FILTERS.get(name))
                times[name] += ms
        memory = engine.ask(do="memory")
    unfiltered, found = median(times[""]), recall(rows[""], true[""])
    figures.add("precise, recall@10", found, "", at_least=0.985, judged=full)
    figures.add("precise, median", unfiltered, "ms", at_most=8, judged=full)
    for name, bound in SLOWER.items():
        figures.add(f"filter {name}, recall@10", recall(rows[name], true[name]), "", at_least=found - 1e-6, judged=full)
        figures.add(f"filter {name}, median", median(times[name]), "ms")
        figures.add(f"filter {name}, of unfiltered", median(times[name]) / unfiltered, "x", at_most=bound, judged=full)
    figures.add("resident", memory["resident"], "MB", at_most=1500, judged=full)
    figures.add("resident, anonymous", memory["anonymous"], "MB")
    figures.add("resident, mapped files", memory["mapped"], "MB")


def _through_library(figures: Figures, folder: Path, full: bool) -> None:
    """`Library.search(item=...)`: the only public call that searches by a stored vector."""
    request = {"library": str(folder / "library"), "rows": str(folder / "rows.npy"), "count": 100}
    told = run_module("benchmarks.asking", request, 1)
    figures.add("Library.search(item=), recall@10", told["recall"], "", at_least=0.985, judged=full)
    figures.add("Library.search(item=), median", told["ms"], "ms", at_most=8, judged=full)
    figures.add("Library.search(item=), first", told["first_ms"], "ms")
    figures.add("Library.search(item=), filter 10 %, median", told["filtered_ms"], "ms")
    figures.add("Library.search(item=), resident", told["resident"], "MB", at_most=1500, judged=full)
