"""Weights of late fusion from how reliable each space is, held against the usual ones on queries they never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pinakes.errors import NoContent
from pinakes.evaluate.cases import ranked
from pinakes.evaluate.figures import by_chance
from pinakes.evaluate.scoring import mean
from pinakes.evaluate.significance import interval
from pinakes.evaluate.ways import Answers, Way
from pinakes.metrics.names import Metric
from pinakes.metrics.ranked import Floats
from pinakes.search.request import PHRASES, WORDS, Mode, Options

# How sharply weights follow reliabilities, 0 for not at all: chosen on the queries that weights are fitted to.
POWERS = (0.0, 0.5, 1.0, 2.0, 4.0)
# Where each list has a say by its weight: by what it says for a hit, by scores as they are and as they are calibrated,
# and by ranks. The first is how a search fuses unless it is told otherwise.
USUAL = Options().fusion
FUSIONS = (USUAL, "convex", "weighted", "reciprocal")
# A space that is no better than chance still has a say where no other does.
LEAST = 0.01
# Words side by side count half as much as the words themselves.
_PHRASES = 0.5
RULES = (
    "The reliability of a space is how far it comes from chance to a perfect order: (value - chance) / (1 - chance).",
    "Weights are reliabilities to a power that is chosen on the same queries: the gentlest that does no worse than the "
    "best by more than the standard error of the difference, so that weights differ only where that shows.",
    "The largest weight is 1.",
    "Gains are of queries that had no part in the weights that they are measured with (folds by chance, seeded).",
)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How reliable one space is from one modality to another, with its interval."""

    space: str
    source: str
    target: str
    value: float
    low: float
    high: float
    queries: int


@dataclass(frozen=True, slots=True)
class Gain:
    """The mean difference of held-out queries against another way of fusing, and its interval."""

    over: str
    value: float
    other: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights, what they come from, and what they gain."""

    fusion: str
    metric: str
    weights: Mapping[str, float]
    power: float
    reliabilities: tuple[Reliability, ...]
    gains: tuple[Gain, ...]
    queries: int
    folds: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            **{name: getattr(self, name) for name in ("fusion", "metric", "power", "queries", "folds", "seed")},
            "weights": dict(self.weights),
            "reliabilities": [asdict(one) for one in self.reliabilities],
            "gains": [asdict(one) for one in self.gains],
        }


@dataclass(frozen=True, slots=True)
class _Shelf:
    """One task: its answers, and for each space alone the scores and chance levels of its queries."""

    answers: Answers
    alone: Mapping[str, Floats]
    chance: Floats


@dataclass(frozen=True, slots=True)
class Fitting:
    """How weights are fitted."""

    metric: Metric
    # The one that does best with the usual weights is weighed.
    fusions: Sequence[str] = FUSIONS
    mode: Mode = "precise"
    folds: int = 5
    depth: int = 1_000
    seed: int = 1
    step: Callable[[], None] = lambda: None


def fit(every: Sequence[Answers], how: Fitting) -> Fitted:
    """Weights fitted to the queries of some tasks, and what such weights gain on queries that were left out."""
    shelves = [shelf for answers in every if len((shelf := _shelf(answers, how)).alone) > 1]
    queries = [(place, number) for place, shelf in enumerate(shelves) for number in _counting(shelf)]
    if len(queries) < 2 * how.folds:
        raise NoContent(
            f"{len(queries)} queries find anything in more than one space; weights need {2 * how.folds} or more.",
            "Weigh a library in which several spaces answer the same queries, or judge more of them.",
        )
    usual = {
        fusion: {query: _score(shelves, query, fusion, {}, how) for query in queries}
        for fusion in dict.fromkeys([*how.fusions, USUAL])
    }
    order = np.random.default_rng(how.seed).permutation(len(queries))
    scores: list[tuple[float, float, float]] = []
    for fold in range(how.folds):
        test = [queries[number] for number in order[fold :: how.folds].tolist()]
        train = sorted(set(queries) - set(test))
        fusion, weights, _ = _chosen(shelves, train, usual, how)
        scores += [
            (_score(shelves, query, fusion, weights, how), usual[fusion][query], usual[USUAL][query]) for query in test
        ]
    ours, same, plain = np.array(scores).T
    fusion, weights, power = _chosen(shelves, queries, usual, how)
    return Fitted(
        fusion=fusion,
        metric=how.metric.name,
        weights=weights,
        power=power,
        reliabilities=tuple(_reliabilities(shelves, how)),
        gains=(_gain("the usual weights", ours, same, how.seed), _gain("a usual search", ours, plain, how.seed)),
        queries=len(queries),
        folds=how.folds,
        seed=how.seed,
    )


def _shelf(answers: Answers, how: Fitting) -> _Shelf:
    cases = answers.task.cases
    found = answers.of(Way(how.mode, USUAL), how.step)
    alone = {}
    for name in list(answers.lists):
        lists = ranked(cases, answers.of(Way(how.mode, USUAL, name), how.step))
        alone[name] = how.metric.of(lists)
    return _Shelf(answers, alone, by_chance(how.metric, ranked(cases, found), how.depth, how.seed))


def _counting(shelf: _Shelf) -> list[int]:
    return np.flatnonzero(~np.isnan(np.stack(list(shelf.alone.values()))).any(axis=0)).tolist()


def _reliability(values: Floats, chance: Floats) -> Floats:
    """How far each query's score comes from chance to 1."""
    room = np.maximum(1 - chance, 1e-9)
    reliability: Floats = (values - chance) / room
    return reliability


def _chosen(
    shelves: Sequence[_Shelf],
    queries: Sequence[tuple[int, int]],
    usual: Mapping[str, Mapping[tuple[int, int], float]],
    how: Fitting,
) -> tuple[str, dict[str, float], float]:
    """The weights that some queries give, by the fusion and to the power that do best on these."""
    fusion = max(how.fusions, key=lambda name: float(np.mean([usual[name][query] for query in queries])))
    told: dict[str, list[float]] = {}
    for place, number in queries:
        shelf = shelves[place]
        for name, values in shelf.alone.items():
            told.setdefault(name, []).append(float(_reliability(values, shelf.chance)[number]))
    means = {name: max(LEAST, float(np.mean(values))) for name, values in told.items()}
    best = max(means.values())
    tried = []
    for power in POWERS:
        weights = {name: round(max(LEAST, (value / best) ** power), 4) for name, value in means.items()}
        tried.append((power, weights, np.array([_score(shelves, query, fusion, weights, how) for query in queries])))
    power, weights, _ = tried[gentlest([scores for _, _, scores in tried])]
    return fusion, weights, power


def gentlest(tried: Sequence[Floats]) -> int:
    """The first whose scores are not worse than the best by more than a standard error (Breiman et al., CART, 1984)."""
    best = max(tried, key=lambda scores: float(scores.mean()))
    for number, scores in enumerate(tried):
        behind = best - scores
        if behind.mean() <= behind.std(ddof=1) / np.sqrt(len(behind)):
            return number
    return len(tried) - 1


def _score(
    shelves: Sequence[_Shelf], query: tuple[int, int], fusion: str, weights: Mapping[str, float], how: Fitting
) -> float:
    place, number = query
    answers = shelves[place].answers
    way = Way(how.mode, fusion, weights=tuple(sorted(with_phrases(weights).items())))
    how.step()
    lists = ranked([answers.task.cases[number]], [answers.one(number, way)])
    return float(how.metric.of(lists)[0])


def with_phrases(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of spaces as a search takes them: phrases follow the words."""
    return {**weights, **({PHRASES: _PHRASES * weights[WORDS]} if WORDS in weights else {})}


def _reliabilities(shelves: Sequence[_Shelf], how: Fitting) -> list[Reliability]:
    found = []
    for shelf in shelves:
        cases = shelf.answers.task.cases
        for name, values in shelf.alone.items():
            for source, target in dict.fromkeys((case.source, case.target) for case in cases):
                there = np.array([(case.source, case.target) == (source, target) for case in cases])
                told = _reliability(values, shelf.chance)[there]
                counted = int((~np.isnan(told)).sum())
                if counted:
                    found.append(Reliability(name, source, target, mean(told), *interval(told, seed=how.seed), counted))
    return found


def _gain(over: str, ours: Floats, other: Floats, seed: int) -> Gain:
    difference = ours - other
    return Gain(over, mean(ours), mean(other), mean(difference), *interval(difference, seed=seed))
