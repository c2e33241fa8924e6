"""Pinakes' metrics."""

from __future__ import annotations

from benchmarks.peers.speak_metrics import METRICS, serve
from pinakes import __version__
from pinakes.evaluate.judged import Qrels, Run, ranked
from pinakes.metrics.names import parse


class Ours:
    """Lists as arrays, all queries at once."""

    def version(self) -> str:
        """The version of the implementation."""
        return __version__

    def measure(self, run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> dict[str, list[float]]:
        """Each of the metrics for each query."""
        answers = {query: list(answer.items()) for query, answer in run.items()}
        _, lists = ranked(Run(answers), Qrels(qrels))
        return {name: parse(name).of(lists).tolist() for name in METRICS}


if __name__ == "__main__":
    serve(Ours())
