"""LanceDB: IVF with HNSW over scalar codes, refined with the vectors; a filter is SQL before the search.

It is pinned to one core like the others, but keeps its own threads: with a single one it waits for itself for ever.
"""

from __future__ import annotations

from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa

from benchmarks.peers.speak import Allowed, pieces, serve


class Lance:
    """The effort is how many partitions are probed; ten times the wanted rows are refined."""

    efforts = (2, 4, 8, 16, 32)

    def version(self) -> str:
        """The version of the engine."""
        return str(lancedb.__version__)

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        dim = vectors.shape[1]
        schema = pa.schema([("id", pa.int64()), ("label", pa.string()), ("vector", pa.list_(pa.float32(), dim))])

        def batches() -> object:
            for start, piece in pieces(vectors):
                numbers = pa.array(np.arange(start, start + len(piece)))
                named = pa.array([str(label) for label in labels[start : start + len(piece)]])
                values = pa.FixedSizeListArray.from_arrays(pa.array(piece.ravel()), dim)
                yield pa.RecordBatch.from_arrays([numbers, named, values], schema=schema)

        table = lancedb.connect(str(folder)).create_table("t", batches(), schema=schema, mode="overwrite")
        table.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ", num_partitions=64)
        table.create_scalar_index("label", index_type="BITMAP")

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._table = lancedb.connect(str(folder)).open_table("t")

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        self._effort = effort
        names = ", ".join(f"'{label}'" for label in allowed or ())
        self._where = f"label in ({names})" if allowed else None

    def search(self, query: np.ndarray, count: int) -> list[int]:
        """The nearest rows of one query."""
        asked = self._table.search(query).distance_type("cosine").limit(count).select(["id"])
        asked = asked.nprobes(self._effort).refine_factor(10)
        if self._where:
            asked = asked.where(self._where, prefilter=True)
        found: list[int] = asked.to_arrow()["id"].to_pylist()
        return found


if __name__ == "__main__":
    serve(Lance())
