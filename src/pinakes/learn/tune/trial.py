"""One trial: a training in a folder of its own that looks at the validation rows, and at no row that asks."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from pinakes.errors import BadInput, BadSetting, Busy, TrainingStopped
from pinakes.learn.data.layouts import Loaded
from pinakes.learn.experiment.plan import Plan
from pinakes.learn.experiment.run import build, fit
from pinakes.learn.training import events, judging
from pinakes.learn.training.loop import Outcome
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.record import Ended

# From an epoch and the figure after it, whether the trial is to be stopped.
Stops: TypeAlias = Callable[[int, float], bool]
# How long the folder of a trial may be another's, whose starter was killed: it leaves after the step that it is in.
_PATIENCE = 60.0


class Stopped(Exception):
    """Others are better."""


class Watch:
    """Counts what a training costs, and asks after each epoch whether it is to go on."""

    def __init__(self, monitor: str, stops: Stops, listen: events.Listener) -> None:
        self.monitor, self.stops, self.listen = monitor, stops, listen
        self.steps = self.epochs = self.best_epoch = 0
        self.best: float | None = None
        self.began = time.monotonic()

    def __call__(self, event: events.Event) -> None:
        """Hear of a step or an epoch."""
        self.listen(event)
        if isinstance(event, events.Step):
            self.steps = event.epoch * event.steps + event.step
        elif isinstance(event, events.Epoch):
            self.epochs = event.epoch + 1
            if valid := _valid(event.figures):
                self._hear(event, judging.watched(valid, self.monitor))

    def _hear(self, event: events.Epoch, value: float) -> None:
        if self.best is None or value > self.best:
            self.best, self.best_epoch = value, event.epoch
        # What has been paid for whole counts as done.
        if self.stops(event.epoch, value) and self.epochs < event.epochs:
            raise Stopped

    def cost(self) -> dict[str, Any]:
        """What was spent until now."""
        seconds = round(time.monotonic() - self.began, 3)
        return {"epochs": self.epochs, "steps": self.steps, "seconds": seconds}


def attempt(
    plan: Plan,
    folder: RunFolder,
    stops: Stops,
    loaded: Loaded | None = None,
    *,
    keep_weights: bool = False,
    listen: events.Listener = lambda event: None,
) -> Ended:
    """Try a plan; one that was killed goes on from its checkpoint, and one that has ended is not tried again."""
    if (known := folder.result()) is not None:
        return Ended(**known)
    watch = Watch(plan.train.monitor, stops, listen)
    seed = plan.train.seed
    try:
        ended = _done(_fitted(plan, folder, watch, loaded), plan, watch)
    except Stopped:
        ended = Ended("stopped", watch.best, watch.best_epoch + 1, **watch.cost(), seed=seed)
    except (BadInput, BadSetting, TrainingStopped, RuntimeError) as error:
        # Too large for the memory, or made of what does not go together: settings too can be bad.
        reason = str(error) or type(error).__name__
        ended = Ended("failed", None, **watch.cost(), seed=seed, reason=reason)
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.end(asdict(ended))
    if not keep_weights:
        shutil.rmtree(folder.checkpoints, ignore_errors=True)
        folder.best.unlink(missing_ok=True)
    return ended


def _fitted(plan: Plan, folder: RunFolder, watch: Watch, loaded: Loaded | None) -> Outcome:
    until = time.monotonic() + _PATIENCE
    while True:
        ready = build(plan, loaded)
        try:
            return fit(ready, folder, watch)
        except Busy:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _done(outcome: Outcome, plan: Plan, watch: Watch) -> Ended:
    value = judging.watched(_valid(outcome.figures), plan.train.monitor)
    cost = watch.cost()
    # Of a training that was taken up, what was done before counts too.
    cost |= {"epochs": outcome.epochs, "steps": outcome.steps, "seconds": max(cost["seconds"], outcome.seconds)}
    return Ended("done", value, outcome.best_epoch + 1, **cost, seed=plan.train.seed)


def _valid(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name.removeprefix("valid."): each for name, each in figures.items() if name.startswith("valid.")}


def trial_folder(folder: Path, number: int) -> RunFolder:
    """Where a trial of a study is."""
    return RunFolder(folder / "trials" / f"{number:04d}")
