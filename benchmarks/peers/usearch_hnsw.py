"""usearch: a graph of 16 links over float32; its Python binding filters nothing while it walks."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
from usearch.index import Index

from benchmarks.peers.speak import Allowed, pieces, serve


class Usearch:
    """The effort is the expansion of a search."""

    efforts = (32, 64, 128, 256, 512, 1024)

    def version(self) -> str:
        """The version of the engine."""
        return version("usearch")

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        index = Index(ndim=vectors.shape[1], metric="ip", dtype="f32", connectivity=16, expansion_add=200)
        for start, piece in pieces(vectors):
            index.add(np.arange(start, start + len(piece)), piece, threads=1)
        folder.mkdir(parents=True, exist_ok=True)
        index.save(str(folder / "index"))

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._index = Index.restore(str(folder / "index"))

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle the effort; of filters there are none."""
        if allowed is not None:
            raise NotImplementedError("its Python binding has no filters")
        self._index.expansion_search = effort

    def search(self, query: np.ndarray, count: int) -> np.ndarray:
        """The nearest rows of one query."""
        found: np.ndarray = self._index.search(query, count, threads=1).keys
        return found


if __name__ == "__main__":
    serve(Usearch())
