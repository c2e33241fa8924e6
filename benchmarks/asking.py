"""A process that opens a library of vectors and asks it for what is like some of its items."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.clustered import recall, truth
from benchmarks.peers.speak import memory
from benchmarks.processes import pin

# Vectors alone: the words of the titles, which stand for labels, have no say.
HOW: dict[str, Any] = {"weights": {"words": 0.0}, "min_score": 0.0, "unfold": True}


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Search by `count` items of `library`, whose vectors are the `rows` of a file, in order."""
    from pinakes.library import Library

    pin(1)
    rows = np.load(request["rows"], mmap_mode="r")
    chosen = np.sort(np.random.default_rng(3).choice(len(rows), request["count"], replace=False))
    with Library.open(request["library"]) as library:
        first = int(library._index.snapshot().items(np.zeros(1, np.int64))[0])
        times, found, filtered = [], [], []
        for row in chosen.tolist():
            start = time.perf_counter()
            hits = library.search(item=first + row, **HOW)
            times.append(1000 * (time.perf_counter() - start))
            found.append([hit.item - first for hit in hits])
            start = time.perf_counter()
            library.search(item=first + row, where="title=a,b", **HOW)
            filtered.append(1000 * (time.perf_counter() - start))
        told = memory()
    # The item itself is the nearest of all, and never its own answer.
    true = truth(Path(request["rows"]), rows[chosen].astype(np.float32), 11, {"": None})[""][:, 1:]
    return {
        "recall": recall(found, true),
        "ms": median(times),
        "first_ms": times[0],
        "filtered_ms": median(filtered),
        **told,
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
