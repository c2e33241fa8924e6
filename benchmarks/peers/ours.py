"""Ours: a library of vectors, searched in its index; the adapter that runs in our own environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from benchmarks.peers.speak import Allowed, serve
from pinakes import __version__
from pinakes.catalogue.spaces import all_spaces
from pinakes.index import find_vectors
from pinakes.index.filters import Filter
from pinakes.index.snapshot import Deadline
from pinakes.library import Library

SPACE = "vectors"


class Ours:
    """`find_vectors.find`, as every search of a library calls it; the effort is how many are rescored."""

    efforts = (500, 1000, 2000, 4000)

    def version(self) -> str:
        """The version of the engine."""
        return __version__

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        shutil.rmtree(folder, ignore_errors=True)
        with Library.open(folder, create=True) as library:
            # Titles are metadata that `add_vectors` takes, so they stand in for labels.
            library.add_vectors(SPACE, vectors, titles=[str(label) for label in labels])

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._library = Library.open(folder)
        self._snapshot = self._library._index.snapshot()
        with self._library._catalogue.reading() as connection:
            self._space = all_spaces(connection)[0]
        # An item for each row, in order; the answer names rows of the file.
        self._first = int(self._snapshot.parts(np.zeros(1, np.int64))[0])

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        conditions = (Filter("title", "=", tuple(allowed)),) if allowed else ()
        self._selection = self._snapshot.select(conditions)
        self._effort = effort

    def search(self, query: np.ndarray, count: int) -> np.ndarray:
        """The nearest rows of one query."""
        near = find_vectors.find(
            self._snapshot,
            self._space,
            query,
            count,
            self._selection,
            Deadline.after(60),
            precise=True,
            candidates=self._effort,
        )
        return self._snapshot.parts(near.rows) - self._first


if __name__ == "__main__":
    serve(Ours())
