"""Fusions side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pinakes.cli.compare import differences
from pinakes.cli.main import main
from pinakes.errors import EXIT_BAD_INPUT, BadInput
from pinakes.learn.data.source import Source
from pinakes.learn.experiment.plan import Plan, read_plan
from pinakes.learn.experiment.run import build
from pinakes.learn.fusion.compare import Contest, Row, compare, fusions, planned
from tests.learn.experiment.shelf import config

CONFIG = """
name = "fused"
[data]
layout = "features"
folder = "features.npz"
[split]
query = 0.25
validation = 0.2
[method]
name = "fusion-weighted"
dim = 8
centres = 8
words = 8
heads = 2
layers = 1
[train]
epochs = 3
batch = 24
rate = 0.01
threads = 1
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return read_plan(config(tmp_path, CONFIG, "fused.toml"))


WAYS = {"image to works", "text to works", "all to works"}


def test_each_fusion_has_a_row_and_late_fusion_has_two(plan: Plan, tmp_path: Path) -> None:
    names = ["fusion-weighted", "fusion-association", "joint"]
    rows = compare(plan, tmp_path / "runs", names, seeds=2)
    assert [row.method for row in rows] == ["fusion-weighted", "fusion-association", "late voting", "late weighted"]
    for row in rows:
        assert set(row.seeds[0]) == WAYS
        assert len(row.seeds) == 2
        for way in WAYS:
            # By chance a quarter is relevant.
            assert min(row.means(way, "map")) > 0.5, (row.method, way)
            assert row.each(way, "map").shape == (30,)
        told = row.as_dict()["ways"]["all to works"]["map"]
        assert told["mean"] == pytest.approx(np.mean(told["seeds"]))
    assert rows[0].parameters > 0
    assert rows[1].parameters == 0
    again = compare(plan, tmp_path / "runs", names[:1], seeds=2)
    assert again[0].as_dict()["ways"] == rows[0].as_dict()["ways"], "what was done is not done again"


def test_all_fusions_are_compared_where_none_is_named(plan: Plan) -> None:
    assert len(fusions()) == 10
    made = planned(plan, "fusion-crossmodal", 3, labelled=True)
    assert made.config == {"dim": 8, "heads": 2, "layers": 1}
    assert made.train.seed == 3
    assert made.evaluate.relevant == "labels"
    assert planned(plan, "fusion-association", 3, labelled=False).evaluate.metrics == ("mrr", "r@1", "r@10")


def test_what_is_no_fusion_is_refused(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="dcmh is no fusion"):
        compare(plan, tmp_path, ["dcmh"])
    with pytest.raises(BadInput, match="0 seeds"):
        compare(plan, tmp_path, ["joint"], seeds=0)


def source(plan: Plan) -> Source:
    found = build(planned(plan, "joint", 0, labelled=True)).source("query")
    assert found is not None
    return found


def test_a_row_is_not_its_own_answer_and_one_that_lacks_what_it_asks_by_does_not_count(plan: Plan) -> None:
    asking = source(plan)
    labels = asking.labels
    assert labels is not None
    itself = np.eye(asking.rows, dtype=np.float32)
    test = Contest(asking, asking, "labels", ("p@1", "map"))
    perfect = (labels @ labels.T).numpy() + itself
    scores = test.scores(["text"], lambda known: lambda some: perfect[some])
    assert (scores["text to works"]["map"] == 1).all()
    lacking = replace(asking.set, present={"text": np.arange(len(asking.set)) % 2 == 0})
    half = replace(asking, set=lacking)
    found = Contest(half, asking, "pairs", ("r@1",)).scores(["text"], lambda known: lambda some: itself[some])
    counted = ~np.isnan(found["text to works"]["r@1"])
    assert counted.tolist() == lacking.present["text"][half.chosen].tolist()
    assert (found["text to works"]["r@1"][counted] == 1).all()


def test_by_pairs_nothing_is_asked_by_all_that_is_known_of_it(plan: Plan) -> None:
    asking = source(plan)
    itself = np.eye(asking.rows, dtype=np.float32)
    for by, ways in (("pairs", {"text", "image"}), ("labels", {"text", "image", "all"})):
        found = Contest(asking, asking, by, ("r@1",)).scores(["text", "image"], lambda known: lambda some: itself[some])
        assert {way.removesuffix(" to works") for way in found} == ways


def test_a_fusion_that_is_named_twice_has_one_row_and_none_is_trained_where_no_row_asks(
    plan: Plan, tmp_path: Path
) -> None:
    rows = compare(plan, tmp_path / "runs", ["fusion-weighted", "fusion-weighted"])
    assert [each.method for each in rows] == ["fusion-weighted"]
    none = replace(plan, split=replace(plan.split, query=0.0, validation=0.0))
    with pytest.raises(BadInput, match=r"No row asks for others\. Raise split\.query"):
        compare(none, tmp_path / "none", ["fusion-weighted"])
    assert not (tmp_path / "none").exists()


def row(method: str, values: list[float]) -> Row:
    return Row(method, ({"all to works": {"map": np.array(values)}},), 10, 1.0)


def test_the_best_is_named_with_those_that_may_be_as_good() -> None:
    good = np.random.default_rng(0).uniform(0.3, 0.9, 60)
    like = good + np.tile([0.1, -0.11], 30)
    rows = [row("bad", list(good - 0.3)), row("good", list(good)), row("like", list(like))]
    (told,) = differences(rows, 0)
    assert told["best"] == "good"
    assert told["others"]["bad"] < 0.001
    assert told["others"]["like"] > 0.05


def test_the_command_shows_a_table_and_tells_programs_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, runs = str(config(tmp_path, CONFIG, "fused.toml")), str(tmp_path / "runs")
    given = ["compare", "fusion", path, "--methods", "fusion-weighted,fusion-association", "--to", runs]
    assert main(given) == 0
    shown = capsys.readouterr().out
    assert "fusion-weighted" in shown
    assert "all to works" in shown
    assert "has the best map" in shown
    assert main([*given, "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one.get("method") for one in told] == ["fusion-weighted", "fusion-association", None, None, None]
    assert told[2]["way"] in WAYS
    assert main([*given[:3], "--methods", "dcmh"]) == EXIT_BAD_INPUT
