"""bm25s: scores worked out in advance, in Lucene's form; a filter is a weight of 0 for what is left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import bm25s
import numpy as np

from benchmarks.peers.speak_words import serve


class Bm25s:
    """The independent implementation whose scores ours must equal."""

    takes = "words"

    def version(self) -> str:
        """The version of the engine."""
        return version("bm25s")

    def build(self, texts: list[str], labels: list[str], folder: Path) -> None:
        """Store texts with a label each, ready to be searched."""
        model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        model.index([text.split() for text in texts], show_progress=False)
        model.save(str(folder / "index"))
        # The labels in a file of their own: it has no metadata.
        (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._model = bm25s.BM25.load(str(folder / "index"), mmap=True)
        self._labels = np.array(json.loads((folder / "labels.json").read_text(encoding="utf-8")))

    def prepare(self, allowed: Sequence[str]) -> None:
        """Settle the filter for the searches that follow."""
        self._weights = np.isin(self._labels, list(allowed)).astype(np.float32) if allowed else None

    def search(self, query: str, count: int) -> list[tuple[int, float]]:
        """The best documents of one query and their scores."""
        found, scores = self._model.retrieve(
            [query.split()], k=count, show_progress=False, n_threads=0, weight_mask=self._weights
        )
        return list(zip(found[0].tolist(), scores[0].tolist(), strict=True))


if __name__ == "__main__":
    serve(Bm25s())
