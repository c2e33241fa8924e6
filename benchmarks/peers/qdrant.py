"""Qdrant Edge: HNSW over int8 codes, rescored with the vectors; a filter is an indexed keyword of the payload."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import qdrant_edge as q

from benchmarks.peers.speak import Allowed, pieces, serve


class Qdrant:
    """The effort is hnsw_ef."""

    efforts = (32, 64, 128, 256, 512, 1024)

    def version(self) -> str:
        """The version of the engine."""
        return version("qdrant-edge-py")

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors with a label each, ready to be searched."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        vector = q.EdgeVectorParams(
            size=vectors.shape[1],
            distance=q.Distance.Cosine,
            hnsw_config=q.HnswIndexConfig(m=16, ef_construct=200, full_scan_threshold=10_000, max_indexing_threads=1),
            quantization_config=q.ScalarQuantizationConfig(type=q.ScalarType.Int8, quantile=0.99, always_ram=True),
        )
        shard = q.EdgeShard.create(str(folder), q.EdgeConfig(vectors=vector))
        shard.update(q.UpdateOperation.create_field_index("label", q.PayloadSchemaType.Keyword))
        for start, piece in pieces(vectors):
            points = [
                q.Point(id=start + at, vector=row.tolist(), payload={"label": str(labels[start + at])})
                for at, row in enumerate(piece)
            ]
            shard.update(q.UpdateOperation.upsert_points(points))
        shard.optimize()
        shard.flush()
        shard.close()

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._shard = q.EdgeShard.load(str(folder))

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow."""
        rescored = q.QuantizationSearchParams(rescore=True, oversampling=3.0)
        self._parameters = q.SearchParams(hnsw_ef=effort, quantization=rescored)
        self._filter = None
        if allowed:
            self._filter = q.Filter(must=[q.FieldCondition(key="label", match=q.MatchAny(list(allowed)))])

    def search(self, query: np.ndarray, count: int) -> list[int]:
        """The nearest rows of one query."""
        asked = q.SearchRequest(
            query=q.Query.Nearest(query.tolist()), limit=count, filter=self._filter, params=self._parameters
        )
        return [point.id for point in self._shard.search(asked)]


if __name__ == "__main__":
    serve(Qdrant())
