"""What methods can be told: every number of every method has its bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.bounded import Bounds
from pinakes.learn.experiment.methods import method_of, methods
from pinakes.learn.training.settings import read_table


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


def test_bounds_are_told_in_words() -> None:
    words = [str(each) for each in (Bounds(), Bounds(above=0), Bounds(1, most=9), Bounds(above=0, most=1))]
    assert words == ["0 or more", "more than 0", "from 1 to 9", "from above 0 to 1"]
    assert str(Bounds(below=1)) == "from 0 to below 1"
