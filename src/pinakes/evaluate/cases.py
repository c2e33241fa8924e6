"""What a search is measured with: queries, each with what is relevant to it and what its answer is chosen from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pinakes.metrics.ranked import Floats, Ranked
from pinakes.search.query.terms import Query

# Numbers of items; those below zero are of works that the library does not have.
Items = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Case:
    """One query with judged items, sorted by their numbers, and the grade of each."""

    name: str
    query: Query
    items: Items
    grades: Floats
    # How many items its answer is chosen from.
    among: int
    # Items that are left out of its answer: the one that it was made of.
    besides: tuple[int, ...] = ()
    # From which modality to which it asks.
    source: str = ""
    target: str = ""
    # What it was made of: its labels, or its own captions.
    told: tuple[str, ...] = ()
    # Whether only what was judged is known to be relevant or not, as where people judged.
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Queries that are measured together."""

    cases: tuple[Case, ...]
    # The only items that count in an answer, sorted; None: all.
    pool: Items | None = None
    # What is searched with another weight than usual, and is no way of searching by itself if that is 0.
    weights: Mapping[str, float] = field(default_factory=dict)


def relevant(items: Sequence[int] | Items) -> tuple[Items, Floats]:
    """Items that are relevant without any grade, as a case has them."""
    numbers = np.unique(np.asarray(items, np.int64))
    return numbers, np.ones(len(numbers))


def graded(grades: Mapping[int, float]) -> tuple[Items, Floats]:
    """Items with their grades, as a case has them."""
    numbers = np.array(sorted(grades), np.int64)
    return numbers, np.array([grades[number] for number in numbers.tolist()], np.float64)


def counts(case: Case, task: Task, items: Items) -> NDArray[np.bool_]:
    """Which items of an answer count (n,)."""
    there = np.ones(len(items), np.bool_)
    if case.besides:
        there &= ~np.isin(items, case.besides)
    if task.pool is not None:
        there &= np.isin(items, task.pool)
    return there


def kept(case: Case, task: Task, items: Items, depth: int) -> Items:
    """The items of an answer that count, so many at most."""
    return items[counts(case, task, items)][:depth]


def ranked(cases: Sequence[Case], answers: Sequence[Items]) -> Ranked:
    """The answers to some cases, in their own order, as the metrics see them."""
    depth = max((len(answer) for answer in answers), default=0)
    gains, judged = np.zeros((len(cases), depth)), np.zeros((len(cases), depth), np.bool_)
    best, wrong = [], []
    for row, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        grades = _grades(case, answer)
        gains[row, : len(answer)] = np.where(grades >= 1, grades, 0.0)
        judged[row, : len(answer)] = grades >= 0
        best.append(-np.sort(-case.grades[case.grades >= 1]))
        wrong.append(int(((case.grades >= 0) & (case.grades < 1)).sum()))
    ideal = np.zeros((len(cases), max(map(len, best), default=0)))
    for row, grades in enumerate(best):
        ideal[row, : len(grades)] = grades
    return Ranked(
        gains=gains,
        ideal=ideal,
        relevant=np.array([len(grades) for grades in best], np.int64),
        retrieved=np.array([len(answer) for answer in answers], np.int64),
        judged=judged,
        nonrelevant=np.array(wrong, np.int64),
        collection=np.array([case.among for case in cases], np.int64),
    )


def _grades(case: Case, answer: Items) -> Floats:
    """The grade of each item of an answer; -1 where it was not judged."""
    if not len(case.items):
        return np.full(len(answer), -1.0)
    places = np.minimum(np.searchsorted(case.items, answer), len(case.items) - 1)
    grades: Floats = np.where(case.items[places] == answer, case.grades[places], -1.0)
    return grades
