"""Codes by themselves: how hard the data are for short ones, the three measures, and the bare scan of 64 bits."""

from __future__ import annotations

import shutil
from pathlib import Path

import faiss
import numpy as np

from benchmarks.clustered import recall, truth, written
from benchmarks.frame import Figures, Options
from pinakes.catalogue.spaces import all_spaces
from pinakes.encoders.hashers import fit
from pinakes.evaluate.timing import seconds
from pinakes.evaluate.vectors_made import Mixture
from pinakes.index import find_vectors
from pinakes.index.matrix import Matrix
from pinakes.index.packs import MemoryPack
from pinakes.index.snapshot import Deadline
from pinakes.library import Library
from pinakes.types import METRICS, Metric

DIM, FULL, QUICK, QUERIES = 512, 100_000, 10_000, 200


def codes_alone(figures: Figures, options: Options) -> None:
    """Recall of flat codes with 500 rescored, on the clustered and on a plain isotropic mixture."""
    count = QUICK if options.quick else FULL
    for name, mixture in (("clustered", Mixture.clustered(DIM)), ("isotropic", Mixture.isotropic(DIM, count // 50))):
        path, _ = written(mixture, count, options.folder(f"{name}-{count}"))
        queries, _ = mixture.queries(QUERIES)
        true = truth(path, queries, 10, {"": None})[""]
        rows = np.load(path).astype(np.float32)
        for bits in (128, 512):
            hasher = fit("rotation", rows[:10_000], "cosine", bits)
            asked = np.stack([hasher.query_code(query) for query in queries])
            _, near = faiss.knn_hamming(asked, hasher.codes(rows), 500, variant="mc")
            figures.add(
                f"flat {bits}-bit codes, {count} {name}, recall@10", recall(near_of(rows, queries, near), true), ""
            )


def near_of(rows: np.ndarray, queries: np.ndarray, near: np.ndarray) -> list[np.ndarray]:
    """The ten best of each query's candidates by the vectors themselves."""
    return [chosen[np.argsort(-(rows[chosen] @ query))[:10]] for query, chosen in zip(queries, near, strict=True)]


def measures(figures: Figures, options: Options) -> None:
    """Recall of a library's own search for the three measures, vectors of unequal lengths."""
    count = QUICK if options.quick else FULL
    mixture = Mixture.clustered(DIM)
    folder = options.folder(f"unequal-{count}")
    path, _ = written(mixture, count, options.folder(f"clustered-{count}"))
    rng = np.random.default_rng(5)
    rows = np.load(path).astype(np.float32) * rng.lognormal(0, 0.3, (count, 1)).astype(np.float32)
    np.save(folder / "rows.npy", rows.astype(np.float16))
    queries = mixture.queries(QUERIES)[0] * rng.lognormal(0, 0.3, (QUERIES, 1)).astype(np.float32)
    for metric in METRICS:
        true = truth(folder / "rows.npy", queries, 10, {"": None}, metric)[""]
        found = _found(folder / metric, rows, queries, metric)
        figures.add(f"{metric}, {count}, recall@10", recall(found, true), "", at_least=0.985, judged=not options.quick)


def _found(folder: Path, rows: np.ndarray, queries: np.ndarray, metric: Metric) -> list[np.ndarray]:
    shutil.rmtree(folder, ignore_errors=True)
    with Library.open(folder, create=True) as library:
        library.add_vectors("vectors", rows, metric=metric)
        snapshot = library._index.snapshot()
        with library._catalogue.reading() as connection:
            space = all_spaces(connection)[0]
        selection, first = snapshot.select(()), int(snapshot.parts(np.zeros(1, np.int64))[0])
        found = [
            find_vectors.find(snapshot, space, query, 10, selection, Deadline.after(60), precise=True).rows
            for query in queries
        ]
        answer = [snapshot.parts(near) - first for near in found]
    shutil.rmtree(folder, ignore_errors=True)
    return answer


def hamming(figures: Figures, path: Path, full: bool) -> None:
    """The 100 nearest of all 64-bit codes, by the scan that a search uses, on one core."""
    rows = np.load(path, mmap_mode="r")
    hasher = fit("rotation", rows[:10_000].astype(np.float32), "cosine", 64)
    codes = np.concatenate(
        [hasher.codes(rows[at : at + 20_000].astype(np.float32)) for at in range(0, len(rows), 20_000)]
    )
    numbers = np.arange(len(codes), dtype=np.uint32)
    matrix = Matrix(MemoryPack("codes", {"rows": numbers, "codes": codes}))
    faiss.omp_set_num_threads(1)
    asked = [hasher.query_code(query.astype(np.float32)) for query in rows[:: max(1, len(rows) // 200)]]
    times = sorted(1000 * seconds(lambda one=code: matrix.nearest(one, 100, None)) for code in asked)  # type: ignore[misc]
    figures.add(
        f"64-bit codes, top 100 of {len(codes)}, median", times[len(times) // 2], "ms", at_most=1.2, judged=full
    )
