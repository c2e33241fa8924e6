"""Chance levels: against the mean over every order of a small collection, and against seeded orders of a larger one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.evaluate.judged import Qrels, Run, ranked
from pinakes.metrics.chance import by_orders, chance
from pinakes.metrics.names import METRICS, parse
from pinakes.metrics.ranked import Ranked
from tests.metrics import twins

NAMES = (
    "p@1", "p@3", "p@9", "r@1", "r@3", "r@9", "f1@1", "f1@3", "f1@9", "map", "map@1", "map@3", "map@9", "ndcg",
    "ndcg@3", "ndcg@9", "mrr", "mrr@2", "hit@1", "hit@3", "hit@9", "accuracy", "accuracy@3", "rprec", "bpref",
)  # fmt: skip
# bpref has no closed form: its level is estimated.
EXACT = tuple(name for name in NAMES if name != "bpref")


@pytest.mark.parametrize(
    "grades", [{"a": 1}, {"a": 1, "b": 2, "c": 0}, {"a": 3, "b": 1, "c": 1, "d": 1, "e": 2, "f": 1}]
)
def test_the_level_is_the_mean_over_every_order(grades: dict[str, int]) -> None:
    documents = "abcdef"
    _, lists = ranked(Run({}), Qrels({"q": grades}), documents=len(documents))
    for name in EXACT:
        values = [
            twins.value(name, [(one, -rank) for rank, one in enumerate(order)], grades, len(documents))
            for order in permutations(documents)
        ]
        assert chance(parse(name), lists).item() == pytest.approx(np.mean(values), abs=1e-9), name


@pytest.mark.parametrize("name", NAMES)
def test_seeded_orders_come_near_the_level(name: str) -> None:
    qrels = Qrels({"q": {f"d{row}": row % 4 for row in range(12)}, "none": {"a": 0}, "one": {"a": 2}})
    _, lists = ranked(Run({}), qrels, documents=60)
    estimated = by_orders(parse(name), lists, seed=3, orders=4_000)
    assert chance(parse(name), lists) == pytest.approx(estimated, abs=0.05)
    assert np.array_equal(by_orders(parse(name), lists, seed=3), by_orders(parse(name), lists, seed=3))


def test_every_metric_has_a_level() -> None:
    assert {name.partition("@")[0] for name in NAMES} == set(METRICS.names())


def test_a_query_without_anything_relevant_has_no_level() -> None:
    nothing = np.zeros((1, 0))
    count = np.zeros(1, np.int64)
    lists = Ranked(nothing, nothing, count, count, nothing > 0, count, count + 5)
    for name in NAMES:
        assert np.isnan(chance(parse(name), lists)).all(), name


def test_a_level_needs_the_size_of_the_collection() -> None:
    _, lists = ranked(Run({}), Qrels({"q": {"a": 1}}))
    with pytest.raises(BadInput, match="how many documents"):
        chance(parse("map"), lists)
    with pytest.raises(BadInput, match="radius"):
        chance(parse("p@radius=2"), ranked(Run({}), Qrels({"q": {"a": 1}}), documents=3)[1])


def test_random_scores_reach_what_chance_says() -> None:
    random = np.random.default_rng(4)
    documents = [f"d{number}" for number in range(200)]
    grades = {f"q{number}": dict.fromkeys(random.choice(documents, 20, replace=False), 1) for number in range(400)}
    run = Run({query: list(zip(documents, random.random(200).tolist(), strict=True)) for query in grades})
    _, lists = ranked(run, Qrels(grades), documents=200)
    for name in ("map", "ndcg@10", "mrr", "p@10", "hit@10", "f1@20"):
        values = parse(name).of(lists)
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - chance(parse(name), lists).mean()) < 3 * error, name
