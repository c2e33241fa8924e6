"""The words that adapters answer to: hello, build, open, search, memory, quit; one JSON object a line each way.

This module and the adapters run in the peers' own environment, so they import nothing of ours but each other.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.peers.answering import answer_lines

Allowed = Sequence[str] | None


class Peer(Protocol):
    """One engine."""

    # Settings of the search, from quick to thorough; tried in turn until the wanted recall is reached.
    efforts: tuple[int, ...]

    def version(self) -> str:
        """The version of the engine."""

    def build(self, vectors: np.ndarray, labels: np.ndarray, folder: Path) -> None:
        """Store vectors (n, dim) float32 or float16 with a label each, ready to be searched."""

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""

    def prepare(self, effort: int, allowed: Allowed) -> None:
        """Settle effort and filter for the searches that follow; not timed."""

    def search(self, query: np.ndarray, count: int) -> Sequence[int]:
        """The nearest rows of one query (dim,)."""


def serve(peer: Peer) -> None:
    """Answer requests until there are no more."""
    answer_lines(peer, answered)


def answered(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    start = time.perf_counter()
    if request["do"] == "hello":
        return {"version": peer.version(), "efforts": list(peer.efforts)}
    if request["do"] == "build":
        labels = np.load(request["labels"])
        peer.build(np.load(request["vectors"], mmap_mode="r"), labels, Path(request["folder"]))
        return {"seconds": time.perf_counter() - start, **memory()}
    if request["do"] == "open":
        peer.open(Path(request["folder"]))
        return {"seconds": time.perf_counter() - start}
    if request["do"] == "memory":
        return memory()
    return searched(peer, request)


def searched(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    """The rows found for some queries, and the milliseconds that each took."""
    queries = np.load(request["queries"])[request["first"] : request["last"]]
    peer.prepare(request["effort"], request["allowed"])
    peer.search(queries[0], request["count"])
    rows, times = [], []
    for query in queries:
        start = time.perf_counter()
        found = peer.search(query, request["count"])
        times.append(1000 * (time.perf_counter() - start))
        rows.append([int(row) for row in found])
    return {"rows": rows, "ms": times}


def memory() -> dict[str, float]:
    """Megabytes of this process: resident, anonymous, mapped files, and the most it ever had resident."""
    found = {}
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name in ("VmRSS", "RssAnon", "RssFile", "VmHWM"):
            found[name] = int(value.split()[0]) / 1e3
    return {
        "resident": found["VmRSS"],
        "anonymous": found["RssAnon"],
        "mapped": found["RssFile"],
        "peak": found["VmHWM"],
    }


def pieces(vectors: np.ndarray, size: int = 10_000) -> Any:
    """Rows in pieces, as float32."""
    for start in range(0, len(vectors), size):
        yield start, np.ascontiguousarray(vectors[start : start + size], np.float32)
