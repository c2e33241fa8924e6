"""Which settings come next, and which trials are stopped: Optuna's samplers and pruners, as a study asks for them.

Bergstra and others, "Algorithms for hyper-parameter optimization", NeurIPS 2011 (tpe); Bergstra and Bengio, "Random
search for hyper-parameter optimization", JMLR 2012; Snoek and others, "Practical Bayesian optimization of machine
learning algorithms", NeurIPS 2012 (gp); Deb and others, "A fast and elitist multiobjective genetic algorithm: NSGA-II",
2002; Li and others, "A system for massively parallel hyperparameter tuning", MLSys 2020 (halving); Golovin and others,
"Google Vizier", KDD 2017 (median).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler, nsgaii
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from pinakes.learn.training.randomness import number
from pinakes.learn.tune.settings import TuneSettings

_Make = Callable[[TuneSettings, int], BaseSampler]


def sampler_of(settings: TuneSettings) -> BaseSampler:
    """The sampler that the settings name."""
    return Seeded(_MAKE[settings.sampler], settings)


class Seeded(BaseSampler):
    """A sampler whose chance is a function of the study's seed and the number of the trial, and of nothing before it.

    So a study that was killed goes on as one that was not, and no state of a generator need be kept.
    """

    def __init__(self, make: _Make, settings: TuneSettings) -> None:
        self._make, self._settings = make, settings

    def _of(self, trial: FrozenTrial, *place: str) -> BaseSampler:
        return self._make(self._settings, number(self._settings.seed, "trial", trial.number, *place) % 2**32)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The settings that are drawn together."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Values of those that are drawn together."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """The value of a setting that is drawn by itself."""
        return self._of(trial, param_name).sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None) -> None:
        """What a sampler notes of a trial that has ended."""
        self._of(trial).after_trial(study, trial, state, values)


def _genetic(settings: TuneSettings, seed: int) -> BaseSampler:
    return NSGAIISampler(
        population_size=settings.population,
        crossover=_CROSSOVERS[settings.crossing](),
        crossover_prob=settings.crossover,
        mutation_prob=settings.mutation or None,
        seed=seed,
    )


_CROSSOVERS: Mapping[str, Callable[[], nsgaii.BaseCrossover]] = {
    "uniform": nsgaii.UniformCrossover,
    "blxalpha": nsgaii.BLXAlphaCrossover,
    "sbx": nsgaii.SBXCrossover,
    "spx": nsgaii.SPXCrossover,
    "undx": nsgaii.UNDXCrossover,
    "vsbx": nsgaii.VSBXCrossover,
}
_MAKE: Mapping[str, _Make] = {
    # The points of a grid are asked for by name: nothing is left to be drawn.
    "grid": lambda settings, seed: RandomSampler(seed),
    "random": lambda settings, seed: RandomSampler(seed),
    "tpe": lambda settings, seed: TPESampler(n_startup_trials=settings.startup, seed=seed),
    "gp": lambda settings, seed: GPSampler(
        n_startup_trials=settings.startup, seed=seed, independent_sampler=RandomSampler(seed)
    ),
    "genetic": _genetic,
}


def pruner_of(settings: TuneSettings) -> BasePruner:
    """The pruner that the settings name."""
    return _PRUNERS[settings.pruner](settings)


_PRUNERS: Mapping[str, Callable[[TuneSettings], BasePruner]] = {
    "median": lambda settings: MedianPruner(n_startup_trials=settings.observed, n_warmup_steps=settings.warmup),
    "halving": lambda settings: SuccessiveHalvingPruner(),
    "none": lambda settings: NopPruner(),
}
