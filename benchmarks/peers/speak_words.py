"""The words that adapters of word engines answer to; see `speak`.

Documents come as a JSON Lines file of objects with `text`, `label` and `words`: all that is searched, which is the
text with its title and label, as a library searches them. A filter keeps the documents of some labels.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers.answering import answer_lines


class WordPeer(Protocol):
    """One engine."""

    def version(self) -> str:
        """The version of the engine."""

    # Which of the two a document is made of.
    takes: str

    def build(self, texts: list[str], labels: list[str], folder: Path) -> None:
        """Store texts with a label each, ready to be searched."""

    def open(self, folder: Path) -> None:
        """Open what was built."""

    def prepare(self, allowed: Sequence[str]) -> None:
        """Settle the filter for the searches that follow (empty: all documents); not timed."""

    def search(self, query: str, count: int) -> list[tuple[int, float]]:
        """The best documents and their scores."""


def serve(peer: WordPeer) -> None:
    """Answer requests until there are no more."""
    answer_lines(peer, answered)


def answered(peer: WordPeer, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    if request["do"] == "hello":
        return {"version": peer.version(), "efforts": [0]}
    folder = Path(request["folder"])
    if request["do"] == "build":
        lines = Path(request["texts"]).read_text(encoding="utf-8").splitlines()
        documents = [json.loads(line) for line in lines]
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        peer.build([one[peer.takes] for one in documents], [one["label"] for one in documents], folder)
        return {"seconds": time.perf_counter() - start}
    if request["do"] == "open":
        start = time.perf_counter()
        peer.open(folder)
        return {"seconds": time.perf_counter() - start}
    peer.prepare(request["allowed"] or [])
    peer.search(request["queries"][0], request["count"])
    found, times = [], []
    for query in request["queries"]:
        start = time.perf_counter()
        hits = peer.search(query, request["count"])
        times.append(1000 * (time.perf_counter() - start))
        found.append([(int(number), float(score)) for number, score in hits])
    return {"found": found, "ms": times}
