"""What methods can be told: every number of every method has its bounds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.bounded import Bounds
from pinakes.learn.experiment.methods import method_of, methods
from pinakes.learn.experiment.plan import JudgePlan, SplitPlan, TowerPlan, from_dict
from pinakes.learn.training.settings import TrainSettings, read_table
from pinakes.learn.tune.settings import TuneSettings


def told(method: str, **settings: Any) -> Any:
    """The settings of a method as a configuration tells them."""
    return read_table(method_of(method).config, settings, "method")


def numbers() -> Iterator[tuple[str, str, type]]:
    """Every number that a method is told."""
    for method in methods().names():
        for each in fields(method_of(method).config):
            if type(each.default) in (int, float):
                yield method, each.name, type(each.default)


@pytest.mark.parametrize(("method", "name", "kind"), list(numbers()))
def test_no_number_of_a_method_is_taken_that_makes_no_sense(method: str, name: str, kind: type) -> None:
    for value in (kind(-1), *([] if kind is int else [-1e-9, math.inf, -math.inf, math.nan])):
        with pytest.raises((BadSetting, BadInput)):
            told(method, **{name: value})


@pytest.mark.parametrize(("method", "name", "kind"), list(numbers()))
def test_numbers_are_taken_up_to_their_bounds(method: str, name: str, kind: type) -> None:
    bounds = next(each for each in fields(method_of(method).config) if each.name == name).metadata.get("bounds")
    if bounds is None:
        # Its class checks it, together with others.
        return
    # Nothing is doubted that is not read off the codes.
    beside = {"classify": 0.5} if name == "doubt" else {}
    # A single dimension is one that no two heads could share.
    heads = {each.name for each in fields(method_of(method).config)} & {"heads", "attention_heads"}
    beside |= dict.fromkeys(heads - {name}, 1) if name in ("dim", "width") else {}
    step = 1 if kind is int else 1e-6
    inside = [bounds.least] if bounds.above is None else [bounds.above + step]
    inside += [bounds.most] if bounds.most is not None else []
    inside += [bounds.below - step] if bounds.below is not None else []
    for value in inside:
        assert getattr(told(method, **beside, **{name: kind(value)}), name) == value
    outside = [bounds.least - step] if bounds.above is None else [bounds.above]
    outside += [bounds.most + step] if bounds.most is not None else []
    outside += [bounds.below] if bounds.below is not None else []
    for value in outside:
        with pytest.raises(BadSetting) as found:
            told(method, **{name: kind(value)})
        assert found.value.message == f"method.{name} must be {bounds}, not {kind(value)}."


@pytest.mark.parametrize(("method", "name", "kind"), list(numbers()))
def test_settings_made_by_hand_are_checked_as_those_of_a_configuration(method: str, name: str, kind: type) -> None:
    config = method_of(method).config
    for value in (kind(-1), "many", True, *([0.5] if kind is int else [math.nan, math.inf])):
        with pytest.raises(BadSetting, match=rf"^{name} "):
            config(**{name: value})


def test_what_notebooks_have_at_hand_is_taken_for_what_it_says(tmp_path: Path) -> None:
    made = method_of("dcmh").config(bits=np.int64(16), hidden=[np.int32(8)], dropout=np.float32(0.25), quantise=1)
    assert made == told("dcmh", bits=16, hidden=[8], dropout=0.25, quantise=1.0)
    assert [type(each) for each in (made.bits, made.hidden, made.dropout, made.quantise)] == [int, tuple, float, float]
    plan = from_dict(
        {
            "data": {"layout": "features", "folder": tmp_path / "features.npz"},
            "method": {"name": "dcmh", "bits": np.int64(16), "hidden": np.array([8, 4])},
        }
    )
    assert (plan.data.folder, plan.config) == (str(tmp_path / "features.npz"), {"bits": 16, "hidden": [8, 4]})
    assert json.loads(json.dumps(plan.as_dict()))["method"]["bits"] == 16


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: TrainSettings(rate="fast"), "rate is 'fast', where a number belongs"),  # type: ignore[arg-type]
        (lambda: TuneSettings(trials=1.5), "trials is 1.5, where a whole number belongs"),  # type: ignore[arg-type]
        (lambda: TowerPlan(length=0), "length must be 1 or more, not 0"),
        (lambda: SplitPlan(seed=-1), "seed must be 0 or more, not -1"),
        (lambda: JudgePlan(metrics="map"), "metrics is 'map', where a list belongs"),  # type: ignore[arg-type]
    ],
)
def test_so_are_the_tables_of_a_plan(made: Callable[[], object], said: str) -> None:
    with pytest.raises(BadSetting, match=f"^{re.escape(said)}"):
        made()


def test_bounds_are_told_in_words() -> None:
    words = [str(each) for each in (Bounds(), Bounds(above=0), Bounds(1, most=9), Bounds(above=0, most=1))]
    assert words == ["0 or more", "more than 0", "from 1 to 9", "from above 0 to 1"]
    assert str(Bounds(below=1)) == "from 0 to below 1"
