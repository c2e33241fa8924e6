"""A training from its plan to its figures, in a run's folder; begun again, it goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from pinakes.errors import BadInput, BadSetting, NotFound, nearest
from pinakes.learn.base import Learner, Method, Task
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts import Loaded
from pinakes.learn.data.prepare import Tell, clean_texts, idle
from pinakes.learn.data.prepare import prepared as quick
from pinakes.learn.data.source import Source
from pinakes.learn.data.splits import Split, save
from pinakes.learn.experiment.data import cache_of, kept, opened, shared_out
from pinakes.learn.experiment.judge import Figures, Measured, as_judge, judge, means, measured, unmeant
from pinakes.learn.experiment.methods import method_of
from pinakes.learn.experiment.model import described, write_model
from pinakes.learn.experiment.plan import Plan, TowerPlan
from pinakes.learn.experiment.towers import Prepared, prepare
from pinakes.learn.training import events
from pinakes.learn.training.loop import Outcome, train
from pinakes.learn.training.randomness import number
from pinakes.learn.training.run_folder import DATA, RunFolder
from pinakes.learn.training.settings import read_table
from pinakes.learn.training.together import leads
from pinakes.types import Modality, Rows


@dataclass(frozen=True)
class Ready:
    """A plan with everything built that it names."""

    plan: Plan
    set: TrainingSet
    split: Split
    notes: tuple[str, ...]
    method: Method
    prepared: Mapping[Modality, Prepared]
    learner: Learner
    task: Task
    how: Measured

    def source(self, part: str) -> Source | None:
        """The rows of a part of the split, as the learner takes them; None where there are none."""
        rows: Rows = self.set.find(getattr(self.split, part))
        if not len(rows):
            return None
        readers = {name: each.reader for name, each in self.prepared.items()}
        return Source(self.set, readers, rows, self.plan.train.seed)


@dataclass(frozen=True)
class Trained:
    """How a training ended, and what its model is worth on rows that it did not learn from."""

    outcome: Outcome
    figures: Figures
    summary: dict[str, Any]


def build(plan: Plan, loaded: Loaded | None = None, tell: Tell = lambda _what, _done, _total: None) -> Ready:
    """Read the data, share them out, and build readers, towers and the learner."""
    loaded = loaded or opened(plan.data)
    split, notes = shared_out(loaded, plan.split)
    method = method_of(plan.method)
    modalities = _modalities(plan, loaded)
    left = [name for name in loaded.set.modalities if name not in modalities]
    if left:
        tables = " and ".join(f"[{name}]" for name in left)
        notes = (*notes, f"Learned from {' and '.join(modalities)} alone: the configuration has no table {tables}.")
    notes = (*notes, *_cleaned(plan, loaded.set, modalities))
    found = clean_texts(loaded.set, modalities, plan.data.cleaning)
    rows = found.find(split.train)
    prepared = {
        name: prepare(found, name, plan.towers.get(name, TowerPlan()), rows, plan.train.seed) for name in modalities
    }
    readers = {name: each.reader for name, each in prepared.items() if found.view(name).kind != "texts"}
    read = quick(found, readers, cache_of(plan.data), cleaning=plan.data.cleaning, tell=tell)
    if len(read.set) < len(found):
        split = kept(split, read.set)
        rows = read.set.find(split.train)
    found = read.set
    notes = (*notes, *read.notes, *(note for each in prepared.values() for note in each.notes))
    labels = 0 if found.labels is None else found.labels.shape[1]
    task = Task({name: each.tower for name, each in prepared.items()}, labels, len(rows))
    torch.manual_seed(number(plan.train.seed, "weights"))
    config = read_table(method.config, plan.config, "method")
    learner = method.build(task, config)
    hashing = method.kind == "hashing"
    how = measured(plan.evaluate, hashing=hashing, labelled=labels > 0, by_labels=method.labels)
    return Ready(plan, found, split, notes, method, prepared, learner, task, how)


def _cleaned(plan: Plan, found: TrainingSet, modalities: Iterable[Modality]) -> tuple[str, ...]:
    """What is to be said of steps of cleaning that have nothing to clean; that none has any is a mistake."""
    without = idle(found, modalities, plan.data.cleaning)
    if not without:
        return ()
    told = f"data.cleaning does nothing here by {', '.join(without)}"
    kinds = ", ".join(f"{name} is {found.view(name).kind}" for name in modalities)
    if len(without) == len(plan.data.cleaning):
        raise BadSetting(f"{told}: of {found.name} {kinds}.", "Leave it out; it cleans texts, and files of media.")
    return (f"{told}.",)


def _modalities(plan: Plan, loaded: Loaded) -> tuple[Modality, ...]:
    """Those that the plan names, else all of the set; where one is not there, the first note may tell why."""
    found = loaded.set
    lost = next((name for name in plan.towers if name not in found.modalities), None)
    if lost is not None:
        raise NotFound(
            f"The training set {found.name} has no {lost}.",
            " ".join([nearest(lost, found.modalities), *loaded.notes[:1]]),
        )
    return tuple(name for name in found.modalities if not plan.towers or name in plan.towers)


def run(
    plan: Plan,
    folder: RunFolder,
    listen: Callable[[events.Event], None] = lambda event: None,
    loaded: Loaded | None = None,
    tell: Tell = lambda _what, _done, _total: None,
) -> Trained:
    """Train as planned and measure on the rows that ask; what the folder holds already is not done again."""
    ready = build(plan, loaded, tell)
    outcome = fit(ready, folder, listen)
    figures = _figures(ready, outcome)
    summary = {
        "name": plan.name,
        "method": ready.method.name,
        "figures": means(figures) if figures else {},
        "validation": {n: v for n, v in outcome.figures.items() if n.startswith("valid.")},
        "best_epoch": outcome.best_epoch + 1,
        "epochs": outcome.epochs,
        "steps": outcome.steps,
        "seconds": round(outcome.seconds, 2),
        "parameters": sum(each.numel() for each in outcome.learner.parameters()),
        "seed": plan.train.seed,
        "relevant": ready.how.by,
        "rows": {part: len(getattr(ready.split, part)) for part in ("train", "validation", "query", "database")},
        "rule": ready.split.rule,
        "notes": [*ready.notes, *_unmeasured(ready, figures)],
    }
    if leads():
        folder.end(summary)
    return Trained(outcome, figures, summary)


def fit(ready: Ready, folder: RunFolder, listen: Callable[[events.Event], None] = lambda event: None) -> Outcome:
    """Train, and look at the validation rows alone."""
    plan = ready.plan
    learning = ready.source("train")
    if learning is None:
        raise BadInput("No row is left to learn from.", "Lower split.validation and split.query.")
    if leads():
        folder.clear()
        folder.begin({**plan.as_dict(), DATA: ready.set.fingerprint()})
        save(ready.split, folder.path / "split.json")
        write_model(folder, described(ready.prepared, ready.method.name, plan.config, ready.task))
    validation = ready.source("validation")
    watch = None
    if validation is not None and _tells(ready):
        # What is chosen by looks for the rows that were learned from, or among itself, never for those that ask.
        most = plan.evaluate.most
        found = spread(learning, 10 * most) if ready.how.by == "labels" else None
        watch = as_judge(spread(validation, most), found, ready.how)
    food = ready.learner.fed(learning)
    return train(ready.learner, food, plan.train, folder, watch, listen, classes=ready.method.labels)


def spread(source: Source, most: int) -> Source:
    """So many rows of a source at most, evenly spread over it; 0 takes all."""
    if not most or source.rows <= most:
        return source
    return replace(source, chosen=source.chosen[np.linspace(0, source.rows - 1, most).astype(np.int64)])


def _tells(ready: Ready) -> bool:
    """Whether looking tells anything: of one modality alone, each row would find itself."""
    return ready.how.by == "labels" or len(ready.learner.modalities) > 1


def _unmeasured(ready: Ready, figures: Figures) -> tuple[str, ...]:
    """What is to be said of figures, and why there are none where there are none."""
    if not _tells(ready):
        why = "of one modality alone, each row would find itself"
        return (f"Nothing was measured: {why}. Set evaluate.relevant to labels where there are some.",)
    if not figures:
        return ("Nothing was measured: no row asks that was not learned from. Raise split.query, or give more rows.",)
    labels = ready.set.labels
    return unmeant(figures, None if labels is None else torch.from_numpy(labels), ready.how)


def _figures(ready: Ready, outcome: Outcome) -> Figures:
    """Each figure for each query of the rows that ask, else of those that the best epoch was chosen by."""
    asking, found = ready.source("query"), ready.source("database")
    if asking is None:
        asking, found = ready.source("validation"), ready.source("train")
    if asking is None or not _tells(ready):
        return {}
    if ready.how.by == "pairs":
        found = None
    return judge(outcome.learner, asking, found, ready.how)
