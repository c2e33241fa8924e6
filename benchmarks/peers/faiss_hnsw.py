"""FAISS HNSW with 32 links; a filter is a bitmap that the walk looks at."""

from __future__ import annotations

import faiss

from benchmarks.peers.faiss_flat import Flat
from benchmarks.peers.speak import serve


class Hnsw(Flat):
    """IndexHNSWFlat; the effort is efSearch."""

    efforts = (32, 64, 128, 256, 512, 1024)

    def _new(self, dim: int) -> faiss.Index:
        index = faiss.IndexHNSWFlat(dim, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 200
        return index

    def _settled(self, effort: int, selector: object) -> object:
        found = faiss.SearchParametersHNSW(efSearch=effort)
        if selector is not None:
            found.sel = selector
        return found


if __name__ == "__main__":
    serve(Hnsw())
