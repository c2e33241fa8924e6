"""Measured costs as plain data."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import pytest

from pinakes.evaluate.cost import Compared, Cost, Growth, Loaded, Stored, Timing
from pinakes.evaluate.timing import percentile


def filled(kind: type[Any], **given: Any) -> Any:
    """An object whose numbers all differ."""
    kinds = {"int": int, "float": float, "str": str}
    made = {one.name: kinds[str(one.type)](number) for number, one in enumerate(fields(kind), 1)}
    return kind(**made | given)


COST = Cost(
    title="A library",
    date="2026-11-27",
    seed=7,
    machine={"cpu": "one", "cores": 2, "versions": {"numpy": "2"}},
    timings=(filled(Timing), filled(Timing, mode="quick")),
    growths=(filled(Growth),),
    stored=(filled(Stored),),
    loads=(filled(Loaded, joules=3.5), filled(Loaded)),
    compared=(filled(Compared),),
    notes=("What is counted.",),
)


def test_costs_go_through_json_and_back() -> None:
    assert Cost.from_dict(json.loads(json.dumps(COST.as_dict()))) == COST


def test_costs_go_through_lines_and_back() -> None:
    lines = [json.dumps(record) for record in COST.records()]
    assert len(lines) == 1 + 2 + 1 + 1 + 2 + 1 + 1
    assert [next(iter(json.loads(line))) for line in lines][:3] == ["about", "timing", "timing"]
    assert Cost.from_records(map(json.loads, lines)) == COST


def test_what_is_no_number_is_null_in_json_and_no_number_again_behind_it() -> None:
    cost = Cost("", "", 1, {}, loads=(filled(Loaded, joules=math.nan, rate=math.nan),))
    told = json.dumps(cost.as_dict(), allow_nan=False)
    (back,) = Cost.from_dict(json.loads(told)).loads
    assert math.isnan(back.joules)
    assert math.isnan(back.rate)
    assert back.p50 == cost.loads[0].p50


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(list(map(float, range(100))), 0.99) == 99.0
    assert percentile([1.0], 0.99) == 1.0
    assert math.isnan(percentile([], 0.5))


def test_a_cost_of_nothing_is_a_cost() -> None:
    with pytest.raises(TypeError):
        Cost.from_dict({"title": "no date"})
    assert Cost.from_dict(Cost("a", "b", 1, {}).as_dict()) == Cost("a", "b", 1, {})
