"""Runs and judgements, and the ranked lists that they make together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pinakes.errors import BadInput
from pinakes.metrics.ranked import Counts, Floats, Ranked

RULES = (
    "Equal scores: the document whose id is later in byte order stands first, as in trec_eval. Scores are compared as "
    "32-bit numbers, as there; the order of lines and the ranks written in a run do not count.",
    "A document that was not judged counts as not relevant; bpref passes over it, and over negative grades.",
    "A query that is judged and that a run does not answer counts with 0.",
    "A query without any relevant document does not count, and no more does one that was not judged.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """The answers of one way of searching: for each query documents with scores, in any order, each once."""

    answers: Mapping[str, Sequence[tuple[str, float]]]
    name: str = "run"
    # What it was made with, for comparisons to name what differs.
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for query, answer in self.answers.items():
            if len({document for document, _ in answer}) != len(answer):
                twice = _twice([document for document, _ in answer])
                raise BadInput(f"{self.name}: query {query} has document {twice} twice.", "Keep one of them.")
            for document, score in answer:
                if math.isnan(score):
                    raise BadInput(
                        f"{self.name}: query {query} has no number as the score of document {document}: {score}.",
                        "Give it a number, or leave the document out.",
                    )


@dataclass(frozen=True, slots=True)
class Qrels:
    """Judgements of relevance: for each query documents with grades; 1 or more is relevant, 0 or less is not."""

    grades: Mapping[str, Mapping[str, float]]
    name: str = "qrels"
    # All documents there are to find, where that is known.
    collection: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not any(self.grades.values()):
            raise BadInput(f"{self.name} holds no judgement.", "A line of qrels reads: query 0 document grade.")
        for query, judged in self.grades.items():
            for document, grade in judged.items():
                if not math.isfinite(grade):
                    raise BadInput(f"{self.name}: query {query} has no grade for document {document}: {grade}.")

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries that count: those with something relevant, sorted."""
        return tuple(sorted(query for query, judged in self.grades.items() if any(_relevant(judged))))


def ranked(run: Run, qrels: Qrels, *, documents: int | None = None) -> tuple[tuple[str, ...], Ranked]:
    """The queries that count, and their lists; `documents` is how many there are to find in all, where it is known."""
    queries = qrels.queries
    lists = [in_order(run.answers.get(query, ())) for query in queries]
    depth = max(map(len, lists), default=0)
    gains = np.zeros((len(queries), depth))
    judged = np.zeros((len(queries), depth), np.bool_)
    for row, (query, answer) in enumerate(zip(queries, lists, strict=True)):
        grades = qrels.grades[query]
        gains[row, : len(answer)] = [max(grades.get(document, 0), 0) for document in answer]
        judged[row, : len(answer)] = [grades.get(document, -1) >= 0 for document in answer]
    best = [sorted(_relevant(qrels.grades[query]), reverse=True) for query in queries]
    relevant = np.array([len(grades) for grades in best], np.int64)
    return queries, Ranked(
        # What is graded between 0 and 1 is not relevant and adds nothing.
        gains=np.where(gains >= 1, gains, 0.0),
        ideal=_padded(best),
        relevant=relevant,
        retrieved=np.array([len(answer) for answer in lists], np.int64),
        judged=judged,
        nonrelevant=np.array([sum(0 <= g < 1 for g in qrels.grades[query].values()) for query in queries], np.int64),
        collection=_collection(qrels, documents, len(queries)),
    )


def in_order(answer: Sequence[tuple[str, float]]) -> list[str]:
    """The documents of an answer, best first."""
    with np.errstate(over="ignore"):
        scores = np.array([score for _, score in answer], np.float64).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    standing = scores[order]
    if (standing[1:] != standing[:-1]).all():
        return [answer[row][0] for row in order.tolist()]
    keyed = zip(scores.tolist(), (document for document, _ in answer), strict=True)
    return [document for _, document in sorted(keyed, reverse=True)]


def _relevant(judged: Mapping[str, float]) -> Iterator[float]:
    return (grade for grade in judged.values() if grade >= 1)


def _padded(rows: Sequence[Sequence[float]]) -> Floats:
    padded = np.zeros((len(rows), max(map(len, rows), default=0)))
    for row, values in enumerate(rows):
        padded[row, : len(values)] = values
    return padded


def _collection(qrels: Qrels, documents: int | None, queries: int) -> Counts | None:
    size = documents if documents is not None or qrels.collection is None else len(qrels.collection)
    return None if size is None else np.full(queries, size, np.int64)


def _twice(names: Sequence[str]) -> str:
    seen: set[str] = set()
    return next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
