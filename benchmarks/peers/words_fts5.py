"""SQLite FTS5: an inverted index inside the database; a filter is a join with a table of labels."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.speak_words import serve


class Fts5:
    """A table without its texts, which the catalogue holds anyway."""

    takes = "words"

    def version(self) -> str:
        """The version of the engine."""
        return sqlite3.sqlite_version

    def build(self, texts: list[str], labels: list[str], folder: Path) -> None:
        """Store texts with a label each, ready to be searched."""
        connection = sqlite3.connect(folder / "words.sqlite")
        connection.execute("pragma journal_mode = wal")
        connection.execute("create virtual table t using fts5(text, content='')")
        connection.execute("create table labels (number integer primary key, label text)")
        connection.executemany("insert into t(rowid, text) values (?, ?)", enumerate(texts))
        connection.executemany("insert into labels values (?, ?)", enumerate(labels))
        connection.commit()
        connection.execute("insert into t(t) values ('optimize')")
        connection.commit()
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._connection = sqlite3.connect(folder / "words.sqlite")

    def prepare(self, allowed: Sequence[str]) -> None:
        """Settle the filter for the searches that follow."""
        self._allowed = list(allowed)
        marks = ", ".join("?" * len(self._allowed))
        joined = f"join labels on number = t.rowid and label in ({marks})" if allowed else ""
        self._query = f"select t.rowid, -bm25(t) from t {joined} where t match ? order by bm25(t) limit ?"

    def search(self, query: str, count: int) -> list[tuple[int, float]]:
        """The best documents of one query and their scores."""
        words = " OR ".join(f'"{word}"' for word in query.split())
        return list(self._connection.execute(self._query, [*self._allowed, words, count]))


if __name__ == "__main__":
    serve(Fts5())
