"""Metrics by the names that users type."""

from __future__ import annotations

import pytest

from pinakes.errors import BadInput, UnknownName
from pinakes.metrics.names import METRICS, parse, parse_all


def test_a_metric_is_found_however_papers_write_it() -> None:
    for typed, name in {
        "P@10": "p@10",
        "Recall@5": "r@5",
        "mAP": "map",
        "AP@100": "map@100",
        "nDCG@10": "ndcg@10",
        "MRR": "mrr",
        " hit@1 ": "hit@1",
        "success@3": "hit@3",
        "F1@radius=2": "f1@radius=2",
        "precision@radius=0": "p@radius=0",
    }.items():
        assert parse(typed).name == name


def test_a_metric_says_what_it_means_with_its_cut_off() -> None:
    assert parse("p@10").meaning == "share of the first 10 that is relevant"
    assert parse("p@radius=2").meaning == "share of what lies within Hamming radius 2 that is relevant"
    for name in METRICS.names():
        metric = parse(f"{name}@3" if METRICS.get(name).cut != "not" else name)
        assert "{" not in metric.meaning + metric.rule
        assert metric.rule


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("mapp", "Did you mean map"),
        ("", "is not the name of a metric"),
        ("ndcg@", "is not the name of a metric"),
        ("ndcg@ten", "is not the name of a metric"),
        ("map@-1", "is not the name of a metric"),
    ],
)
def test_a_wrong_name_is_answered_with_a_right_one(typed: str, told: str) -> None:
    with pytest.raises(UnknownName) as caught:
        parse(typed)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("p", "Write p@10"),
        ("hit", "how deep"),
        ("map@0", "from 1 to"),
        ("map@1000000001", "from 1 to"),
        ("map@99999999999999999999", "from 1 to"),
        ("rprec@10", "takes no cut-off"),
        ("ndcg@radius=2", "not measured within a radius"),
    ],
)
def test_a_cut_off_that_does_not_fit_is_refused(typed: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(typed)
    assert told in str(caught.value)


def test_a_list_of_metrics_holds_each_once_and_in_order() -> None:
    assert [metric.name for metric in parse_all("ndcg@10, map,AP,,p@1")] == ["ndcg@10", "map", "p@1"]
    with pytest.raises(BadInput, match="No metric"):
        parse_all(" , ")
