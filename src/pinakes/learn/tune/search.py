"""A search through a space of settings: trials one after the other or several at a time, until all are made.

space = {"train.rate": {"low": 1e-4, "high": 1e-1, "log": True}, "method.bits": [16, 32]}
tuned = tune(plan, space, TuneSettings(trials=30), Path("runs/tuned"))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from pinakes.errors import BadInput, BadSetting, nearest
from pinakes.learn.data.layouts import Loaded
from pinakes.learn.data.prepare import Tell
from pinakes.learn.experiment.data import opened
from pinakes.learn.experiment.plan import Plan
from pinakes.learn.experiment.run import Ready, build
from pinakes.learn.experiment.written import as_toml
from pinakes.learn.training import events
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.processes import Process
from pinakes.learn.tune.record import Began, Ended, Listener, Tuned
from pinakes.learn.tune.settings import TuneSettings, checked
from pinakes.learn.tune.space import Space, changed, grid, read_space
from pinakes.learn.tune.study import Asked, Study
from pinakes.learn.tune.trial import Stops, attempt, trial_folder
from pinakes.storage import write_whole

RESULT, BEST = "tune.json", "best.toml"
_Attempt: TypeAlias = Callable[[Plan, RunFolder, Stops], Ended]


def tune(
    plan: Plan,
    space: Mapping[str, Any],
    settings: TuneSettings,
    folder: Path,
    listen: Listener = lambda heard: None,
    loaded: Loaded | None = None,
    tell: Tell = lambda _what, _done, _total: None,
    step: events.Listener = lambda _event: None,
) -> Tuned:
    """Search the space for the plan's best settings; what the folder holds of the study already is not tried again.

    Only rows to learn from and validation rows are looked at. The result and the best settings as a configuration are
    written into the folder, where each trial is a run of its own. A set in memory (`loaded`) is tuned in this process.
    """
    checked(settings)
    plan = replace(plan, train=replace(plan.train, monitor=settings.metric)) if settings.metric else plan
    dimensions = read_space(space, plan)
    if settings.sampler == "grid":
        grid(dimensions)
    if loaded is not None and settings.parallel > 1:
        raise BadSetting("A set in memory can not be handed to other processes.", "Set tune.parallel to 1.")
    held = loaded or opened(plan.data)
    ready = build(plan, held, tell)
    metric = _metric(ready)
    place = RunFolder(folder)
    with place.locked():
        place.begin(_told(plan, dimensions, settings, ready))
        study = Study(folder, dimensions, settings)
        search = _Search(plan, study, folder, listen)
        if settings.parallel > 1:
            # The processes read the data themselves.
            del ready, held
            _together(search, settings)
        else:
            # Those who are tried in other processes tell nothing between their beginning and their end.
            search.go_on(partial(attempt, loaded=held, keep_weights=settings.keep_weights, listen=step))
        return _written(plan, study, dimensions, settings, metric, folder)


class _Search:
    def __init__(self, plan: Plan, study: Study, folder: Path, listen: Listener) -> None:
        self.plan, self.study, self.folder, self.listen = plan, study, folder, listen
        self.ended = False

    def go_on(self, attempt: _Attempt) -> None:
        """Make trial after trial."""
        while not self.ended and (asked := self.study.next()) is not None:
            self.listen(Began(asked.number, self.study.total, asked.settings))
            self.listen(self.study.end(asked, self._attempted(asked, attempt)))
            self.study.check()

    def _attempted(self, asked: Asked, attempt: _Attempt) -> Ended:
        try:
            plan = changed(self.plan, asked.settings)
        except (BadInput, BadSetting) as error:
            # Each value can be had, but not these together.
            return Ended("failed", None, seed=self.plan.train.seed, reason=str(error))
        return attempt(plan, trial_folder(self.folder, asked.number), partial(self.study.stops, asked))


def _together(search: _Search, settings: TuneSettings) -> None:
    """Several processes, each with a thread here that asks and tells for it."""
    processes = [Process(keep_weights=settings.keep_weights) for _ in range(settings.parallel)]
    with ThreadPoolExecutor(settings.parallel, "trials") as pool:
        try:
            waiting = [pool.submit(search.go_on, each.attempt) for each in processes]
            done, _ = wait(waiting, return_when=FIRST_EXCEPTION)
            for each in done:
                each.result()
        finally:
            search.ended = True
            for process in processes:
                process.close()
            for process in processes:
                process.wait()


def _metric(ready: Ready) -> str:
    """The figure that is made large, if it will be measured."""
    if ready.source("validation") is None:
        raise BadInput(
            "There are no validation rows by which settings could be chosen.",
            "Set split.validation to a share, as 0.1; the rows that ask are not for choosing.",
        )
    names = [name for name in ready.learner.modalities if name in ready.prepared]
    if ready.how.by == "pairs" and len(names) < 2:
        raise BadInput(
            "There is nothing to choose by: of one modality alone, each row would find itself.",
            "Set evaluate.relevant to labels, or tune a method that learns from two modalities.",
        )
    first = ready.how.metrics[0]
    ways = [f"{one} to {other}" for one in names for other in names if one != other or len(names) == 1]
    known = [first, *(f"{metric}, {way}" for metric in ready.how.metrics for way in ways)]
    monitor = ready.plan.train.monitor or first
    if monitor not in known:
        raise BadSetting(f"{monitor} is not measured on the validation rows.", nearest(monitor, known))
    return monitor


def _told(plan: Plan, space: Space, settings: TuneSettings, ready: Ready) -> dict[str, Any]:
    """What makes two studies the same; more trials, or other processes, do not make another of it."""
    free = ("trials", "parallel", "keep_weights", "space")
    same = {name: value for name, value in asdict(settings).items() if name not in free}
    spaces = {name: dimension.as_dict() for name, dimension in space.items()}
    return {**plan.as_dict(), "tune": same, "space": spaces, "fingerprint": ready.set.fingerprint()}


def _written(plan: Plan, study: Study, space: Space, settings: TuneSettings, metric: str, folder: Path) -> Tuned:
    """Write what came out, and the best settings as a configuration that `pinakes train` takes."""
    spaces = {name: dimension.as_dict() for name, dimension in space.items()}
    tuned = Tuned(
        plan.name, plan.method, settings.sampler, settings.seed, metric, spaces, study.tried(), study.importance()
    )
    if not any(each.ended.state == "done" for each in tuned.trials):
        raise BadInput("No trial came to its end.", "Ask for more of them by tune.trials.")
    write_whole(folder / RESULT, [(json.dumps(tuned.as_dict(), indent=1) + "\n").encode()])
    best = changed(plan, tuned.best.settings)
    about = f"The best of {len(tuned.trials):,} trials: {metric} {tuned.best.ended.value:.4f} on the validation rows."
    write_whole(folder / BEST, [as_toml(best, about).encode()])
    return tuned
