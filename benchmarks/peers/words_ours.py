"""Ours: a library of texts, searched in its index of words."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.libraries import store_texts
from benchmarks.peers.speak_words import serve
from pinakes import __version__
from pinakes.index import find_words
from pinakes.index.filters import Filter
from pinakes.index.snapshot import Deadline
from pinakes.index.words import Clause
from pinakes.library import Library
from pinakes.words.analyse import analyser, query_words


class OurWords:
    """`find_words.find`, as every search of a library calls it, from the text of the query on."""

    takes = "text"

    def version(self) -> str:
        """The version of the engine."""
        return __version__

    def build(self, texts: list[str], labels: list[str], folder: Path) -> None:
        """Store texts with a label each, ready to be searched."""
        shutil.rmtree(folder, ignore_errors=True)
        spent = store_texts(folder, texts, labels)
        (folder / "seconds").write_text(f"{spent[0]} {spent[1]}", encoding="ascii")

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._library = Library.open(folder)
        self._snapshot = self._library._index.snapshot()
        self._languages = self._snapshot.languages()
        self._analyser = analyser(self._library.settings)
        self._first = int(self._snapshot.parts(np.zeros(1, np.int64))[0])

    def prepare(self, allowed: Sequence[str]) -> None:
        """Settle the filter for the searches that follow."""
        self._selection = self._snapshot.select([Filter("labels", "=", tuple(allowed))] if allowed else [])

    def search(self, query: str, count: int) -> list[tuple[int, float]]:
        """The best documents of one query and their scores."""
        words = query_words(query, self._analyser, self._languages)
        clauses = [Clause((word,)) for word in words]
        hits = find_words.find(self._snapshot, clauses, count, self._selection, Deadline.after(60))
        numbers = self._snapshot.parts(hits.rows) - self._first
        return list(zip(numbers.tolist(), hits.scores.tolist(), strict=True))


if __name__ == "__main__":
    serve(OurWords())
