"""trec_eval itself, through pytrec_eval: C, a query at a time."""

from __future__ import annotations

from importlib.metadata import version

import pytrec_eval

from benchmarks.peers.speak_metrics import METRICS, serve

THEIRS = dict(zip(METRICS, ("map", "ndcg_cut_10", "P_10", "recall_100", "recip_rank"), strict=True))


class TrecEval:
    """The tool whose figures ours must equal."""

    def version(self) -> str:
        """The version of the implementation."""
        return version("pytrec_eval-terrier")

    def measure(self, run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> dict[str, list[float]]:
        """Each of the metrics for each query."""
        measures = {"map", "ndcg_cut.10", "P.10", "recall.100", "recip_rank"}
        found = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
        return {name: [found[query][theirs] for query in sorted(qrels)] for name, theirs in THEIRS.items()}


if __name__ == "__main__":
    serve(TrecEval())
