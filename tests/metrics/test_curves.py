"""Precision over recall: by hand, against a plain loop, and against trec_eval."""

from __future__ import annotations

import numpy as np
import pytest
import pytrec_eval

from pinakes.errors import UnknownName
from pinakes.evaluate.judged import Qrels, Run, ranked
from pinakes.metrics.curves import INTERPOLATIONS, curve
from pinakes.metrics.ranked import Ranked, of_relevance


def made(seed: int) -> tuple[Run, dict[str, dict[str, int]], Ranked]:
    random = np.random.default_rng(seed)
    documents = [f"d{number}" for number in range(30)]
    answers, grades = {}, {}
    for query in (f"q{number}" for number in range(8)):
        found = random.choice(documents, random.integers(1, 30), replace=False)
        answers[query] = [(one, float(random.integers(0, 9))) for one in found]
        judged = random.choice(documents, 12, replace=False)
        grades[query] = {one: int(random.integers(0, 3)) for one in judged}
    run = Run(answers)
    return run, grades, ranked(run, Qrels(grades))[1]


@pytest.mark.parametrize("seed", range(20))
def test_eleven_points_equal_those_of_trec_eval(seed: int) -> None:
    run, grades, lists = made(seed)
    evaluator = pytrec_eval.RelevanceEvaluator(grades, {"iprec_at_recall"})
    figures = evaluator.evaluate({query: dict(answer) for query, answer in run.answers.items()})
    expected = [np.mean([one[f"iprec_at_recall_{level / 10:.2f}"] for one in figures.values()]) for level in range(11)]
    assert curve(lists, "11").precision == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_and_one_points_equal_a_plain_loop(seed: int) -> None:
    _, _, lists = made(seed)
    points = curve(lists, "101")
    for number, level in enumerate(points.recall):
        best = []
        for hits, relevant in zip(lists.hits, lists.relevant, strict=True):
            places = range(1, len(hits) + 1)
            reached = [hits[:rank].sum() / rank for rank in places if hits[:rank].sum() / relevant >= level - 1e-12]
            best.append(max(reached, default=0))
        assert points.precision[number] == pytest.approx(np.mean(best), abs=1e-9)


def test_the_raw_curve_by_hand() -> None:
    lists = of_relevance(np.array([[True, False, True], [False, True, False]]), np.array([2, 4]))
    points = curve(lists, "raw")
    assert points.recall == pytest.approx([1 / 4, (1 / 2 + 1 / 4) / 2, (1 + 1 / 4) / 2])
    assert points.precision == pytest.approx([1 / 2, 1 / 2, (2 / 3 + 1 / 3) / 2])


def test_queries_without_anything_relevant_do_not_count() -> None:
    hits = np.array([[True], [False]])
    assert curve(of_relevance(hits, np.array([1, 0]))).precision == pytest.approx(np.ones(11))
    assert curve(of_relevance(hits, np.array([0, 0]))).precision.shape == (0,)


def test_lists_without_ranks_are_drawn_at_the_ground() -> None:
    lists = of_relevance(np.zeros((1, 0), np.bool_), np.array([2]))
    assert curve(lists, "11").precision.tolist() == [0] * 11
    assert curve(lists, "raw").precision.shape == (0,)


def test_every_interpolation_is_told_in_words() -> None:
    assert set(INTERPOLATIONS) == {"raw", "11", "101"}
    with pytest.raises(UnknownName, match="no interpolation"):
        curve(of_relevance(np.zeros((1, 0), np.bool_), np.array([2])), "12")
