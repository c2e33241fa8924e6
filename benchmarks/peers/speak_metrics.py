"""The words that adapters of metrics answer to; see `speak`. Lists come as a JSON file with `run` and `qrels`."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Protocol

METRICS = ("map", "ndcg@10", "p@10", "r@100", "mrr")


class MetricPeer(Protocol):
    """One implementation."""

    def version(self) -> str:
        """The version of the implementation."""

    def measure(self, run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> dict[str, list[float]]:
        """Each of the metrics for each query, queries in the order of their names."""


def serve(peer: MetricPeer) -> None:
    """Answer requests until there are no more."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
    out = os.fdopen(os.dup(1), "w")
    # What an implementation prints must not come between our lines.
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            answer = answered(peer, json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        out.write(json.dumps(answer) + "\n")
        out.flush()


def answered(peer: MetricPeer, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    if request["do"] == "hello":
        return {"version": peer.version(), "efforts": [0]}
    lists = json.loads(Path(request["lists"]).read_text(encoding="utf-8"))
    start = time.perf_counter()
    values = peer.measure(lists["run"], lists["qrels"])
    return {"seconds": time.perf_counter() - start, "values": values}
