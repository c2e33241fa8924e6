"""Figures of answers: the mean of each metric with its interval, and what a random order reaches beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pinakes.evaluate.cases import Case, Items, ranked
from pinakes.evaluate.result import Scope
from pinakes.evaluate.scoring import drawn, figure
from pinakes.evaluate.significance import BOOTSTRAP
from pinakes.metrics.chance import chance
from pinakes.metrics.names import Metric
from pinakes.metrics.ranked import Floats, Ranked
from pinakes.metrics.rouge import NAMES as ROUGE
from pinakes.metrics.rouge import best_rouge
from pinakes.search.near import NEAR

RULES = (
    "The order is that of the search itself, ties included; works that look alike are not folded.",
    "A query for which nothing relevant is found counts with 0; one to which nothing is relevant does not count.",
    f"A search ranks the nearest {NEAR} parts of each space; what lies beyond is not found, relevant or not.",
    BOOTSTRAP,
    "Chance is what a random order of all that may be found reaches, on average over the same queries.",
)
# These look at the whole answer where no cut-off is said.
_WHOLE = frozenset({"map", "ndcg", "mrr"})
_ELEVEN = "11"
# Captions chosen at random, beside the one that was found.
_STRANGERS = 10
# Values that are counted against each other.
_CONFUSED, LOOKED_AT = 12, 10


def scope(
    names: Mapping[str, str],
    cases: Sequence[Case],
    answers: Sequence[Items],
    metrics: Sequence[Metric],
    depth: int,
    seed: int,
    captions: Mapping[int, Sequence[str]] | None = None,
    values: Mapping[int, Sequence[str]] | None = None,
) -> Scope:
    """What the answers to some queries are worth; `values` of items (labels, say) are counted against each other."""
    lists = ranked(cases, answers)
    scores = {metric.name: metric.of(lists) for metric in metrics}
    random = {metric.name: by_chance(metric, lists, depth, seed) for metric in metrics}
    if captions:
        told, strange = _rouge(cases, answers, captions, seed)
        scores |= told
        random |= strange
    points = drawn(lists, _ELEVEN)
    return Scope(
        names=dict(names),
        figures=tuple(figure(name, scores[name], random[name], seed=seed) for name in scores),
        queries=tuple(case.name for case in cases),
        scores=scores,
        curves=(points,) if len(points.recall) else (),
        confusion=confusion(cases, answers, values) if values else {},
    )


def by_chance(metric: Metric, lists: Ranked, depth: int, seed: int) -> Floats:
    """What a random order reaches for each query, followed no deeper than answers are."""
    deeper = lists.collection is not None and depth < int(lists.collection.max(initial=0))
    if metric.k is None and deeper and metric.family.name in _WHOLE:
        return chance(replace(metric, k=depth), lists, seed=seed)
    return chance(metric, lists, seed=seed)


def _rouge(
    cases: Sequence[Case], answers: Sequence[Items], captions: Mapping[int, Sequence[str]], seed: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """ROUGE F1 of the caption of the first work that was found against the query's own, and of captions at random."""
    rng = np.random.default_rng(seed)
    pool = np.array(sorted(captions), np.int64)
    found = {name: np.zeros(len(cases)) for name in ROUGE}
    random = {name: np.zeros(len(cases)) for name in ROUGE}
    for row, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        strangers = rng.choice(pool, min(_STRANGERS, len(pool)), replace=False).tolist()
        for name, value in _overlaps(captions.get(int(answer[0]), ()) if len(answer) else (), case.told).items():
            found[name][row] = value
        each = [_overlaps(captions[stranger], case.told) for stranger in strangers]
        for name in ROUGE:
            random[name][row] = np.mean([one[name] for one in each])
    return found, random


def _overlaps(candidates: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """F1 of the first caption of a work; it is the one that stands for it."""
    told = best_rouge(candidates[0] if candidates else "", references)
    return {name: told[name].f1 for name in ROUGE}


def confusion(
    cases: Sequence[Case], answers: Sequence[Items], values: Mapping[int, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """For the values asked for most often, the shares of the values that the first works found have instead."""
    first = [answer[:LOOKED_AT].tolist() for answer in answers]
    found = [[told for item in items for told in values.get(item, ())] for items in first]
    return taken_for([case.told for case in cases], found)


def taken_for(
    wanted: Sequence[Sequence[str]], found: Sequence[Sequence[str]], known: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """For what most queries wanted, the shares of what was found for these queries: of that, and of what is known."""
    frequent = [value for value, _ in Counter(value for each in wanted for value in each).most_common(_CONFUSED)]
    counted = dict.fromkeys([*frequent, *known])
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for asked, told in zip(wanted, found, strict=True):
        for value in asked:
            if value in frequent:
                counts[value].update(other for other in told if other in counted)
    return {
        value: {other: counts[value][other] / total for other in counted if counts[value][other]}
        for value in frequent
        if (total := sum(counts[value].values()))
    }
