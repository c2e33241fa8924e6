"""Runs of the hashing benchmark: choosing settings with one budget for all, and measuring; each written down once.

A line of JSON for each run stands in the cache, so that a sweep that is stopped goes on where it was, and parts of one
may be run by several processes.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import pinakes.learn.hashing  # noqa: F401  # files the methods
from benchmarks.hashing_loop import Pace, hashed, of, trained
from benchmarks.hashing_sets import SETS, Part, Set, held_out
from pinakes.learn.base import METHODS, Learner
from pinakes.learn.losses.robust import flipped
from pinakes.metrics.codes import Labelled, curve, measure

FLOORS = ("hyperplanes", "itq", "cca-itq")
UNSUPERVISED = ("djsrh", "ucch")
SUPERVISED = ("dcmh", "idcmh", "dadh", "dchmt", "mith")
OURS = "pinakes"
LEARNING = (*UNSUPERVISED, *SUPERVISED, OURS)
LENGTHS = (16, 32, 64)
METRICS = ("map", "map@50", "p@1", "p@10", "p@50", "p@100", "p@1000", "f1@100", "f1@1000", "f1@radius=2")
# As many trials for every method that learns in steps: of a rate and a dropout, then at the best of these of one
# setting of its own each, beside its defaults.
PACES = ((1e-3, 0.2), (3e-3, 0.0), (3e-3, 0.3), (3e-3, 0.5), (1e-2, 0.3))
OWN: dict[str, tuple[tuple[str, Any], ...]] = {
    "djsrh": (("first", 0.5), ("first", 0.1), ("stretch", 1.0)),
    "ucch": (("temperature", 0.5), ("temperature", 0.1), ("margin", 0.4)),
    "dcmh": (("quantise", 1.0), ("quantise", 0.01), ("balance", 0.0)),
    "idcmh": (("within", 0.0), ("read", 0.1), ("quantise", 0.01)),
    "dadh": (("triplet", 1.0), ("margin", 0.2), ("classify", 1.0)),
    "dchmt": (("threshold", 0.25), ("threshold", 0.75), ("within", 0.0)),
    "mith": (("align", 1.0), ("distil", 0.0), ("quantise", 0.01)),
    OURS: (("steepness", 10.0), ("others", 10.0), ("noise", 1.0)),
}
TRIED_BITS = 16
# One hidden layer of this width for all.
HIDDEN = (256,)
PACE = Pace(epochs=20, batch=128)
# Small sets need as many steps as larger ones.
EPOCHS = {"wiki": 60}


@dataclass(frozen=True, slots=True)
class Run:
    """What is learned and measured in one go; `trial` tells that it is for choosing settings."""

    set: str
    method: str
    bits: int
    seed: int
    rate: float
    dropout: float
    trial: bool = False
    flips: float = 0.0
    # Settings of its own that were chosen, and what an ablation changes.
    own: tuple[tuple[str, Any], ...] = ()
    changed: tuple[tuple[str, Any], ...] = ()

    def settings(self) -> dict[str, Any]:
        """What the method is built with."""
        if self.method in FLOORS:
            return {"bits": self.bits}
        return {"bits": self.bits, "dropout": self.dropout, "hidden": HIDDEN, **dict(self.own), **dict(self.changed)}


class Ledger:
    """Runs that are done, a line each in a file of the cache."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def read(self) -> list[dict[str, Any]]:
        """All lines."""
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def find(self, run: Run) -> dict[str, Any] | None:
        """The line of a run."""
        wanted = json.loads(json.dumps(asdict(run)))
        return next((line for line in self.read() if line["run"] == wanted), None)

    def done(self, run: Run, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The line of a run, which is made where there is none."""
        if found := self.find(run):
            return found
        start = time.perf_counter()
        line = {"run": asdict(run), **make(), "seconds": round(time.perf_counter() - start, 1)}
        with self.path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(line) + "\n")
        written: dict[str, Any] = json.loads(json.dumps(line))
        return written


class Bench:
    """Sets that were read, and the ledger."""

    def __init__(self, data: Path, cache: Path) -> None:
        self.data, self.cache = data, cache
        self.ledger = Ledger(cache / "runs.jsonl")
        self.sets: dict[str, Set] = {}

    def set(self, name: str, *, trial: bool) -> Set:
        """A set, or the nine tenths of its train part with the tenth that asks."""
        if name not in self.sets:
            self.sets[name] = SETS[name](self.data, self.cache)
        return held_out(self.sets[name]) if trial else self.sets[name]

    def run(self, run: Run) -> dict[str, Any]:
        """The line of one run."""
        return self.ledger.done(run, lambda: self._made(run))

    def chosen(self, name: str, method: str) -> Run:
        """The best trial on the tenth of train, by the mean of both directions' mAP@all; floors have no trials."""
        if method in FLOORS:
            return Run(name, method, TRIED_BITS, 0, 0.0, 0.0)
        paces = [Run(name, method, TRIED_BITS, 0, rate, dropout, True) for rate, dropout in PACES]
        best = max(paces, key=lambda run: mean_map(self.run(run)))
        own = [replace(best, own=(setting,)) for setting in OWN[method]]
        return replace(max((best, *own), key=lambda run: mean_map(self.run(run))), trial=False)

    def _made(self, run: Run) -> dict[str, Any]:
        found = self.set(run.set, trial=run.trial)
        pace = replace(PACE, rate=run.rate, epochs=EPOCHS.get(run.set, PACE.epochs))
        learner = trained(run.method, run.settings(), pace, rows_of(found.train, run), run.seed)
        # One run of ours gives all shorter codes, too.
        nested = run.method == OURS and dict(run.changed).get("nested", True)
        shorter = [length for length in LENGTHS if nested and length < run.bits]
        return {"by_bits": {length: measured(learner, found, length, run) for length in (*shorter, run.bits)}}


def rows_of(train: Part, run: Run) -> Any:
    """The rows to learn from, some of them with wrong labels if the run asks for it."""
    rows = of(train)
    return replace(rows, labels=flipped(rows.labels, run.flips, 1000 + run.seed)) if run.flips else rows


def measured(learner: Learner, found: Set, bits: int, run: Run) -> dict[str, Any]:
    """Each metric of each direction, its mean; of mAP@all also of each query, and precision at eleven recalls."""
    asked, stored = hashed(learner, found.queries), hashed(learner, found.collection)
    names = list(asked)
    told: dict[str, Any] = {}
    for one, other in dict.fromkeys([(names[0], names[-1]), (names[-1], names[0])]):
        queries = Labelled(packed(asked[one], bits), found.queries.labels)
        collection = Labelled(packed(stored[other], bits), found.collection.labels)
        values = measure(queries, collection, METRICS[:1] if run.trial else METRICS, ties="expected", threads=1)
        means: dict[str, Any] = {name: round(float(np.nanmean(value)), 5) for name, value in values.items()}
        if not run.trial:
            means["each"] = np.nan_to_num(values["map"]).round(4).tolist()
            points = curve(queries, collection, threads=1)
            means["curve"] = np.interp(np.linspace(0, 1, 11), points.recall, points.precision).round(4).tolist()
        told[f"{one} to {other}"] = means
    return told


def packed(codes: np.ndarray, bits: int) -> np.ndarray:
    """The first bits of relaxed codes, packed."""
    return np.packbits(codes[:, :bits] >= 0, axis=1)


def mean_map(line: dict[str, Any]) -> float:
    """The mean mAP@all of both directions at a line's own length."""
    ways = line["by_bits"][str(line["run"]["bits"])]
    return float(np.mean([way["map"] for way in ways.values()]))


def known(method: str) -> bool:
    """Whether a method is there and hashes."""
    return method in METHODS and METHODS.get(method).kind == "hashing"
