"""Metrics of ranked lists: by hand, against their plain definitions, and against trec_eval."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput
from pinakes.evaluate.judged import Qrels, Run, ranked
from pinakes.metrics.lists import bpref
from pinakes.metrics.names import METRICS, parse
from pinakes.metrics.ranked import of_relevance
from tests.metrics import twins

NAMES = (
    "p@1", "p@5", "p@20", "r@1", "r@5", "r@20", "f1@1", "f1@5", "f1@20", "map", "map@1", "map@5", "map@20", "ndcg",
    "ndcg@1", "ndcg@5", "ndcg@20", "mrr", "mrr@2", "hit@1", "hit@5", "accuracy", "accuracy@5", "rprec", "bpref",
)  # fmt: skip

# What trec_eval calls them; it has no F1 at a rank, no cut reciprocal rank, and no accuracy.
TREC = {
    "p@1": "P_1", "p@5": "P_5", "p@20": "P_20", "r@1": "recall_1", "r@5": "recall_5", "r@20": "recall_20", "map": "map",
    "map@1": "map_cut_1", "map@5": "map_cut_5", "map@20": "map_cut_20", "ndcg": "ndcg", "ndcg@1": "ndcg_cut_1",
    "ndcg@5": "ndcg_cut_5", "ndcg@20": "ndcg_cut_20", "mrr": "recip_rank", "hit@1": "success_1", "hit@5": "success_5",
    "accuracy": "success_1", "rprec": "Rprec", "bpref": "bpref",
}  # fmt: skip

DOCUMENTS = [*(f"d{number}" for number in range(14)), "D1", "é", "文", "d", "d01", "😀"]
# Few values, so that most lists hold ties; two of them differ in 64 bits alone.
SCORES = [0.0, -0.0, 0.5, 1.0, 1.0 + 1e-12, -3.0]


def case(seed: int) -> tuple[list[tuple[str, float]], dict[str, int]]:
    """An answer and its judgements: empty, short, full of ties, without a tie, all relevant, nothing relevant."""
    chance = random.Random(seed)
    documents = chance.sample(DOCUMENTS, chance.choice([0, 1, 2, 5, 10, 20]))
    tied = chance.random() < 0.7
    answer = [(one, chance.choice(SCORES) if tied else chance.uniform(-1e6, 1e6)) for one in documents]
    lowest, highest = chance.choice([(1, 1), (0, 0), (-1, 0), (0, 1), (0, 3), (-1, 3)])
    judged = chance.sample(DOCUMENTS, chance.choice([1, 2, 5, 10, 20]))
    return answer, {one: chance.randint(lowest, highest) for one in judged}


@pytest.mark.reliability
@settings(max_examples=700, deadline=None)
@given(st.lists(st.integers(0, 2**32), min_size=3, max_size=4))
def test_every_metric_equals_its_plain_definition_and_trec_eval(seeds: list[int]) -> None:
    """H1."""
    # Three queries or more at once: 2,100 cases at least.
    answers, grades = {}, {}
    for number, seed in enumerate(seeds):
        answers[f"q{number}"], grades[f"q{number}"] = case(seed)
    run = Run(answers)
    queries, lists = ranked(run, Qrels(grades), documents=len(DOCUMENTS))
    trec = of_trec_eval(run, grades)
    assert set(queries) == {query for query in grades if max(grades[query].values()) >= 1}
    for name in NAMES:
        values = dict(zip(queries, parse(name).of(lists).tolist(), strict=True))
        for query, judged in grades.items():
            expected = twins.value(name, run.answers[query], judged, len(DOCUMENTS))
            assert same(values.get(query, math.nan), expected), (name, query)
            if query in values and query in trec and name in TREC:
                assert same(values[query], trec[query][TREC[name]]), (name, query)


def same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 or (math.isnan(one) and math.isnan(other))


def of_trec_eval(run: Run, grades: dict[str, twins.Grades]) -> dict[str, dict[str, float]]:
    """The figures of trec_eval, for the queries that count and that a run answers at all."""
    cuts = "1,5,20"
    measures = {f"{name}.{cuts}" for name in ("P", "recall", "map_cut", "ndcg_cut")} | {"success.1,5"}
    evaluator = pytrec_eval.RelevanceEvaluator(
        # Grades that are all negative make it write beyond its memory.
        {query: dict(judged) for query, judged in grades.items() if max(judged.values()) >= 1},
        {*measures, "map", "ndcg", "recip_rank", "Rprec", "bpref"},
    )
    found: dict[str, dict[str, float]] = evaluator.evaluate({q: dict(a) for q, a in run.answers.items() if a})
    return found


def test_every_metric_is_held_to_its_definition() -> None:
    assert {name.partition("@")[0] for name in NAMES} == set(METRICS.names())


def test_a_small_list_by_hand() -> None:
    run = Run({"q": [("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 0.5)]})
    _, lists = ranked(run, Qrels({"q": {"a": 0, "b": 2, "d": 1, "e": 1}}), documents=10)
    by_hand = {
        "p@2": 1 / 2,
        "p@8": 2 / 8,
        "r@2": 1 / 3,
        "f1@2": 2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3),
        "map": (1 / 2 + 2 / 4) / 3,
        "map@2": (1 / 2) / 3,
        "ndcg": (2 / math.log2(3) + 1 / math.log2(5)) / (2 / 1 + 1 / math.log2(3) + 1 / 2),
        "mrr": 1 / 2,
        "mrr@1": 0,
        "hit@1": 0,
        "hit@2": 1,
        "accuracy": 0,
        "accuracy@2": (1 + 6) / 10,
        "rprec": 1 / 3,
        # One judged document that is not relevant stands before both.
        "bpref": 0,
    }
    assert {name: parse(name).of(lists).item() for name in by_hand} == pytest.approx(by_hand, abs=1e-12)


def test_lists_without_ranks_are_worth_nothing() -> None:
    _, lists = ranked(Run({}), Qrels({"q": {"a": 1}}), documents=4)
    for name in NAMES:
        assert parse(name).of(lists).tolist() == [0.75 if name == "accuracy@5" else 0.0], name


def test_no_queries_at_all_give_no_values() -> None:
    queries, lists = ranked(Run({}), Qrels({"q": {"a": 0}}), documents=4)
    assert queries == ()
    for name in NAMES:
        assert parse(name).of(lists).shape == (0,)


def test_a_query_without_anything_relevant_does_not_count() -> None:
    lists = of_relevance(np.zeros((2, 3), np.bool_), np.array([0, 1]))
    for name in ("p@2", "r@2", "f1@2", "map", "ndcg", "mrr", "hit@1", "accuracy", "rprec"):
        assert np.isnan(parse(name).of(lists)).tolist() == [True, False], name


def test_a_metric_that_needs_more_than_is_known_says_so() -> None:
    lists = of_relevance(np.ones((1, 3), np.bool_), np.array([3]))
    with pytest.raises(BadInput, match="how many documents"):
        parse("accuracy@2").of(lists)
    with pytest.raises(BadInput, match="judged and found not relevant"):
        bpref(lists, None)
    with pytest.raises(BadInput, match="need codes"):
        parse("p@radius=2").of(lists)
