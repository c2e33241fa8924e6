"""Runs and judgements: the rules of ties, of what is missing, and of what is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.evaluate.judged import RULES, Qrels, Run, in_order, ranked
from pinakes.metrics.names import parse


def test_equal_scores_are_ordered_by_the_later_name_as_in_trec_eval() -> None:
    assert in_order([("a", 1.0), ("b", 1.0), ("é", 1.0), ("B", 1.0), ("z", 2.0)]) == ["z", "é", "b", "a", "B"]
    assert in_order([("a", 1.0), ("b", 1.0 + 1e-12)]) == ["b", "a"]
    assert in_order([("b", 0.0), ("a", -0.0)]) == ["b", "a"]
    assert in_order([("a", math.inf), ("b", -math.inf), ("c", 1e300)]) == ["c", "a", "b"]


def test_an_unanswered_query_counts_with_nothing_and_an_unjudged_one_not_at_all() -> None:
    run = Run({"unjudged": [("a", 1.0)], "q1": [("a", 1.0)]})
    queries, lists = ranked(run, Qrels({"q1": {"a": 1}, "q2": {"a": 1}, "nothing": {"a": 0}}))
    assert queries == ("q1", "q2")
    assert parse("map").of(lists).tolist() == [1.0, 0.0]
    assert lists.retrieved.tolist() == [1, 0]


def test_unjudged_documents_are_not_relevant_and_bpref_passes_over_them() -> None:
    run = Run({"q": [("unknown", 3.0), ("wrong", 2.0), ("right", 1.0)]})
    _, lists = ranked(run, Qrels({"q": {"right": 1, "wrong": -1}}))
    assert parse("mrr").of(lists).item() == 1 / 3
    assert parse("bpref").of(lists).item() == 1.0
    _, lists = ranked(run, Qrels({"q": {"right": 1, "wrong": 0}}))
    assert parse("bpref").of(lists).item() == 0.0


def test_a_grade_below_one_is_not_relevant() -> None:
    _, lists = ranked(Run({"q": [("a", 2.0), ("b", 1.0)]}), Qrels({"q": {"a": 0.5, "b": 2}}))
    assert lists.gains.tolist() == [[0.0, 2.0]]
    assert lists.ideal.tolist() == [[2.0]]


def test_the_size_of_the_collection_is_what_is_said_or_known() -> None:
    grades = {"q": {"a": 1}}
    assert ranked(Run({}), Qrels(grades))[1].collection is None
    known = Qrels(grades, collection=frozenset("abc"))
    assert np.array_equal(ranked(Run({}), known)[1].collection, [3])
    assert np.array_equal(ranked(Run({}), known, documents=9)[1].collection, [9])


def test_runs_that_can_not_be_ranked_are_refused() -> None:
    with pytest.raises(BadInput, match="query q has document a twice"):
        Run({"q": [("a", 1.0), ("b", 1.0), ("a", 2.0)]})
    with pytest.raises(BadInput, match="score of document b: nan"):
        Run({"q": [("a", 1.0), ("b", math.nan)]}, "mine")


def test_judgements_that_say_nothing_are_refused() -> None:
    for grades in ({}, {"q": {}}):
        with pytest.raises(BadInput, match="holds no judgement"):
            Qrels(grades)
    for grade in (math.nan, math.inf):
        with pytest.raises(BadInput, match="no grade for document a"):
            Qrels({"q": {"a": grade}})


def test_the_rules_are_told_in_sentences() -> None:
    assert len(RULES) == 4
    assert all(rule.endswith(".") for rule in RULES)
