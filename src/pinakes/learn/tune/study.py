"""A study: which trials there were, which settings come next, and which trial is no longer worth its time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Any

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, Trial, TrialState

from pinakes.errors import TrainingStopped
from pinakes.learn.tune.journal import opened, quietly
from pinakes.learn.tune.record import Ended, Tried
from pinakes.learn.tune.samplers import pruner_of, sampler_of
from pinakes.learn.tune.settings import TuneSettings
from pinakes.learn.tune.space import Choices, Dimension, Space, grid

# Trials that fail before a single one has done well are taken for a mistake in what all of them share.
_ALL_FAILED = 3
# How often a trial is begun whose process dies.
MOST_BEGUN = 3
# Below this many trials it would be chance that tells what mattered.
_LEAST_TRIALS = 4
_STATES = {"done": TrialState.COMPLETE, "stopped": TrialState.PRUNED, "failed": TrialState.FAIL}


@dataclass(frozen=True)
class Asked:
    """A trial that is to be made, by its number and settings."""

    number: int
    settings: Mapping[str, Any]
    trial: Trial
    # Whether it was begun before, by a process that was killed.
    again: bool = False


class Study:
    """All trials of a space, in a journal; several threads may ask and tell."""

    def __init__(self, folder: Path, space: Space, settings: TuneSettings) -> None:
        self.space, self.total = space, settings.trials
        self._lock = threading.Lock()
        with quietly():
            self._study = optuna.create_study(
                storage=opened(folder),
                sampler=sampler_of(settings),
                pruner=pruner_of(settings),
                study_name="tune",
                direction="maximize",
                load_if_exists=True,
            )
        if settings.sampler == "grid":
            self._ask_for_all()
        # Whoever opens a study has it alone: what was running was killed.
        self._left = [each for each in self._trials() if each.state == TrialState.RUNNING]

    def _ask_for_all(self) -> None:
        """Ask for every point of the grid, and no other."""
        points = list(grid(self.space))
        self.total = len(points)
        labels = [{name: _label(self._of_grid(name), value) for name, value in point.items()} for point in points]
        for point in labels[len(self._trials()) :]:
            self._study.enqueue_trial(point)

    def _of_grid(self, name: str) -> Choices:
        return Choices(self.space[name].points())

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def next(self) -> Asked | None:
        """The trial to make next: those first that were killed; None where there is nothing left to try."""
        with self._lock, quietly():
            while self._left:
                if (found := self._again(self._left.pop(0))) is not None:
                    return found
            if sum(each.state != TrialState.WAITING for each in self._trials()) >= self.total:
                return None
            return self._asked(self._study.ask())

    def _again(self, left: FrozenTrial) -> Asked | None:
        """A trial that was killed is the same once more, unless it is what kills."""
        trial = Trial(self._study, left._trial_id)
        if begun(trial) >= MOST_BEGUN:
            reason = f"Its process died {MOST_BEGUN} times."
            self._end(trial, Ended("failed", None, reason=reason))
            return None
        return self._asked(trial, again=True)

    def _asked(self, trial: Trial, *, again: bool = False) -> Asked:
        grid_points = "fixed_params" in self._study.get_trials(deepcopy=False)[trial.number].system_attrs
        settings = {
            name: _suggested(trial, name, self._of_grid(name) if grid_points else dimension)
            for name, dimension in self.space.items()
        }
        trial.set_user_attr("begun", begun(trial) + 1)
        return Asked(trial.number, settings, trial, again)

    def stops(self, asked: Asked, epoch: int, value: float) -> bool:
        """Note the figure after an epoch; whether the trial is to be stopped for it."""
        with self._lock:
            # An epoch after the last checkpoint is made again by a trial that was killed.
            if epoch not in self._trials()[asked.number].intermediate_values:
                asked.trial.report(value, epoch)
            return bool(asked.trial.should_prune())

    def end(self, asked: Asked, ended: Ended) -> Tried:
        """Note how a trial ended."""
        with self._lock:
            self._end(asked.trial, ended)
            return self._tried(self._trials()[asked.number])

    def _end(self, trial: Trial, ended: Ended) -> None:
        trial.set_user_attr("ended", asdict(ended))
        value = ended.value if ended.state == "done" else None
        self._study.tell(trial, value, _STATES[ended.state])

    def check(self) -> None:
        """Stop where trial after trial fails, since the settings are not to blame."""
        with self._lock:
            tried = [self._tried(each) for each in self._trials() if each.state.is_finished()]
        ends = [each.ended for each in tried]
        if len(ends) >= min(_ALL_FAILED, self.total) and all(each.state == "failed" for each in ends):
            raise TrainingStopped(
                f"All of the first {len(ends)} trials failed, the last for this: {ends[-1].reason}",
                "Try the configuration by `pinakes train`, and tune it when that succeeds.",
            )

    def tried(self) -> tuple[Tried, ...]:
        """All trials that have ended, in their order."""
        with self._lock:
            return tuple(self._tried(each) for each in self._trials() if each.state.is_finished())

    def _tried(self, found: FrozenTrial) -> Tried:
        history = tuple(found.intermediate_values[epoch] for epoch in sorted(found.intermediate_values))
        told = {name: self._value(name, label) for name, label in found.params.items()}
        settings = {name: told[name] for name in self.space if name in told}
        return Tried(found.number, settings, history, Ended(**found.user_attrs["ended"]))

    def _value(self, name: str, label: Any) -> Any:
        dimension = self.space[name]
        return (
            dict(zip(dimension.labels(), dimension.values, strict=True))[label]
            if isinstance(dimension, Choices)
            else label
        )

    def importance(self) -> dict[str, float]:
        """How much each setting had to do with being among the best fifth, by PED-ANOVA; nothing where too few ended.

        Watanabe and others, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces",
        IJCAI 2023.
        """
        done = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(done) < _LEAST_TRIALS:
            return {}
        share = min(0.5, max(0.2, 2 / len(done)))
        values = sorted((each.value or 0.0 for each in done), reverse=True)
        if values[ceil(share * len(done)) - 1] == values[-1]:
            # The worst is as good as the last of the best: there are none who stand out.
            return {}
        evaluator = PedAnovaImportanceEvaluator(target_quantile=share)
        return get_param_importances(self._study, evaluator=evaluator)


def begun(trial: Trial) -> int:
    """How often a trial was begun."""
    return int(trial.user_attrs.get("begun", 0))


def _suggested(trial: Trial, name: str, dimension: Dimension) -> Any:
    if isinstance(dimension, Choices):
        label = trial.suggest_categorical(name, dimension.labels())
        return dict(zip(dimension.labels(), dimension.values, strict=True))[label]
    if dimension.whole:
        return trial.suggest_int(name, int(dimension.low), int(dimension.high), log=dimension.log)
    return trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)


def _label(choices: Choices, value: Any) -> Any:
    return choices.labels()[choices.values.index(value)]
