"""hnswlib with 16 links; a filter is a Python function that the walk calls."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import hnswlib
import numpy as np

from benchmarks.peers.speak import Allowed, pieces, serve


class HnswLib:
    """The effort is ef."""

    efforts = (32, 64, 128, 256, 512, 1024)

    def version(self) -> str:
        """The version of the engine."""
        return version("hnswlib")

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        index = hnswlib.Index("ip", vectors.shape[1])
        index.init_index(len(vectors), M=16, ef_construction=200, random_seed=0)
        for start, piece in pieces(vectors):
            index.add_items(piece, np.arange(start, start + len(piece)), num_threads=1)
        folder.mkdir(parents=True, exist_ok=True)
        index.save_index(str(folder / "index"))
        np.save(folder / "labels.npy", labels)
        (folder / "dim").write_text(str(vectors.shape[1]))

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._index = hnswlib.Index("ip", int((folder / "dim").read_text()))
        self._index.load_index(str(folder / "index"))
        self._labels = np.load(folder / "labels.npy")

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        self._index.set_ef(effort)
        kept = None if allowed is None else np.isin(self._labels, allowed).tolist()
        self._filter = kept.__getitem__ if kept else None

    def search(self, query: np.ndarray, count: int) -> np.ndarray:
        """The nearest rows of one query."""
        found: np.ndarray = self._index.knn_query(query, k=count, num_threads=1, filter=self._filter)[0][0]
        return found


if __name__ == "__main__":
    serve(HnswLib())
