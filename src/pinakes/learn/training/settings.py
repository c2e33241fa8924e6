"""How long, how fast and how carefully to train: plain data, checked before anything is built."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any

import numpy as np

from pinakes.errors import BadSetting, nearest
from pinakes.learn.bounded import check_bounds, choices_of
from pinakes.settings import MOST_AT_ONCE, setting


@dataclass(frozen=True, slots=True)
class Checked:
    """Settings that are held to types and bounds as a configuration is, also where they are made by hand in Python."""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, _as_its_default(each, getattr(self, each.name), each.name))


@dataclass(frozen=True)
class TrainSettings(Checked):
    """The table `[train]` of a configuration."""

    epochs: int = setting(20, "times that every row is seen")
    batch: int = setting(128, "rows of a step; over several processes the rows of all of them together")
    seed: int = setting(0, "number from which everything random is drawn")
    optimiser: str = setting("adamw", "adamw, adam or sgd")
    rate: float = setting(0.001, "learning rate at its highest")
    rates: Mapping[str, float] = field(
        default_factory=dict, metadata={"help": "learning rates of single turns, by the turn's name"}
    )
    weight_decay: float = setting(0.0, "share of each weight that a step takes away, times the rate")
    l1: float = setting(0.0, "weight of the sum of absolute values in the loss, of all matrices of weights")
    l2: float = setting(0.0, "weight of half the sum of squares in the loss, of all matrices of weights")
    momentum: float = setting(0.9, "momentum of sgd, and the first of adam's two")
    schedule: str = setting("cosine", "how the rate goes: constant, step, cosine, one-cycle or plateau")
    warmup: float = setting(0.0, "share of all steps in which the rate rises from zero")
    step_epochs: int = setting(10, "epochs after which the schedule step lowers the rate")
    decay: float = setting(0.1, "factor by which step and plateau lower the rate")
    plateau_epochs: int = setting(3, "looks without a better figure after which plateau lowers the rate")
    clip: float = setting(0.0, "length to which longer gradients are shortened; 0: as they are")
    gradient_limit: float = setting(1e6, "length of a gradient at which training stops, since it has exploded")
    precision: str = setting("float32", "float32, or bfloat16 where the processor or GPU gains by it")
    compile: bool = setting(False, "compile the networks with torch.compile, which needs a C++ compiler")
    device: str = setting("auto", "auto (a GPU where there is one), cpu, cuda or mps")
    threads: int = setting(0, "threads of torch on the processor; 0: as many as there are cores")
    average: float = setting(0.0, "decay of a moving average of all weights, which is what is kept; 0: none")
    validate_epochs: int = setting(1, "epochs between two looks at the validation rows")
    monitor: str = setting("", "figure of the validation rows by which the best epoch is chosen; empty: its first")
    patience: int = setting(0, "looks without a better figure after which training ends; 0: it never does")
    checkpoint_seconds: float = setting(300.0, "seconds after which a checkpoint is written within an epoch")
    keep: int = setting(2, "checkpoints that are kept, the newest; at least two")


# Where a setting of a configuration is looked up.
LISTED = "docs/reference/training.md lists every setting."
_POSITIVE = ("epochs", "rate", "step_epochs", "plateau_epochs", "gradient_limit", "validate_epochs")
_NOT_NEGATIVE = ("seed", "weight_decay", "l1", "l2", "clip", "threads", "patience", "checkpoint_seconds")
_SHARES = ("momentum", "warmup", "average")


def checked(settings: TrainSettings) -> TrainSettings:
    """The settings themselves, if training is possible with them."""
    for name in _POSITIVE:
        if getattr(settings, name) <= 0:
            raise BadSetting(f"train.{name} must be more than 0, not {getattr(settings, name)}.", LISTED)
    for name in _NOT_NEGATIVE:
        if getattr(settings, name) < 0:
            raise BadSetting(f"train.{name} must not be negative, as {getattr(settings, name)} is.", LISTED)
    for name in _SHARES:
        if not 0 <= getattr(settings, name) < 1:
            raise BadSetting(f"train.{name} lies from 0 to below 1, unlike {getattr(settings, name)}.", LISTED)
    if settings.batch < 2:
        raise BadSetting(
            f"train.batch is {settings.batch}: a row by itself has nothing to be compared with.",
            "Set it to 2 at least; 32 to 512 are usual.",
        )
    if settings.keep < 2:
        raise BadSetting(
            f"train.keep is {settings.keep}: were the only checkpoint damaged, all would be lost.",
            "Set it to 2 at least.",
        )
    if settings.threads > MOST_AT_ONCE:
        raise BadSetting(f"train.threads must be {MOST_AT_ONCE:,} at most, not {settings.threads:,}.", LISTED)
    if settings.precision not in ("float32", "bfloat16"):
        raise BadSetting(f"train.precision is float32 or bfloat16, not {settings.precision}.", LISTED)
    slow = next((turn for turn, rate in settings.rates.items() if rate < 0), "")
    if slow:
        raise BadSetting(f"train.rates.{slow} must not be negative, as {settings.rates[slow]} is.", LISTED)
    return settings


def from_table(table: Mapping[str, Any]) -> TrainSettings:
    """The settings that a table names, with the defaults of all others."""
    return checked(read_table(TrainSettings, table, "train"))


def read_table(kind: type[Any], table: Mapping[str, Any], where: str) -> Any:
    """A frozen dataclass of plain values from a table of a configuration; what it does not know is an error."""
    known = {each.name: each for each in fields(kind)}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            raise BadSetting(f"{where} has no setting {name}.", nearest(name, known))
        values[name] = _as_its_default(known[name], value, f"{where}.{name}")
    return kind(**values)


def _as_its_default(known: Any, value: Any, where: str) -> Any:
    """A value as the type of the field's default: whole numbers will do for fractions, lists for tuples."""
    value = plain(value)
    default = known.default_factory() if callable(known.default_factory) else known.default
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(default, bool) == isinstance(value, bool)
    elif isinstance(default, float):
        fits, value = isinstance(value, int | float), float(value) if isinstance(value, int) else value
    elif isinstance(default, tuple):
        fits, value = isinstance(value, list | tuple), tuple(value) if isinstance(value, list) else value
    elif isinstance(default, Mapping):
        fits = isinstance(value, Mapping)
    else:
        fits = default is None or isinstance(value, type(default))
    if not fits:
        word = _WORDS.get(type(default), type(default).__name__)
        raise BadSetting(f"{where} is {value!r}, where a {word} belongs.", LISTED)
    _check_inner(value, _INNER.get(str(known.type)), where)
    check_bounds(known, value, where, LISTED)
    return value


def _check_inner(value: Any, inner: Any, where: str) -> None:
    """Refuse what a list or a table can not hold, and NaN, with which nothing can be compared."""
    held = () if inner is None else value.values() if isinstance(value, Mapping) else value
    for each in held:
        if isinstance(each, bool) or not isinstance(each, inner):
            raise BadSetting(f"{where} holds {each!r}, where a {_WORDS[inner]} belongs.", LISTED)
    if any(isinstance(each, float) and math.isnan(each) for each in (value, *held)):
        raise BadSetting(f"{where} is no number.", LISTED)


def plain(value: Any) -> Any:
    """A value as TOML would tell it: numbers and arrays of NumPy and paths are what one has at hand in Python."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, list | tuple):
        return type(value)(plain(each) for each in value)
    return {name: plain(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def plain_fields(known: Iterable[Field[Any]]) -> list[dict[str, Any]]:
    """The settings among some fields that are a single value each, with all that is declared of them, as plain data."""
    return [
        {
            "name": each.name,
            "kind": type(each.default).__name__,
            "default": each.default,
            "help": str(each.metadata.get("help", "")),
            "choices": choices_of(each),
            "bounds": asdict(each.metadata["bounds"]) if "bounds" in each.metadata else None,
        }
        for each in known
        if isinstance(each.default, bool | int | float | str)
    ]


_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    int | float: "number",
    str: "text",
    tuple: "list",
    dict: "table",
    Mapping: "table",
}
# What stands in a list or a table, by how its field is annotated.
_INNER: Mapping[str, Any] = {
    "tuple[int, ...]": int,
    "tuple[float, ...]": int | float,
    "tuple[str, ...]": str,
    "tuple[Mapping[str, Any], ...]": Mapping,
    "Mapping[str, float]": int | float,
}
