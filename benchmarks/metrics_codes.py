"""The mean average precision of many queries over many codes, in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np

from benchmarks.processes import pin
from pinakes.metrics.codes import Labelled, Ties, measure

# As in COCO, whose pictures have some of eighty labels.
LABELS, BITS = 80, 64


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Codes that tell labels more or less; seconds of measuring, and the peak of the whole process."""
    pin(2)
    random = np.random.default_rng(1)
    directions = random.standard_normal((LABELS, BITS)).astype(np.float32)
    queries, collection = (labelled(random, directions, request[name]) for name in ("queries", "codes"))
    ties: Ties = request["ties"]
    start = time.perf_counter()
    values = measure(queries, collection, ["map"], ties=ties, threads=2)["map"]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "peak_mb": peak / 1024, "map": float(np.nanmean(values))}


def labelled(random: np.random.Generator, directions: np.ndarray, count: int) -> Labelled:
    """Things with about three labels each, and codes made of their labels' directions with noise."""
    labels = random.random((count, LABELS), np.float32) < 3 / LABELS
    noise = random.standard_normal((count, BITS), np.float32)
    return Labelled(np.packbits(labels.astype(np.float32) @ directions + 2 * noise > 0, axis=1), labels)


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
