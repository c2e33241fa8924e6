"""What is tuned: names of settings with the values that they may have, checked against the plan that they change."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, fields
from itertools import islice, product
from math import isfinite, prod
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from pinakes.errors import BadInput, BadSetting, nearest
from pinakes.learn.experiment.methods import method_of
from pinakes.learn.experiment.plan import Plan, TowerPlan, from_dict
from pinakes.learn.networks.base import NETWORKS
from pinakes.learn.training.settings import TrainSettings, plain, read_table
from pinakes.types import MODALITIES

MOST_POINTS = 100_000
# Combinations of values that are looked through for one in which a value is possible.
_COMBINED = 1_000
_WORDS = ("low", "high", "log", "steps", "choices")
# What decides by which rows a trial is judged, or by which chance, is nothing to choose by what comes out.
_NOT_TUNED = {
    "train.seed": "A seed is no setting: the best of several is only the luckiest.",
    "train.monitor": "Name the figure as tune.metric.",
    "method.name": "Tune each method by itself, so that each has all trials for its own settings.",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Some values, without an order among them."""

    values: tuple[Any, ...]

    def labels(self) -> tuple[Any, ...]:
        """The values, or where they are lists or tables their JSON, as a study keeps them."""
        return tuple(each if isinstance(each, str | int | float) else json.dumps(each) for each in self.values)

    def points(self) -> tuple[Any, ...]:
        """All of them."""
        return self.values

    def ends(self) -> tuple[Any, ...]:
        """What all others lie between."""
        return self.values

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as in a configuration."""
        return {"choices": list(self.values)}


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from low to high, both with them."""

    low: float
    high: float
    log: bool = False
    # Whole numbers alone.
    whole: bool = False
    # Points of a grid; 0 where none were told.
    steps: int = 0

    def ends(self) -> tuple[Any, ...]:
        """What all others lie between."""
        return self.low, self.high

    def points(self) -> tuple[Any, ...]:
        """Those of a grid, at equal distances or, on a logarithmic range, in equal ratios."""
        spaced = np.geomspace if self.log else np.linspace
        found = np.clip(spaced(self.low, self.high, self.steps), self.low, self.high).tolist()
        # The ends are what was told, not what rounding makes of them.
        found[0], found[-1] = self.low, self.high if self.steps > 1 else self.low
        return tuple(dict.fromkeys(round(each) if self.whole else float(each) for each in found))

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as in a configuration."""
        told: dict[str, Any] = {"low": self.low, "high": self.high}
        return told | ({"log": True} if self.log else {}) | ({"steps": self.steps} if self.steps else {})


Dimension: TypeAlias = Choices | Range
Space: TypeAlias = Mapping[str, Dimension]


def read_space(table: Mapping[str, Any], plan: Plan) -> dict[str, Dimension]:
    """The space that a table tells, if every value that it names can be put into the plan."""
    if not table:
        raise BadSetting(
            "Nothing is to be tuned: the space is empty.",
            'Write settings under [tune.space], as "train.rate" = { low = 0.0001, high = 0.1, log = true }.',
        )
    space = {name: _dimension(name, entry, _default(name, plan)) for name, entry in _flat(plain(table))}
    for name, dimension in space.items():
        for value in dimension.ends():
            _check_possible(plan, space, name, value)
    return space


def _check_possible(plan: Plan, space: Space, name: str, value: Any) -> None:
    """Refuse a value with which no training can be made, whatever the other settings of the space are."""
    try:
        changed(plan, {name: value})
    except BadInput:
        # It does not go with what the plan says of another setting, which may be tuned too.
        others = {other: dimension.ends() for other, dimension in space.items() if other != name}
        for values in islice(product(*others.values()), _COMBINED):
            with suppress(BadInput, BadSetting):
                changed(plan, {name: value, **dict(zip(others, values, strict=True))})
                return
        raise


def changed(plan: Plan, values: Mapping[str, Any]) -> Plan:
    """The plan with some of its settings changed, checked as a configuration is."""
    told = deepcopy(plan.as_dict())
    for name, value in values.items():
        default = _default(name, plan)
        *tables, last = name.split(".")
        inner = told
        for table in tables:
            inner = inner.setdefault(table, {})
        # A list of widths may be told by the only one.
        inner[last] = (value,) if isinstance(default, tuple) and isinstance(value, int | float | str) else value
    found = from_dict(told)
    read_table(method_of(found.method).config, found.config, "method")
    return found


def grid(space: Space) -> Iterator[dict[str, Any]]:
    """All combinations, the last setting changing fastest."""
    for name, dimension in space.items():
        if isinstance(dimension, Range) and not dimension.steps:
            raise BadSetting(
                f"A grid tries single values, and {name} goes from {dimension.low:g} to {dimension.high:g}.",
                "Say how many, as steps = 5, or list them.",
            )
    points = [dimension.points() for dimension in space.values()]
    if (size := prod(map(len, points))) > MOST_POINTS:
        raise BadSetting(
            f"The grid has {size:,} points; the limit is {MOST_POINTS:,}.", "Lower the steps, or search at random."
        )
    return (dict(zip(space, values, strict=True)) for values in islice(product(*points), MOST_POINTS))


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The entries by their whole names, written as "train.rate" or as tables in tables."""
    for name, entry in table.items():
        if isinstance(entry, Mapping) and entry and not entry.keys() & {*_WORDS}:
            yield from _flat(entry, f"{before}{name}.")
        else:
            yield f"{before}{name}", entry


def _dimension(name: str, entry: Any, default: Any) -> Dimension:
    if isinstance(entry, Choices | Range):
        return entry
    if isinstance(entry, Sequence) and not isinstance(entry, str):
        return _choices(name, entry)
    if not isinstance(entry, Mapping):
        raise BadSetting(f"tune.space tells only {entry!r} for {name}.", "Give a list of values, or low and high.")
    for word in entry:
        if word not in _WORDS:
            raise BadSetting(f"The range of {name} has no {word}.", nearest(word, _WORDS))
    if "choices" in entry:
        if entry.keys() != {"choices"}:
            raise BadSetting(f"{name} has choices, and low, high, log or steps beside them.", "Give one of the two.")
        return _choices(name, entry["choices"])
    return _range(name, entry, default)


def _choices(name: str, values: Any) -> Choices:
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise BadSetting(f"{name} has nothing to choose from.", "List at least one value.")
    for place, value in enumerate(values):
        if any(type(value) is type(other) and value == other for other in values[:place]):
            raise BadSetting(f"The choices of {name} hold {value!r} twice.", "Leave one of them out.")
    return Choices(tuple(tuple(each) if isinstance(each, list) else each for each in values))


def _range(name: str, entry: Mapping[str, Any], default: Any) -> Range:
    low, high, steps, log = entry.get("low"), entry.get("high"), entry.get("steps", 0), entry.get("log", False)
    if not _number(low) or not _number(high):
        raise BadSetting(f"The range of {name} wants two numbers, low and high; they are {low!r} and {high!r}.")
    if low > high:
        raise BadSetting(f"The range of {name} is empty: low is {low:g}, and high is {high:g}.", "Swap the two.")
    if not isinstance(log, bool) or (log and low <= 0):
        raise BadSetting(f"The range of {name} can not be logarithmic from {low:g} on.", "Begin above 0.")
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 0:
        raise BadSetting(f"steps of {name} is a whole number, unlike {steps!r}.")
    if _number(default):
        whole = isinstance(default, int)
    else:
        whole = isinstance(low, int) and isinstance(high, int)
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        raise BadSetting(f"{name} is a whole number; its range goes from {low} to {high}.", "Give whole ends.")
    return Range(int(low) if whole else float(low), int(high) if whole else float(high), log, whole, steps)


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _default(name: str, plan: Plan) -> Any:
    """The value that a setting has where nothing is said; None where nobody knows. Unknown settings are errors."""
    if name in _NOT_TUNED:
        raise BadSetting(f"{name} can not be tuned.", _NOT_TUNED[name])
    table, _, rest = name.partition(".")
    if table in MODALITIES and table not in plan.towers:
        raise BadSetting(
            f"{name} is to be tuned, but the configuration has no table [{table}].",
            f"Write [{table}], and a table for every other modality that is learned from.",
        )
    towers = dict.fromkeys(plan.towers, TowerPlan)
    kinds: dict[str, Any] = {"train": TrainSettings, "method": method_of(plan.method).config, **towers}
    if table not in kinds or not rest:
        raise BadSetting(f"{name} can not be tuned.", f"Settings of {', '.join(kinds)} can, as train.rate.")
    first, _, inner = rest.partition(".")
    known = {each.name: each for each in fields(kinds[table])}
    if first not in known:
        raise BadSetting(f"{table} has no setting {first}.", nearest(first, known))
    if inner and table in plan.towers and first == "settings":
        return _of_network(name, inner, plan.towers[table])
    of = known[first]
    return None if inner or callable(of.default_factory) else of.default


def _of_network(name: str, setting: str, tower: TowerPlan) -> Any:
    """The default of a network's own setting."""
    if not tower.network:
        raise BadSetting(
            f"{name} can not be tuned: no network is named.", f"Write network = under [{name.split('.')[0]}]."
        )
    parameters = inspect.signature(NETWORKS.get(tower.network).build).parameters
    loose = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    if setting not in parameters and not loose:
        raise BadSetting(f"{name} is no setting of {tower.network}.", nearest(setting, parameters))
    default = parameters[setting].default if setting in parameters else None
    return None if default is inspect.Parameter.empty else default
