"""A small plan to be tuned, and studies in which nothing is trained: a formula says how good settings are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pinakes.learn.experiment.plan import Plan, read_plan
from pinakes.learn.tune.record import Ended, Tried
from pinakes.learn.tune.settings import TuneSettings
from pinakes.learn.tune.space import Choices, Range, Space
from pinakes.learn.tune.study import Study
from tests.learn.experiment.shelf import config, features

SPACE: Space = {
    "train.rate": Range(1e-4, 1e-1, log=True),
    "method.dropout": Range(0.2, 0.5),
    "method.hidden": Range(100, 500, whole=True),
    "train.batch": Choices((16, 32, 64)),
}


class Killed(BaseException):
    """Ends what is running as a kill does: nothing is written any more."""


def plan(folder: Path, *changes: str) -> Plan:
    """Features of sixty rows, hashed to 16 bits in an epoch."""
    path = config(folder)
    features(folder, 60)
    return read_plan(path, ["train.epochs=1", *changes])


def worth(settings: Mapping[str, Any]) -> float:
    """Best at a dropout of 0.3 and as many hidden units as there can be; the batch does not matter."""
    return 1.0 - abs(settings["method.dropout"] - 0.3) + settings["method.hidden"] / 1000


def play(
    folder: Path,
    settings: TuneSettings,
    space: Space = SPACE,
    of: Callable[[Mapping[str, Any]], float] = worth,
    kill_at: int = -1,
    epochs: int = 1,
) -> tuple[Tried, ...]:
    """All trials of a study; killed where a trial of that number has begun and not ended."""
    study = Study(folder, space, settings)
    while (asked := study.next()) is not None:
        value = of(asked.settings)
        if any(study.stops(asked, epoch, value) for epoch in range(epochs)):
            study.end(asked, Ended("stopped", value, 1, 1))
            continue
        if asked.number == kill_at:
            raise Killed
        study.end(asked, Ended("done", value, 1, 2))
    return study.tried()
