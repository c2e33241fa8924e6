"""FAISS flat: exact inner products over float32; a filter is a bitmap that the scan looks at."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np

from benchmarks.peers.speak import Allowed, pieces, serve


class Flat:
    """IndexFlatIP."""

    efforts = (0,)

    def version(self) -> str:
        """The version of the engine."""
        return str(faiss.__version__)

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        index = self._new(vectors.shape[1])
        for _, piece in pieces(vectors):
            index.add(piece)
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(index, str(folder / "index"))
        np.save(folder / "labels.npy", labels)

    def _new(self, dim: int) -> faiss.Index:
        return faiss.IndexFlatIP(dim)

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        faiss.omp_set_num_threads(1)
        self._index = faiss.read_index(str(folder / "index"))
        self._labels = np.load(folder / "labels.npy")

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        self._bits = None if allowed is None else np.packbits(np.isin(self._labels, allowed), bitorder="little")
        selector = None if self._bits is None else faiss.IDSelectorBitmap(self._bits)
        self._parameters = self._settled(effort, selector)

    def _settled(self, effort: int, selector: object) -> object:
        return faiss.SearchParameters(sel=selector) if selector is not None else None

    def search(self, query: np.ndarray, count: int) -> np.ndarray:
        """The nearest rows of one query."""
        found: np.ndarray = self._index.search(query[None], count, params=self._parameters)[1][0]
        return found


if __name__ == "__main__":
    serve(Flat())
