"""Evaluating runs against judgements: the figures of each, and comparisons of every two."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.errors import BadInput
from pinakes.evaluate import judged, significance
from pinakes.evaluate.compare import compare
from pinakes.evaluate.judged import Qrels, Run
from pinakes.evaluate.machine import stamp
from pinakes.evaluate.result import Evaluation
from pinakes.evaluate.scoring import scope
from pinakes.metrics.curves import INTERPOLATIONS
from pinakes.metrics.names import Metric


def evaluate_runs(
    runs: Sequence[Run],
    qrels: Qrels,
    metrics: Sequence[Metric],
    *,
    seed: int = 0,
    documents: int | None = None,
    curves: Sequence[str] = ("11",),
) -> Evaluation:
    """Measure runs by the same judgements; `documents` is how many there are to find, for the levels of chance."""
    names = [run.name for run in runs]
    if not runs or len(set(names)) != len(names):
        raise BadInput("Runs are compared by their names, and each needs its own.", "Give their files other names.")
    size = _documents(runs, qrels, documents)
    scopes = []
    for run in runs:
        _check_meeting(run, qrels)
        queries, lists = judged.ranked(run, qrels, documents=size)
        scopes.append(scope({"run": run.name}, queries, lists, metrics, seed=seed, curves=curves))
    comparisons = compare(scopes, [run.settings for run in runs], seed=seed) if len(runs) > 1 else ()
    rules = [*judged.RULES, significance.BOOTSTRAP, *(f"Curves: {INTERPOLATIONS[kind]}." for kind in curves)]
    rules += [f"{metric.name}: {metric.meaning}. {metric.rule}" for metric in metrics]
    rules += [significance.TESTS, significance.HOLM] if comparisons else []
    return Evaluation(
        title=f"{', '.join(names)} by {qrels.name}",
        kind="run",
        scopes=tuple(scopes),
        rules=tuple(rules),
        settings={"documents": size, "metrics": [metric.name for metric in metrics]}
        | {"runs": {run.name: dict(run.settings) for run in runs}},
        seed=seed,
        **stamp(),
        notes=tuple(_notes(runs, qrels, documents, size)),
        comparisons=comparisons,
    )


def _documents(runs: Sequence[Run], qrels: Qrels, documents: int | None) -> int:
    """How many documents there are: as said, as the collection has, or at least as many as are named."""
    named = {document for run in runs for answer in run.answers.values() for document, _ in answer}
    named = named.union(*qrels.grades.values())
    if documents is None:
        return len(named if qrels.collection is None else qrels.collection)
    if documents < len(named):
        raise BadInput(f"The runs and judgements name {len(named):,} documents, more than {documents:,}.")
    return documents


def _check_meeting(run: Run, qrels: Qrels) -> None:
    """Files that do not belong together share no query."""
    queries = qrels.queries
    if not queries:
        raise BadInput(f"{qrels.name} finds nothing relevant to any query.", "A grade of 1 or more is relevant.")
    if not any(query in run.answers for query in queries):
        raise BadInput(
            f"{run.name} answers none of the {len(queries):,} queries that {qrels.name} judges: "
            f"it has for example {next(iter(run.answers), 'none')}, and they have {queries[0]}.",
            "Evaluate it by the judgements of its own queries.",
        )


def _notes(runs: Sequence[Run], qrels: Qrels, documents: int | None, size: int) -> list[str]:
    queries = set(qrels.queries)
    nothing = len(qrels.grades) - len(queries)
    notes = [f"Judged queries with nothing relevant, which do not count: {nothing:,}."] if nothing else []
    for run in runs:
        unanswered, unjudged = len(queries - run.answers.keys()), len(run.answers.keys() - qrels.grades.keys())
        if unanswered:
            notes.append(f"Judged queries that {run.name} does not answer, which count with 0: {unanswered:,}.")
        if unjudged:
            notes.append(f"Queries of {run.name} that were not judged and do not count: {unjudged:,}.")
    if documents is None and qrels.collection is None:
        notes.append(
            f"How many documents there are is not known. Chance is that among the {size:,} which the runs and "
            "judgements name, more than it truly is; say it with --documents N."
        )
    return notes
