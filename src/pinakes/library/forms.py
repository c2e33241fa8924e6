"""What a training can be told, for those who show it in a form: asked of a child, which loads torch in our place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from pinakes.children import module_folders
from pinakes.errors import Fault, PinakesError
from pinakes.learn.bounded import Bounds
from pinakes.learn.experiment.plan import SplitPlan, TowerPlan
from pinakes.learn.extra import needs_torch
from pinakes.learn.training.settings import TrainSettings, plain_fields
from pinakes.learn.tune.settings import CROSSOVERS, PRUNERS, SAMPLERS, TuneSettings

_MODULE = "pinakes.learn.experiment.forms"
_SECONDS = 120
_ONE_ASKS = threading.Lock()


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting: its type, its default, the sentence about it, and the values that it may have."""

    name: str
    kind: str
    default: Any
    help: str
    # All of them, if they are few; and from where to where a number may lie.
    choices: tuple[str, ...] = ()
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class MethodForm:
    """A way to train, with its own settings."""

    name: str
    kind: str
    about: str
    paper: str
    labels: bool
    settings: tuple[Knob, ...]


@dataclass(frozen=True, slots=True)
class NetworkForm:
    """A network: for which modality, the usual side of its pictures, and whether it can be made narrower."""

    name: str
    modality: str
    size: int
    width: bool
    paper: str


@dataclass(frozen=True, slots=True)
class Forms:
    """All methods and networks that there are."""

    methods: Mapping[str, MethodForm]
    networks: Mapping[str, NetworkForm]


# Settings whose values are names.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "optimiser": ("adamw", "adam", "sgd"),
    "schedule": ("constant", "step", "cosine", "one-cycle", "plateau"),
    "precision": ("float32", "bfloat16"),
    "device": ("auto", "cpu", "cuda", "mps"),
    "vocabulary": ("words", "bpe", "wordpiece"),
    "texts": ("any", "first", "all"),
    "sampler": SAMPLERS,
    "pruner": PRUNERS,
    "crossing": CROSSOVERS,
}


def _knobs(kind: type[Any], names: Iterable[str] = ()) -> tuple[Knob, ...]:
    wanted = tuple(names)
    told = plain_fields(each for each in fields(kind) if not wanted or each.name in wanted)
    return tuple(_knob({**each, "choices": _CHOICES.get(each["name"], each["choices"])}) for each in told)


def _knob(told: Mapping[str, Any]) -> Knob:
    bounds = told["bounds"] and Bounds(**told["bounds"])
    return Knob(**{**told, "choices": tuple(told["choices"]), "bounds": bounds})


# The tables of a configuration that need no torch, as far as a form has a place for them.
TRAIN = _knobs(TrainSettings)
SPLIT = _knobs(SplitPlan, ("validation", "query", "seed"))
TUNE = _knobs(TuneSettings)
TOWERS: Mapping[str, tuple[Knob, ...]] = {
    "image": _knobs(TowerPlan, ("side", "frozen")),
    "text": _knobs(TowerPlan, ("length", "vocabulary", "words", "least", "texts")),
    "audio": _knobs(TowerPlan, ("seconds", "frozen")),
}


def forms() -> Forms:
    """All methods and networks; the first time a child is asked, for which all who come meanwhile wait some seconds."""
    with _ONE_ASKS:
        return _asked()


def warm() -> None:
    """Ask in the background, for one who is likely to want them soon; what hinders it is told to whoever wants them."""
    if not (_asked.cache_info().currsize or _ONE_ASKS.locked()):
        threading.Thread(target=_quietly, name="forms", daemon=True).start()


def _quietly() -> None:
    with suppress(PinakesError):
        forms()


@cache
def _asked() -> Forms:
    needs_torch()
    try:
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env=os.environ | {"PYTHONPATH": module_folders()},
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Fault(f"What can be trained could not be found out: {type(error).__name__}.") from error
    methods = [MethodForm(**{**each, "settings": tuple(map(_knob, each["settings"]))}) for each in told["methods"]]
    networks = [NetworkForm(**each) for each in told["networks"]]
    return Forms({each.name: each for each in methods}, {each.name: each for each in networks})
