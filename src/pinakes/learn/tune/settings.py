"""How settings are searched for: plain data, checked before anything is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pinakes.errors import BadSetting, nearest
from pinakes.learn.training.settings import LISTED, Checked, read_table
from pinakes.settings import setting

SAMPLERS = ("grid", "random", "tpe", "gp", "genetic")
PRUNERS = ("median", "halving", "none")
CROSSOVERS = ("uniform", "blxalpha", "sbx", "spx", "undx", "vsbx")
# Spread over many processes, the trials of a study are chosen without knowing of each other.
MOST_PROCESSES = 256


@dataclass(frozen=True)
class TuneSettings(Checked):
    """The table `[tune]` of a configuration."""

    sampler: str = setting(
        "tpe", "grid, random, tpe (tree-structured Parzen estimators), gp (Gaussian process) or genetic"
    )
    trials: int = setting(20, "trials in all; a grid has as many as it has points, whatever stands here")
    seed: int = setting(0, "number from which the settings of all trials are drawn")
    metric: str = setting("", "figure of the validation rows that is made large; empty: train.monitor, or the first")
    startup: int = setting(10, "trials drawn by chance before tpe and gp go by what came out")
    population: int = setting(10, "trials of a generation of genetic")
    crossover: float = setting(0.9, "chance that genetic crosses two parents, instead of taking one as it is")
    crossing: str = setting("uniform", "how genetic crosses: uniform, blxalpha, sbx, spx, undx or vsbx")
    mutation: float = setting(0.0, "chance that genetic draws a setting anew; 0: one setting of each trial on average")
    pruner: str = setting("median", "which trials are stopped early: median (below it), halving (the worse ones), none")
    warmup: int = setting(1, "epochs of every trial before median stops it")
    observed: int = setting(5, "trials that must have ended before median stops any")
    parallel: int = setting(1, "processes that try at the same time, each with one thread")
    keep_weights: bool = setting(False, "keep the weights and checkpoints of all trials, not their figures alone")
    space: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={"help": "what is tuned: by the setting's name a list of values, or low and high, log and steps"},
    )


def from_table(table: Mapping[str, Any]) -> TuneSettings:
    """The settings that a table names, with the defaults of all others."""
    found: TuneSettings = read_table(TuneSettings, table, "tune")
    return checked(found)


_AT_LEAST = {"trials": 1, "seed": 0, "startup": 1, "population": 2, "warmup": 0, "observed": 1, "parallel": 1}
_KNOWN = {"sampler": SAMPLERS, "pruner": PRUNERS, "crossing": CROSSOVERS}


def checked(settings: TuneSettings) -> TuneSettings:
    """The settings themselves, if a search is possible with them."""
    for name, least in _AT_LEAST.items():
        if getattr(settings, name) < least:
            raise BadSetting(f"tune.{name} must be at least {least}, not {getattr(settings, name)}.", LISTED)
    for name, known in _KNOWN.items():
        if getattr(settings, name) not in known:
            raise BadSetting(
                f"tune.{name} can not be {getattr(settings, name)}.", nearest(getattr(settings, name), known)
            )
    for name in ("crossover", "mutation"):
        if not 0 <= getattr(settings, name) <= 1:
            raise BadSetting(f"tune.{name} is a chance, from 0 to 1, unlike {getattr(settings, name)}.", LISTED)
    if settings.parallel > MOST_PROCESSES:
        raise BadSetting(f"tune.parallel is {settings.parallel}; the limit is {MOST_PROCESSES}.", LISTED)
    if settings.population < (3 if settings.crossing in ("spx", "undx") else 2):
        raise BadSetting(f"{settings.crossing} crosses three parents: tune.population must be at least 3.", LISTED)
    return settings
