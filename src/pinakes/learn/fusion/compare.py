"""All fusions side by side: each is trained and scored on the same rows, with several seeds, beside late fusion.

A query is one modality of a row, or all that is known of it; what is found are works by all that is known of them. Late
fusion trains one common space and makes one list of those that each modality of the query gives in each of the works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.learn.base import Learner
from pinakes.learn.data.source import Source
from pinakes.learn.experiment.data import opened
from pinakes.learn.experiment.methods import method_of, methods
from pinakes.learn.experiment.plan import Plan
from pinakes.learn.experiment.run import Ready, build, fit
from pinakes.learn.fusion.base import Fuser
from pinakes.learn.fusion.late import LATE, late
from pinakes.learn.joint.towers import Joint
from pinakes.learn.training import events
from pinakes.learn.training.run_folder import RunFolder
from pinakes.metrics.names import parse
from pinakes.metrics.ranked import of_relevance
from pinakes.types import Floats, Rows

WORKS = "works"
# By direction and metric, the values of each query, the mean over seeds (queries,).
Scores: TypeAlias = dict[str, dict[str, NDArray[np.float64]]]
# From the positions of some queries to the scores of all works (some, works).
Rank: TypeAlias = Callable[[Rows], Floats]
_BY_LABELS, _BY_PAIRS = ("map", "p@10", "r@10"), ("mrr", "r@1", "r@10")
# Queries that are scored at once.
_AT_ONCE = 256


@dataclass(frozen=True)
class Row:
    """One way of fusing, and what it is worth."""

    method: str
    # One for each seed.
    seeds: tuple[Scores, ...]
    parameters: int
    seconds: float

    def each(self, way: str, metric: str) -> NDArray[np.float64]:
        """The mean over seeds for each query (queries,)."""
        values: NDArray[np.float64] = np.mean([scores[way][metric] for scores in self.seeds], axis=0)
        return values

    def means(self, way: str, metric: str) -> list[float]:
        """The mean over the queries that count, for each seed."""
        return [float(np.nanmean(scores[way][metric])) for scores in self.seeds]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        ways = {
            way: {
                metric: {"mean": float(np.mean(told)), "seeds": told}
                for metric in by
                for told in [self.means(way, metric)]
            }
            for way, by in self.seeds[0].items()
        }
        return {"method": self.method, "parameters": self.parameters, "seconds": round(self.seconds, 2), "ways": ways}


def fusions() -> tuple[str, ...]:
    """The names of all fusion methods."""
    return tuple(name for name in methods() if method_of(name).kind == "fusion")


def compare(
    plan: Plan,
    folder: Path,
    names: Sequence[str] = (),
    seeds: int = 1,
    listen: Callable[[str, events.Event], None] = lambda name, event: None,
) -> list[Row]:
    """A row for each fusion, and one for each way of late fusion where `joint` is among the names or none is given.

    Each is trained as the plan says, with the settings of its method that the fusion has too, in a folder of its own,
    so that what was done already is not done again.
    """
    if seeds < 1:
        raise BadInput(f"{seeds} seeds are none.", "Give 1 or more; 3 tell how much chance there is in a figure.")
    chosen = tuple(dict.fromkeys(names)) or (*fusions(), "joint")
    for name in chosen:
        if method_of(name).kind != "fusion" and name != "joint":
            raise BadInput(f"{name} is no fusion.", f"There are {', '.join(fusions())}; joint stands for late fusion.")
    loaded = opened(plan.data)
    found: list[Row] = []
    for name in chosen:
        trained = [
            _trained(build(planned(plan, name, seed, labelled=loaded.set.labels is not None), loaded), folder, listen)
            for seed in range(plan.train.seed, plan.train.seed + seeds)
        ]
        parameters = sum(each.numel() for each in trained[0][0].parameters())
        seconds = float(np.mean([each[2] for each in trained]))
        for label in trained[0][1]:
            scores = tuple(by[label] for _, by, _ in trained)
            found.append(Row(label, scores, parameters, seconds))
    return found


def planned(plan: Plan, name: str, seed: int, *, labelled: bool) -> Plan:
    """The plan of one fusion: what is relevant is judged by labels where there are some."""
    relevant = plan.evaluate.relevant or ("labels" if labelled else "pairs")
    metrics = plan.evaluate.metrics or (_BY_LABELS if relevant == "labels" else _BY_PAIRS)
    known = {each.name for each in fields(method_of(name).config)}
    return replace(
        plan,
        name=f"{plan.name}-{name}-{seed}",
        method=name,
        config={key: value for key, value in plan.config.items() if key in known},
        train=replace(plan.train, seed=seed),
        evaluate=replace(plan.evaluate, relevant=relevant, metrics=tuple(metrics)),
    )


def _trained(
    ready: Ready, folder: Path, listen: Callable[[str, events.Event], None]
) -> tuple[Learner, dict[str, Scores], float]:
    name = ready.method.name
    _asking(ready)
    place = RunFolder(folder / f"{name}-{ready.plan.train.seed}")
    outcome = fit(ready, place, lambda event: listen(name, event))
    return outcome.learner, scored(outcome.learner, ready), outcome.seconds


def _asking(ready: Ready) -> Source:
    """The rows that ask, without which nothing is worth training."""
    asking = ready.source("query") or ready.source("validation")
    if asking is None:
        raise BadInput("No row asks for others.", "Raise split.query or split.validation.")
    return asking


def scored(learner: Learner, ready: Ready) -> dict[str, Scores]:
    """The scores of a learner by the name of its row: late fusion has several."""
    asking, found = _asking(ready), ready.source("database")
    if ready.how.by == "pairs" or found is None:
        found = asking
    test = Contest(asking, found, ready.how.by, ready.how.metrics)
    if isinstance(learner, Fuser):
        return {ready.method.name: test.scores(learner.modalities, _fused(learner, test))}
    if isinstance(learner, Joint):
        lists = late(learner, asking, found)
        return {f"late {name}": test.scores(learner.modalities, lists(name)) for name in LATE}
    raise BadInput(f"{ready.method.name} does not fuse.")


def _fused(learner: Fuser, test: Contest) -> Callable[[Sequence[str]], Rank]:
    """From the modalities that are known of queries to the cosines of queries and works."""
    works = _vectors(learner, test.found, learner.modalities)

    def rank(known: Sequence[str]) -> Rank:
        asked = _vectors(learner, test.asking, known)
        return lambda some: asked[some] @ works.T

    return rank


@torch.no_grad()
def _vectors(learner: Fuser, source: Source, known: Sequence[str]) -> Floats:
    device = next((each.device for each in (*learner.parameters(), *learner.buffers())), torch.device("cpu"))
    learner.eval()
    pieces = []
    for batch in source.batches():
        inputs = {name: batch.inputs[name].to(device) for name in known}
        present = {name: flags.to(device) for name, flags in batch.present.items() if name in known}
        pieces.append(learner.fuse(inputs, present).float().cpu().numpy())
    return np.concatenate(pieces)


@dataclass(frozen=True)
class Contest:
    """Rows that ask, rows that are found, and what is measured of them."""

    asking: Source
    found: Source
    by: str
    metrics: Sequence[str]

    def scores(self, modalities: Sequence[str], rank: Callable[[Sequence[str]], Rank]) -> Scores:
        """By direction and metric the value of each query: by each modality alone, and by all that is known."""
        ways: dict[str, tuple[str, ...]] = {name: (name,) for name in modalities}
        if self.by == "labels":
            # All that is known of a row is that row's own vector, so that as a pair it would always find itself.
            ways["all"] = tuple(modalities)
        return {f"{name} to {WORKS}": self._scores(rank(known), known) for name, known in ways.items()}

    def _scores(self, rank: Rank, known: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        parsed = [parse(name) for name in self.metrics]
        pieces: dict[str, list[NDArray[np.float64]]] = {metric.name: [] for metric in parsed}
        for start in range(0, self.asking.rows, _AT_ONCE):
            some = np.arange(start, min(start + _AT_ONCE, self.asking.rows))
            scores, hits = rank(some).copy(), self._relevant(some, known)
            if self.by == "labels" and self.found is self.asking:
                # A row is not its own answer.
                scores[np.arange(len(some)), some], hits[np.arange(len(some)), some] = -np.inf, False
            order = np.argsort(-scores, axis=1, kind="stable")
            ranked = of_relevance(np.take_along_axis(hits, order, axis=1), hits.sum(axis=1))
            for metric in parsed:
                pieces[metric.name].append(np.asarray(metric.family.at_rank(ranked, metric.k), np.float64))
        return {name: np.concatenate(found) for name, found in pieces.items()}

    def _relevant(self, some: Rows, known: Sequence[str]) -> NDArray[np.bool_]:
        """Which works are relevant to queries (some, works); none to one that lacks what it would ask by."""
        asking = self.asking
        there = np.any([asking.set.has(name)[asking.chosen[some]] for name in known], axis=0)  # type: ignore[arg-type]
        if self.by == "pairs":
            hits = some[:, None] == np.arange(self.found.rows)
        elif asking.labels is None or self.found.labels is None:
            raise BadInput("Works have no labels by which they could be relevant.", "Set evaluate.relevant to pairs.")
        else:
            hits = asking.labels.numpy()[some] @ self.found.labels.numpy().T > 0
        kept: NDArray[np.bool_] = hits & there[:, None]
        return kept
