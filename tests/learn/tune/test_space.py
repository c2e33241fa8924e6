"""Spaces: what a configuration says is what will be tried, and what can not be tried is refused by name."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.experiment.plan import from_dict
from pinakes.learn.tune.settings import TuneSettings, checked, from_table
from pinakes.learn.tune.space import Choices, Range, changed, grid, read_space
from tests.learn.tune.toys import plan


def test_settings_are_named_by_dots_in_one_word_or_table_in_table(tmp_path: Path) -> None:
    told = {"train.rate": {"low": 0.001, "high": 0.1, "log": True}, "train": {"batch": [16, 32]}}
    assert read_space(told, plan(tmp_path)) == {
        "train.rate": Range(0.001, 0.1, log=True),
        "train.batch": Choices((16, 32)),
    }


def test_a_range_is_of_whole_numbers_where_the_setting_is(tmp_path: Path) -> None:
    space = read_space({"train.batch": {"low": 16.0, "high": 64}, "train.rate": {"low": 1, "high": 2}}, plan(tmp_path))
    assert space == {"train.batch": Range(16, 64, whole=True), "train.rate": Range(1.0, 2.0)}


def test_a_range_of_widths_stands_for_lists_of_one_width(tmp_path: Path) -> None:
    small = plan(tmp_path)
    assert read_space({"method.hidden": {"low": 100, "high": 500}}, small)["method.hidden"] == Range(
        100, 500, whole=True
    )
    assert changed(small, {"method.hidden": 100}).config["hidden"] == (100,)


def test_changing_a_plan_leaves_the_plan_and_all_other_settings_alone(tmp_path: Path) -> None:
    small = plan(tmp_path, "image.standardise=true", "image.network=resnet18")
    other = changed(small, {"train.rate": 0.5, "method.bits": 32, "image.settings.width": 0.5})
    assert (other.train.rate, other.config["bits"], other.towers["image"].settings) == (0.5, 32, {"width": 0.5})
    assert changed(other, {"train.rate": 0.01, "method.bits": 16}).towers["image"].standardise
    assert (small.train.rate, small.config["bits"], small.towers["image"].settings) == (0.01, 16, {})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "the space is empty"),
        ({"train.rte": [1]}, "train has no setting rte. Did you mean rate"),
        ({"method.bit": [16]}, "method has no setting bit. Did you mean bits"),
        ({"optimiser": ["adam"]}, "optimiser can not be tuned"),
        ({"split.validation": [0.1]}, "split.validation can not be tuned"),
        ({"data.folder": ["a", "b"]}, "data.folder can not be tuned"),
        ({"train.seed": [1, 2]}, "A seed is no setting"),
        ({"method.name": ["dcmh", "idcmh"]}, "Tune each method by itself"),
        ({"text.words": [10, 20]}, "no table [text]"),
        ({"train.rate": {"low": 0.1, "high": 0.01}}, "is empty: low is 0.1, and high is 0.01"),
        ({"train.rate": {"low": 0, "high": 0.01, "log": True}}, "can not be logarithmic from 0 on"),
        ({"train.rate": {"low": 0.01}}, "wants two numbers"),
        ({"train.rate": {"low": 0.01, "high": float("nan")}}, "wants two numbers"),
        ({"train.rate": {"low": 0.01, "hgih": 0.1}}, "has no hgih. Did you mean high"),
        ({"train.rate": {"choices": [1], "low": 2}}, "Give one of the two"),
        ({"train.rate": {"low": 0.1, "high": 1, "steps": 2.5}}, "steps of train.rate is a whole number"),
        ({"train.rate": []}, "nothing to choose from"),
        ({"train.rate": [0.1, 0.1]}, "hold 0.1 twice"),
        ({"train.rate": 0.1}, "tells only 0.1"),
        ({"train.batch": {"low": 16.5, "high": 64}}, "train.batch is a whole number"),
        ({"train.batch": [1, 16]}, "train.batch is 1"),
        ({"train.rate": {"low": -1, "high": 1}}, "train.rate must be more than 0"),
        ({"method.bits": ["many"]}, "method.bits is 'many'"),
        ({"method.dropout": {"low": 0.2, "high": 1.5}}, "method.dropout must be from 0 to below 1, not 1.5"),
        ({"image.settings.widht": [0.5]}, "no setting of resnet18. Did you mean width"),
    ],
)
def test_what_can_not_be_tried_is_refused_before_anything_is(tmp_path: Path, told: dict[str, Any], said: str) -> None:
    with pytest.raises((BadSetting, BadInput)) as caught:
        read_space(told, plan(tmp_path, "image.network='resnet18'"))
    assert said in str(caught.value)


def test_settings_of_a_network_that_is_not_named_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="no network is named"):
        read_space({"image.settings.width": [0.5]}, plan(tmp_path, "image.side=32"))


def test_a_grid_is_exactly_the_product_of_its_values() -> None:
    points = list(grid({"a": Choices((0.001, 0.01, 0.1)), "b": Choices((16, 32, 64)), "c": Choices((32, 64, 128))}))
    assert Counter(tuple(point.values()) for point in points) == Counter(
        {(a, b, c): 1 for a in (0.001, 0.01, 0.1) for b in (16, 32, 64) for c in (32, 64, 128)}
    )


def test_a_grid_of_a_range_wants_to_know_how_many_steps() -> None:
    with pytest.raises(BadSetting, match="Say how many, as steps = 5"):
        grid({"train.rate": Range(0.1, 1.0)})


def test_a_grid_that_nobody_could_wait_for_is_refused_at_its_limit() -> None:
    whole = Choices(tuple(range(1000)))
    assert next(grid({"a": whole, "b": Choices(tuple(range(100)))})) == {"a": 0, "b": 0}
    with pytest.raises(BadSetting, match="101,000 points; the limit is 100,000"):
        grid({"a": whole, "b": Choices(tuple(range(101)))})


@example(5.0, 1.0, 3, True, False)
@given(st.floats(1e-6, 1e3), st.floats(1, 1e3), st.integers(2, 30), st.booleans(), st.booleans())
def test_points_of_a_range_rise_from_its_low_to_its_high_end(
    low: float, times: float, steps: int, log: bool, whole: bool
) -> None:
    low = round(low) + 1 if whole else low
    high = round(low * times) if whole else low * times
    points = Range(low, high, log, whole, steps).points()
    assert (points[0], points[-1]) == (low, high)
    assert list(points) == sorted(points)
    assert len(points) == len(set(points)) <= steps
    assert all(isinstance(point, int if whole else float) for point in points)


def test_logarithmic_points_stand_in_equal_ratios() -> None:
    assert Range(0.001, 0.1, log=True, steps=3).points() == pytest.approx((0.001, 0.01, 0.1))
    assert Range(16, 64, log=True, whole=True, steps=3).points() == (16, 32, 64)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"trials": 0}, "tune.trials must be at least 1, not 0"),
        ({"sampler": "tpa"}, "Did you mean tpe"),
        ({"pruner": "mean"}, "Did you mean median"),
        ({"crossing": "cut"}, "tune.crossing can not be cut"),
        ({"mutation": 1.5}, "a chance, from 0 to 1"),
        ({"population": 1}, "at least 2"),
        ({"population": 2, "crossing": "spx"}, "at least 3"),
        ({"parallel": 0}, "tune.parallel must be at least 1"),
        ({"parallel": 257}, "the limit is 256"),
        ({"trails": 5}, "Did you mean trials"),
        ({"trials": 2.5}, "a whole number belongs"),
    ],
)
def test_a_search_that_can_not_be_made_is_refused(told: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_table(told)
    assert said in str(caught.value)


def test_as_many_processes_as_the_limit_says_are_allowed() -> None:
    assert checked(TuneSettings(parallel=256)).parallel == 256


def test_what_numpy_makes_is_a_list_of_values(tmp_path: Path) -> None:
    told = {"train.rate": np.geomspace(0.001, 0.1, 3), "method.bits": [np.int64(8), np.int64(16)]}
    space = read_space(told, plan(tmp_path))
    assert space["method.bits"] == Choices((8, 16))
    assert json.loads(json.dumps([each.as_dict() for each in space.values()]))[0] == {
        "choices": pytest.approx([0.001, 0.01, 0.1])
    }


def test_values_that_go_with_others_of_the_space_alone_are_not_refused(tmp_path: Path) -> None:
    small = from_dict({**plan(tmp_path).as_dict(), "method": {"name": "mith", "width": 16, "attention_heads": 2}})
    told = {"method.attention_heads": [3, 2], "method.width": [9, 16]}
    assert read_space(told, small)["method.width"] == Choices((9, 16))
    with pytest.raises(BadInput, match="16 can not be shared by 3 heads"):
        read_space({"method.attention_heads": [3, 2]}, small)
    with pytest.raises(BadInput, match="16 can not be shared by 3 heads"):
        read_space({"method.attention_heads": [3, 2], "method.width": [16, 32]}, small)
