"""The words that adapters of metrics answer to; see `speak`. Lists come as a JSON file with `run` and `qrels`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers.answering import answer_lines

METRICS = ("map", "ndcg@10", "p@10", "r@100", "mrr")


class MetricPeer(Protocol):
    """One implementation."""

    def version(self) -> str:
        """The version of the implementation."""

    def measure(self, run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> dict[str, list[float]]:
        """Each of the metrics for each query, queries in the order of their names."""


def serve(peer: MetricPeer) -> None:
    """Answer requests until there are no more."""
    answer_lines(peer, answered)


def answered(peer: MetricPeer, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    if request["do"] == "hello":
        return {"version": peer.version(), "efforts": [0]}
    lists = json.loads(Path(request["lists"]).read_text(encoding="utf-8"))
    start = time.perf_counter()
    values = peer.measure(lists["run"], lists["qrels"])
    return {"seconds": time.perf_counter() - start, "values": values}
