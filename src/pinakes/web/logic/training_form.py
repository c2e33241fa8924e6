"""The form of a training or of a search for settings: from what was filled in to the tables of a configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pinakes.errors import BadSetting, PinakesError
from pinakes.library import Library, runs
from pinakes.library.forms import SPLIT, TOWERS, TRAIN, TUNE, Forms, Knob, MethodForm, NetworkForm
from pinakes.library.reading import counted
from pinakes.library.runs import Kind
from pinakes.settings import between_commas
from pinakes.types import MODALITIES

# Settings that a search can go over, each with the values to try.
SPACES = 4
# What most people leave as it is stands folded away.
_FIRST = ("epochs", "batch", "rate", "seed")
_TUNE_FIRST = ("sampler", "trials", "pruner", "seed", "metric")
# Where files lie is not for a page to say, and other processes are for the command line.
_LEFT_OUT = ("teacher", "device", "compile", "parallel", "keep_weights")
_RANGE = re.compile(r"\s*(\S+)\s*(?:\.\.|to|至|-(?=\s))\s*(\S+?)\s*(log)?\s*")
_FIELDS_OF_LABELS = "labels, subjects"
_WHOLE = "whole number"


@dataclass(frozen=True, slots=True)
class Filled:
    """One field with what stands in it and what is wrong with it."""

    key: str
    knob: Knob
    value: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Tower:
    """The fields of a modality: whether it is learned from, the networks that there are, and how it is read."""

    modality: str
    used: bool
    parts: int
    networks: tuple[NetworkForm, ...]
    network: str
    width: str
    fields: tuple[Filled, ...]
    wrong: str = ""


@dataclass(frozen=True)
class Form:
    """A form as a page shows it."""

    kind: Kind
    name: str
    method: MethodForm
    methods: tuple[MethodForm, ...]
    towers: tuple[Tower, ...]
    first: tuple[Filled, ...]
    own: tuple[Filled, ...]
    more: tuple[Filled, ...]
    tune: tuple[Filled, ...]
    tune_more: tuple[Filled, ...]
    spaces: tuple[tuple[str, str, str], ...]
    tunable: tuple[str, ...]
    labels: str
    # What is wrong with the whole, and with the name.
    wrong: Mapping[str, str] = field(default_factory=dict)


def shown(
    library: Library, known: Forms, kind: Kind, told: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> Form:
    """The form with what was filled in, or as it is at first."""
    wrong = wrong or {}
    method = known.methods.get(told.get("method", ""), known.methods["dcmh"])
    methods = tuple(one for one in known.methods.values() if one.name != "distillation")
    own = _filled("method", method.settings, told, wrong)
    train = _filled("train", TRAIN, told, wrong)
    tune = _filled("tune", TUNE, told, wrong)
    counts = counted(library)
    towers = tuple(_tower(counts, known, modality, told, wrong) for modality in MODALITIES)
    tunable = (*(f"method.{one.knob.name}" for one in own), *(f"train.{one.name}" for one in TRAIN))
    return Form(
        kind=kind,
        name=told.get("name", ""),
        method=method,
        methods=methods,
        towers=towers,
        first=tuple(one for one in train if one.knob.name in _FIRST),
        own=own,
        more=(*(one for one in train if one.knob.name not in _FIRST), *_filled("split", SPLIT, told, wrong)),
        tune=tuple(one for one in tune if one.knob.name in _TUNE_FIRST),
        tune_more=tuple(one for one in tune if one.knob.name not in _TUNE_FIRST),
        spaces=tuple(_space(number, told, wrong) for number in range(1, SPACES + 1)),
        tunable=tuple(name for name in tunable if name not in ("train.seed", "train.monitor")),
        labels=told.get("labels", _FIELDS_OF_LABELS),
        wrong=wrong,
    )


def _space(number: int, told: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[str, str, str]:
    return told.get(f"space.{number}", ""), told.get(f"values.{number}", ""), wrong.get(f"space.{number}", "")


def _filled(table: str, knobs: Iterable[Knob], told: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Filled, ...]:
    found = []
    for knob in knobs:
        key = f"{table}.{knob.name}"
        if knob.name not in _LEFT_OUT:
            # A box that is not ticked is not sent at all.
            usual = "" if knob.kind == "bool" and told else _text(knob.default)
            found.append(Filled(key, knob, told.get(key, usual), wrong.get(key, "")))
    return tuple(found)


def _text(value: Any) -> str:
    return ("1" if value else "") if isinstance(value, bool) else f"{value}"


def _tower(
    counts: Mapping[str, int], known: Forms, modality: str, told: Mapping[str, str], wrong: Mapping[str, str]
) -> Tower:
    networks = tuple(one for one in known.networks.values() if one.modality == modality)
    # Titles and descriptions are texts too: every work may have some.
    parts = counts.get("items" if modality == "text" else f"{modality}_parts", 0)
    usual = {"image": "mobilenet_v1", "text": "bag", "audio": "cnn10"}[modality]
    # At first what a library has of both pictures and texts is learned from.
    used = bool(told.get(f"{modality}.used")) if told.get("filled") else parts > 0 and modality != "audio"
    return Tower(
        modality,
        used,
        parts,
        networks,
        told.get(f"{modality}.network", usual),
        told.get(f"{modality}.width", ""),
        _filled(modality, TOWERS[modality], told if told.get("filled") else {}, wrong),
        wrong.get(f"{modality}.network", ""),
    )


def read(known: Forms, kind: Kind, told: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The tables that were filled in, and what is wrong by field; "" is about the whole."""
    wrong: dict[str, str] = {}
    method = known.methods.get(told.get("method", ""))
    if method is None:
        return {}, {"": "Choose a method."}
    tables: dict[str, Any] = {
        "method": {"name": method.name, **_values("method", method.settings, told, wrong)},
        "train": _values("train", TRAIN, told, wrong),
        "split": _values("split", SPLIT, told, wrong),
    }
    labels = between_commas(told.get("labels", ""))
    if labels and labels != _FIELDS_OF_LABELS.split(", "):
        tables["data"] = {"options": {"labels": labels}}
    for modality in MODALITIES:
        if told.get(f"{modality}.used"):
            tables[modality] = _tower_table(known, modality, told, wrong)
    if kind == "tune":
        knobs = {f"method.{one.name}": one for one in method.settings}
        tables["tune"] = {**_values("tune", TUNE, told, wrong), "space": _spaces(knobs, told, wrong)}
    if not wrong:
        wrong |= _refused(told.get("name", ""), kind, tables)
    return tables, wrong


def _refused(name: str, kind: Kind, tables: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with tables whose values are each of the right type."""
    try:
        if not any(modality in tables for modality in MODALITIES):
            raise BadSetting("Nothing is chosen to learn from.", "Tick pictures, texts or sounds.")
        runs.check(name, kind, tables)
    except PinakesError as error:
        # Messages about a setting begin with its name.
        first = error.message.partition(" ")[0].rstrip(".,:")
        return {first if re.fullmatch(r"(train|split|tune)\.\w+", first) else "": str(error)}
    return {}


def _tower_table(known: Forms, modality: str, told: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    table = _values(modality, TOWERS[modality], told, wrong)
    name = told.get(f"{modality}.network", "")
    network = known.networks.get(name)
    if (network is None or network.modality != modality) and name != "bag":
        wrong[f"{modality}.network"] = f"There is no network named {name[:40]} here."
        return table
    table["network"] = name
    width = told.get(f"{modality}.width", "").strip()
    if width and network is not None and network.width:
        try:
            table["settings"] = {"width": float(width)}
        except ValueError:
            wrong[f"{modality}.network"] = f"The width must be a number, not {width[:40]}."
    return table


def _values(table: str, knobs: Iterable[Knob], told: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    """The settings that are not as they usually are."""
    found = {}
    for knob in knobs:
        key = f"{table}.{knob.name}"
        if knob.name in _LEFT_OUT or (key not in told and knob.kind != "bool"):
            continue
        try:
            value = value_of(knob, told.get(key, ""))
        except ValueError as error:
            wrong[key] = str(error)
            continue
        if value != knob.default:
            found[knob.name] = value
    return found


def value_of(knob: Knob, text: str) -> Any:
    """The value of a field; ValueError with what is wrong."""
    text = text.strip()
    if knob.kind == "bool":
        return text not in ("", "0", "false")
    if knob.choices and text not in knob.choices:
        raise ValueError(f"{knob.name} is one of {', '.join(knob.choices)}.")
    if knob.kind == "str":
        return text
    try:
        value = int(text) if knob.kind == "int" else _finite(text)
    except ValueError:
        what = _WHOLE if knob.kind == "int" else "number"
        raise ValueError(f"{knob.name} must be a {what}, not {text[:40] or 'nothing'}.") from None
    _within(knob, value)
    return value


def _within(knob: Knob, value: float) -> None:
    if knob.bounds is not None and not knob.bounds.hold(value):
        raise ValueError(f"{knob.name}{knob.bounds.asked}, not {value:g}.")


def _finite(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _spaces(knobs: Mapping[str, Knob], told: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    """The settings to go over, each with its values: `16, 32, 64`, or `0.0001 to 0.1 log`."""
    found: dict[str, Any] = {}
    for number in range(1, SPACES + 1):
        name, text = told.get(f"space.{number}", "").strip(), told.get(f"values.{number}", "").strip()
        if not name and not text:
            continue
        try:
            if not name:
                raise ValueError("Choose the setting that has these values.")
            found[name] = values_of(text)
            if name in knobs:
                _fit(knobs[name], found[name])
        except ValueError as error:
            wrong[f"space.{number}"] = str(error)
    return found


def _fit(knob: Knob, values: Any) -> None:
    """Refuse values that a setting can not have; ValueError with what is wrong."""
    for value in (values["low"], values["high"]) if isinstance(values, Mapping) else values:
        value_of(knob, ("1" if value else "") if isinstance(value, bool) else str(value))


def values_of(text: str) -> Any:
    """Values to try, as a search is told them; ValueError with what is wrong."""
    pieces = between_commas(text)
    if not pieces:
        raise ValueError("Name values, such as 16, 32, 64, or a range, such as 0.0001 to 0.1 log.")
    found = _RANGE.fullmatch(text)
    if len(pieces) == 1 and found:
        low, high = _number(found[1]), _number(found[2])
        return {"low": low, "high": high} | ({"log": True} if found[3] else {})
    return [_plain(piece) for piece in pieces]


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return _finite(text)
    except ValueError:
        raise ValueError(f"{text[:40]} is no number.") from None


def _plain(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return _number(text)
    except ValueError:
        return text
