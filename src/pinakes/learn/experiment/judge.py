"""What a learner is worth: rows that ask against rows that are found, in both directions, by codes or by vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pinakes.encoders.base import unit_rows
from pinakes.errors import BadSetting
from pinakes.learn.base import Learner
from pinakes.learn.data.source import Source
from pinakes.learn.experiment.plan import JudgePlan
from pinakes.learn.training.settings import LISTED
from pinakes.metrics import codes as of_codes
from pinakes.metrics.codes import Labelled, Ties
from pinakes.metrics.names import parse
from pinakes.metrics.ranked import Ranked, of_relevance
from pinakes.types import Floats, Rows

# Each figure for each query, by direction and name.
Figures: TypeAlias = dict[str, dict[str, NDArray[np.float64]]]
# By modality which rows have it (rows,); one that is not named is there in every row.
Lacking: TypeAlias = Mapping[str, NDArray[np.bool_]]
_BY_LABELS = ("map", "map@50", "p@10", "p@50", "p@100")
_BY_PAIRS = ("r@1", "r@5", "r@10", "mrr")
# Scores that are held at a time.
_SCORES = 16_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """How a learner is judged: what is relevant, by which metrics, and whether by codes."""

    by: str
    metrics: tuple[str, ...]
    ties: Ties
    codes: bool


def measured(plan: JudgePlan, *, hashing: bool, labelled: bool, by_labels: bool = False) -> Measured:
    """What the plan asks for, with the usual where it does not say: labels for codes, and for what learns from them."""
    by = plan.relevant or ("labels" if labelled and (hashing or by_labels) else "pairs")
    if by not in ("labels", "pairs"):
        raise BadSetting(f"evaluate.relevant is labels or pairs, not {by}.", LISTED)
    if by == "labels" and not labelled:
        raise BadSetting("evaluate.relevant is labels, but the set has none.", "Set it to pairs.")
    if plan.most < 0:
        raise BadSetting(f"evaluate.most is not negative, as {plan.most} is.", LISTED)
    if plan.ties not in of_codes.TIES:
        raise BadSetting(f"evaluate.ties is one of {', '.join(of_codes.TIES)}, not {plan.ties}.", LISTED)
    metrics = plan.metrics or (_BY_LABELS if by == "labels" else _BY_PAIRS)
    codes = hashing and by == "labels"
    _check_measurable(metrics, codes=codes)
    ties: Ties = "expected" if plan.ties == "expected" else "rows"
    return Measured(by, metrics, ties, codes)


def _check_measurable(metrics: Sequence[str], *, codes: bool) -> None:
    """Refuse, before anything is learned, what could not be measured of it."""
    if codes:
        of_codes.chosen(metrics)
        return
    least = of_relevance(np.ones((1, 1), np.bool_), np.ones(1, np.int64))
    for name in metrics:
        parse(name).of(least)


def vectors(learner: Learner, source: Source) -> dict[str, Floats]:
    """Vectors (rows, dim) of each modality that the learner and the source have, by its name."""
    shared = [name for name in learner.modalities if name in source.readers]
    device = next((each.device for each in (*learner.parameters(), *learner.buffers())), torch.device("cpu"))
    found: dict[str, list[Floats]] = {name: [] for name in shared}
    with torch.no_grad():
        learner.eval()
        for batch in source.batches():
            for name in shared:
                told = learner.embed(name, batch.inputs[name].to(device))
                found[name].append(told.float().cpu().numpy())
    return {name: np.concatenate(pieces) for name, pieces in found.items()}


def lacking(source: Source) -> Lacking:
    """Of the modalities that not every row has, the rows that have it."""
    return {name: source.set.has(name)[source.chosen] for name in source.readers if name in source.set.present}


def judge(learner: Learner, asking: Source, found: Source | None, how: Measured) -> Figures:
    """Each metric for each query and direction; without a database each row looks for its own other modality."""
    asked, there = vectors(learner, asking), lacking(asking)
    if found is None:
        return figures_of(asked, asking.labels, how, there=there)
    stored = vectors(learner, found)
    return figures_of(asked, asking.labels, how, stored, found.labels, there=there, stored_there=lacking(found))


def figures_of(
    asked: Mapping[str, Floats],
    labels: Tensor | None,
    how: Measured,
    stored: Mapping[str, Floats] | None = None,
    stored_labels: Tensor | None = None,
    *,
    there: Lacking = MappingProxyType({}),
    stored_there: Lacking = MappingProxyType({}),
) -> Figures:
    """Each metric for each query and direction, of vectors by modality; by default the rows look among themselves.

    A row without a modality neither asks nor is found in it.
    """
    same = stored is None
    if stored is None:
        stored, stored_there = asked, there
    told = _labels(asked, labels), _labels(stored, labels if same else stored_labels)
    figures: Figures = {}
    for one in asked:
        for other in stored:
            if one == other and len(asked) > 1:
                continue
            ask = _Side(asked[one], told[0]).only(there.get(one))
            find = _Side(stored[other], told[1]).only(stored_there.get(other))
            if len(ask.rows) and len(find.rows):
                measure = _by_codes if how.codes else _by_vectors
                figures[f"{one} to {other}"] = measure(ask, find, how, same)
    return figures


def means(figures: Figures) -> dict[str, float]:
    """The mean of each metric in each direction, first of all that of the first metric over all directions."""
    first = next(iter(next(iter(figures.values()))))
    told = {f"{metric}, {way}": mean(values) for way, by in figures.items() for metric, values in by.items()}
    return {first: overall(figures), **told}


def overall(figures: Figures) -> float:
    """The mean over the directions of the first metric."""
    return float(np.mean([mean(next(iter(by.values()))) for by in figures.values()]))


def mean(values: NDArray[np.float64]) -> float:
    """The mean over the queries that have something to find; 0 where none has."""
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else 0.0


def unmeant(figures: Figures, labels: Tensor | None, how: Measured) -> tuple[str, ...]:
    """What figures do not tell: queries that have nothing to find, and rows that are all relevant to each other."""
    firsts = [next(iter(by.values())) for by in figures.values()]
    without = max((int(np.isnan(values).sum()) for values in firsts), default=0)
    asked = max(map(len, firsts), default=0)
    notes = []
    if without:
        notes.append(f"{without:,} of {asked:,} rows that ask have nothing relevant to find, and do not count.")
    if how.by == "labels" and labels is not None and bool(labels.all(0).any()):
        notes.append(
            "All rows share a label, so that whatever is found is relevant, and figures by labels say nothing."
        )
    return tuple(notes)


def _labels(vectors: Mapping[str, Floats], labels: Tensor | None) -> NDArray[np.bool_]:
    rows = len(next(iter(vectors.values())))
    return np.zeros((rows, 0), np.bool_) if labels is None else labels.numpy().astype(np.bool_)


@dataclass(frozen=True, slots=True)
class _Side:
    """Vectors (n, dim) that ask or are found, their labels (n, labels), and which rows of the source they are."""

    vectors: Floats
    labels: NDArray[np.bool_]
    chosen: Rows | None = None

    @property
    def rows(self) -> Rows:
        """Positions in the source (n,)."""
        return np.arange(len(self.vectors)) if self.chosen is None else self.chosen

    def only(self, there: NDArray[np.bool_] | None) -> _Side:
        """Those rows that are there."""
        if there is None or there.all():
            return self
        return _Side(self.vectors[there], self.labels[there], np.flatnonzero(there))


def _by_codes(asked: _Side, stored: _Side, how: Measured, same: bool) -> dict[str, NDArray[np.float64]]:
    queries, collection = Labelled(packed(asked.vectors), asked.labels), Labelled(packed(stored.vectors), stored.labels)
    return of_codes.measure(queries, collection, how.metrics, ties=how.ties)


def packed(relaxed: Floats) -> NDArray[np.uint8]:
    """The signs of relaxed codes (n, bits) as packed bits (n, bytes); bits beyond are 0 in all."""
    return np.packbits(relaxed > 0, axis=1)


def _by_vectors(asked: _Side, stored: _Side, how: Measured, same: bool) -> dict[str, NDArray[np.float64]]:
    """By cosine; a pair is the same row of one source."""
    if how.by == "pairs" and not same:
        raise BadSetting("Pairs can only be looked for among the rows that ask.", "Set evaluate.relevant to labels.")
    one, other = unit_rows(asked.vectors), unit_rows(stored.vectors)
    parsed = [parse(name) for name in how.metrics]
    pieces: dict[str, list[NDArray[np.float64]]] = {name: [] for name in how.metrics}
    step = max(1, _SCORES // max(1, len(other)))
    for begin in range(0, len(one), step):
        scores = one[begin : begin + step] @ other.T
        ranked = _ranked(scores, _relevant(asked, stored, slice(begin, begin + step), how))
        for metric in parsed:
            pieces[metric.name].append(np.asarray(metric.of(ranked), np.float64))
    return {name: np.concatenate(found) for name, found in pieces.items()}


def _ranked(scores: Floats, relevant: NDArray[np.bool_]) -> Ranked:
    order = np.argsort(-scores, axis=1, kind="stable")
    return of_relevance(np.take_along_axis(relevant, order, axis=1), relevant.sum(axis=1))


def _relevant(asked: _Side, stored: _Side, chosen: slice, how: Measured) -> NDArray[np.bool_]:
    """What is relevant (asked, stored) to some of those that ask."""
    if how.by == "labels":
        shared = asked.labels[chosen].astype(np.float32) @ stored.labels.T.astype(np.float32)
        return np.asarray(shared > 0)
    return np.asarray(asked.rows[chosen, None] == stored.rows)


def as_judge(asking: Source, found: Source | None, how: Measured) -> Callable[[Learner], Mapping[str, float]]:
    """What the loop asks between epochs."""
    return lambda learner: means(judge(learner, asking, found, how))
