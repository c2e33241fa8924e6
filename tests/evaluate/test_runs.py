"""Runs against judgements, compared with each other, and what was found as JSON and back."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.evaluate.compare import LEVEL, compare, differing, within
from pinakes.evaluate.judged import Qrels, Run
from pinakes.evaluate.result import Curve, Evaluation, Figure, Scope
from pinakes.evaluate.runs import evaluate_runs
from pinakes.metrics.names import parse_all

METRICS = parse_all("map,ndcg@10,p@5")
DOCUMENTS = [f"d{number}" for number in range(100)]


def made(noise: float, name: str, seed: int = 0, queries: int = 40) -> tuple[Run, Qrels]:
    """A run that finds the ten relevant documents of each query, more or less."""
    random = np.random.default_rng(seed)
    grades = {f"q{query}": dict.fromkeys(random.choice(DOCUMENTS, 10, replace=False), 1) for query in range(queries)}
    answers = {
        query: [(one, float((one in relevant) + random.normal(0, noise))) for one in DOCUMENTS]
        for query, relevant in grades.items()
    }
    return Run(answers, name, {"noise": noise, "spaces": {"words": {"stem": True}}}), Qrels(grades)


def test_each_figure_has_its_interval_and_its_level_of_chance() -> None:
    run, qrels = made(0.7, "mine")
    evaluation = evaluate_runs([run], qrels, METRICS, documents=100)
    figure = evaluation.scopes[0].figure("map")
    assert figure.low < figure.value < figure.high
    assert figure.queries == 40
    assert 0.1 < figure.chance < 0.15 < figure.low
    assert evaluation.scopes[0].figure("p@5").chance == pytest.approx(0.1)
    assert evaluation.comparisons == ()
    with pytest.raises(BadInput, match="was not measured"):
        evaluation.scopes[0].figure("mrr")


def test_a_better_run_is_told_from_a_worse_one_and_what_differs_is_named() -> None:
    (worse, qrels), (better, _) = made(1.5, "worse"), made(0.5, "better")
    (comparison,) = evaluate_runs([worse, better], qrels, METRICS, documents=100).comparisons
    assert comparison.differing == {"noise": (1.5, 0.5)}
    for one in comparison.differences:
        assert one.difference == pytest.approx(one.second - one.first)
        assert 0 < one.low < one.difference < one.high
        assert one.p <= one.corrected < 0.01
        assert one.student < 0.01
        assert one.queries == 40 == one.better + one.worse + one.same


def test_two_runs_that_do_the_same_are_not_told_apart() -> None:
    run, qrels = made(1.0, "one")
    twin = Run(run.answers, "other", run.settings)
    (comparison,) = evaluate_runs([run, twin], qrels, METRICS).comparisons
    assert comparison.differing == {}
    assert all((one.difference, one.p, one.corrected, one.same) == (0, 1, 1, 40) for one in comparison.differences)


def test_all_pairs_are_corrected_together() -> None:
    runs = [made(noise, str(noise), seed=5)[0] for noise in (1.0, 1.05, 1.1)]
    comparisons = evaluate_runs(runs, made(1.0, "", seed=5)[1], METRICS).comparisons
    assert [(one.first, one.second) for one in comparisons] == [
        ("run 1.0", "run 1.05"),
        ("run 1.0", "run 1.1"),
        ("run 1.05", "run 1.1"),
    ]
    found = [one for comparison in comparisons for one in comparison.differences]
    smallest = min(found, key=lambda one: one.p)
    assert smallest.corrected == pytest.approx(min(1.0, 9 * smallest.p))


def test_nested_settings_are_named_by_their_paths() -> None:
    first = {"fusion": "convex", "spaces": {"words": {"stem": True}, "colour": 1}, "bits": (64, 128)}
    second = {"fusion": "convex", "spaces": {"words": {"stem": False}}, "bits": [64, 128], "quick": True}
    assert differing(first, second) == {
        "spaces.words.stem": (True, False),
        "spaces.colour": (1, None),
        "quick": (None, True),
    }


def test_only_queries_of_both_are_compared() -> None:
    one = Scope({"run": "a"}, (), ("q1", "q2", "q3"), {"map": np.array([0.1, 0.2, math.nan])})
    other = Scope({"run": "b"}, (), ("q3", "q2"), {"map": np.array([0.3, 0.5])})
    (comparison,) = compare([one, other], seed=0)
    (difference,) = comparison.differences
    assert difference.queries == 1
    assert difference.difference == pytest.approx(0.3)
    assert comparison.notes == ("Queries of one of the two alone, which were left out: 1.",)
    with pytest.raises(BadInput, match="no query in common"):
        compare([one, Scope({"run": "c"}, (), ("x",), {"map": np.array([1.0])})], seed=0)


def test_what_is_missing_is_told_in_notes() -> None:
    grades = {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 0}}
    run = Run({"q1": [("a", 1.0), ("b", 0.5)], "q9": [("a", 1.0)]}, "mine")
    told = " ".join(evaluate_runs([run], Qrels(grades), METRICS).notes)
    assert "Judged queries with nothing relevant, which do not count: 1." in told
    assert "Judged queries that mine does not answer, which count with 0: 1." in told
    assert "Queries of mine that were not judged and do not count: 1." in told
    assert "Chance is that among the 2 which" in told


def test_files_that_do_not_belong_together_are_refused() -> None:
    qrels = Qrels({"q1": {"a": 1}}, "judged")
    with pytest.raises(BadInput, match="mine answers none of the 1 queries that judged judges: it has for example Q1"):
        evaluate_runs([Run({"Q1": [("a", 1.0)]}, "mine")], qrels, METRICS)
    with pytest.raises(BadInput, match="finds nothing relevant"):
        evaluate_runs([Run({"q1": [("a", 1.0)]})], Qrels({"q1": {"a": 0}}), METRICS)
    with pytest.raises(BadInput, match="each needs its own"):
        evaluate_runs([Run({"q1": [("a", 1.0)]})] * 2, qrels, METRICS)
    with pytest.raises(BadInput, match="name 2 documents, more than 1"):
        evaluate_runs([Run({"q1": [("b", 1.0)]})], qrels, METRICS, documents=1)


def test_an_evaluation_goes_to_json_and_back() -> None:
    (worse, qrels), (better, _) = made(1.5, "worse", queries=6), made(0.5, "better", queries=6)
    evaluation = evaluate_runs([worse, better], qrels, METRICS, curves=("11", "raw"))
    data = json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))
    assert Evaluation.from_dict(data).as_dict() == data
    again = Evaluation.from_dict(data).scopes[0]
    assert np.array_equal(again.scores["map"], evaluation.scopes[0].scores["map"])
    assert again.figures == evaluation.scopes[0].figures
    assert again.curves[1].interpolation == evaluation.scopes[0].curves[1].interpolation


def test_what_is_not_a_number_is_null_in_json() -> None:
    values = np.array([0.5, math.nan])
    scope = Scope(
        {"from": "image"},
        (Figure("map", 0.5, math.nan, math.nan, math.nan, 1),),
        ("a", "b"),
        {"map": values},
        (Curve("c", "raw", values, values),),
        {"image": {"text": 0.25}},
    )
    evaluation = Evaluation("t", "labels", (scope,), (), {}, 0, "1", "m", "d")
    data = json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))
    assert data["scopes"][0]["figures"][0]["low"] is None
    assert data["scopes"][0]["scores"]["map"] == [0.5, None]
    again = Evaluation.from_dict(data)
    assert math.isnan(again.scopes[0].figures[0].low)
    assert np.array_equal(again.scopes[0].scores["map"], values, equal_nan=True)
    assert again.scopes[0].confusion == {"image": {"text": 0.25}}


@pytest.mark.parametrize("data", [{}, {"scopes": 3}, {"scopes": [{}]}])
def test_json_that_is_no_evaluation_is_refused(data: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(BadInput, match="not an evaluation"):
        Evaluation.from_dict(data)


def test_the_same_seed_gives_the_same_evaluation() -> None:
    run, qrels = made(1.0, "mine")
    one, other = (evaluate_runs([run], qrels, METRICS, seed=3).as_dict() for _ in range(2))
    assert one | {"date": ""} == other | {"date": ""}


def way(values: list[float], **names: str) -> Scope:
    figure = Figure("map", float(np.mean(values)), 0.0, 1.0, 0.0, len(values))
    queries = tuple(f"q{number}" for number in range(len(values)))
    return Scope(names, (figure,), queries, {"map": np.array(values), "mrr": np.array(values)})


def test_ways_within_one_evaluation_are_paired_where_one_thing_differs() -> None:
    random = np.random.default_rng(3)
    level = random.random(40)
    good, bad = (level + 0.2).tolist(), level.tolist()
    scopes = [
        way(values, **{"from": source, "to": "image"}, space=space, mode=mode)
        for source in ("image", "text")
        for space, values in (("colour", good), ("shape", bad))
        for mode in ("quick", "precise")
    ]
    told = within(scopes, seed=1)
    pairs = [(one.first, one.second) for one in told if one.shared["from"] == "image"]
    # Not: colour quick with shape precise, which differ in two things.
    assert pairs == [
        ("colour, quick", "colour, precise"),
        ("colour, quick", "shape, quick"),
        ("colour, precise", "shape, precise"),
        ("shape, quick", "shape, precise"),
    ]
    assert len(told) == 8
    for one in told:
        (each,) = one.differences
        assert each.metric == "map"
        differ = "space" in one.differing
        assert (each.corrected < LEVEL) == differ
        assert each.difference == pytest.approx(-0.2 if differ else 0)
    # Holm over all pairs of both directions: the least p by eight, of which four are the least.
    assert min(one.differences[0].corrected for one in told) == pytest.approx(8 / 10_001)
    assert within(scopes[:1], seed=1) == ()
