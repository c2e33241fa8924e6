"""sqlite-vec: exact search in a virtual table of SQLite; a filter is a metadata column of it.

It is loaded through apsw, since many a Python is built with an sqlite3 that takes no extensions.
"""

from __future__ import annotations

from pathlib import Path

import apsw
import numpy as np
import sqlite_vec

from benchmarks.peers.speak import Allowed, pieces, serve


class SqliteVector:
    """A vec0 table."""

    efforts = (0,)

    def version(self) -> str:
        """The version of the engine."""
        return str(sqlite_vec.__version__)

    def _connect(self, folder: Path) -> apsw.Connection:
        connection = apsw.Connection(str(folder / "vectors.sqlite"))
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        return connection

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vectors.sqlite").unlink(missing_ok=True)
        connection = self._connect(folder)
        dim = vectors.shape[1]
        connection.execute(f"create virtual table t using vec0(v float[{dim}] distance_metric=cosine, label text)")
        for start, piece in pieces(vectors):
            rows = [(start + at, row.tobytes(), str(labels[start + at])) for at, row in enumerate(piece)]
            with connection:
                connection.executemany("insert into t(rowid, v, label) values (?, ?, ?)", rows)

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._connection = self._connect(folder)

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        self._allowed = list(allowed or ())
        marks = ", ".join("?" * len(self._allowed))
        condition = f" and label in ({marks})" if allowed else ""
        self._query = f"select rowid from t where v match ? and k = ?{condition} order by distance"

    def search(self, query: np.ndarray, count: int) -> list[int]:
        """The nearest rows of one query."""
        rows = self._connection.execute(self._query, [query.tobytes(), count, *self._allowed])
        return [row[0] for row in rows]


if __name__ == "__main__":
    serve(SqliteVector())
