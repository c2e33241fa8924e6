"""ranx: compiled by Numba."""

from __future__ import annotations

import warnings
from importlib.metadata import version

from ranx import Qrels, Run, evaluate

from benchmarks.peers.speak_metrics import METRICS, serve

THEIRS = dict(zip(METRICS, ("map", "ndcg@10", "precision@10", "recall@100", "mrr"), strict=True))


class Ranx:
    """Its ties stand in the order of the dictionary."""

    def version(self) -> str:
        """The version of the implementation."""
        return version("ranx")

    def measure(self, run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> dict[str, list[float]]:
        """Each of the metrics for each query."""
        warnings.simplefilter("ignore")
        # It knows grades of 1 and more alone.
        judged = Qrels({query: {name: grade for name, grade in one.items() if grade} for query, one in qrels.items()})
        answers = Run(run)
        evaluate(judged, answers, list(THEIRS.values()), return_mean=False)
        scores = answers.scores
        return {name: [float(scores[theirs][query]) for query in sorted(qrels)] for name, theirs in THEIRS.items()}


if __name__ == "__main__":
    serve(Ranx())
