"""The benchmark of metrics: the same lists to ours and to trec_eval, and codes in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.metrics import _made
from benchmarks.metrics_codes import labelled
from benchmarks.peers.metrics_ours import Ours
from benchmarks.peers.metrics_trec import TrecEval
from benchmarks.peers.speak_metrics import METRICS, answered
from benchmarks.processes import run_module


def test_ours_and_trec_eval_tell_the_same_of_the_same_lists(tmp_path: Path) -> None:
    path = tmp_path / "lists.json"
    path.write_text(json.dumps(_made(20, 150)))
    ours, theirs = (answered(peer, {"do": "measure", "lists": str(path)})["values"] for peer in (Ours(), TrecEval()))
    assert set(ours) == set(theirs) == set(METRICS)
    for metric in METRICS:
        assert ours[metric] == pytest.approx(theirs[metric], abs=1e-9)


def test_the_lists_hold_ties_and_something_relevant_to_each_query() -> None:
    made = _made(5, 90)
    for query, answer in made["run"].items():
        assert list(answer.values()).count(0.5) > 10
        assert max(made["qrels"][query].values()) >= 1
    assert made == _made(5, 90)


def test_codes_tell_their_labels_better_than_chance() -> None:
    told = run_module("benchmarks.metrics_codes", {"queries": 20, "codes": 2_000, "ties": "rows"}, cores=1)
    assert told["peak_mb"] > 10
    random = np.random.default_rng(1)
    directions = random.standard_normal((80, 64)).astype(np.float32)
    queries, collection = (labelled(random, directions, count) for count in (20, 2_000))
    shared = np.asarray(queries.labels, int) @ np.asarray(collection.labels, int).T > 0
    assert told["map"] > 1.2 * shared.mean()
