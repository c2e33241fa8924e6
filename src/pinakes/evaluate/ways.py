"""Putting queries to a library in several ways, with the one search that there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pinakes.evaluate.cases import Items, Task, counts, kept
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.index.words import Clause
from pinakes.search.candidates import Candidates
from pinakes.search.fuse import NEEDS_ALL_SCORES
from pinakes.search.order import LookedUp, Ordered, found_for, in_order
from pinakes.search.request import PHRASES, WORDS, Holdings, Mode, Options
from pinakes.search.search import look_up
from pinakes.types import Floats, Rows

FUSED = "fused"
# What is kept of queries, to be ranked in further ways: some tens of megabytes at most.
_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Way:
    """One way of searching: all spaces together, or one of them alone."""

    mode: Mode
    fusion: str
    space: str = FUSED
    weights: tuple[tuple[str, float], ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What it is called in a scope; a space alone has nothing to fuse."""
        if self.space != FUSED:
            return {"space": self.space, "mode": self.mode}
        return {"space": FUSED, "mode": self.mode, "fusion": self.fusion}


@dataclass(frozen=True, slots=True)
class Seen:
    """The first rows of an answer that count, best first: of each item its best part."""

    snapshot: Snapshot
    rows: Rows
    # The words that were looked up.
    clauses: tuple[Clause, ...]


class Answers:
    """Answers to the queries of a task; each query is encoded once, and ranked in as many ways as are asked for."""

    def __init__(self, task: Task, holdings: Holdings, options: Options, depth: int) -> None:
        self.task = task
        self._holdings = holdings
        self._options = replace(options, limit=1, facets=(), unfold=True, page="")
        self._depth = depth
        self._asked: dict[int, LookedUp] = {}
        self._candidates: dict[tuple[object, ...], Candidates] = {}
        self._spaces = tuple(space.name for space in holdings.catalogue.searched_spaces())
        # The lists that found anything for any query, in any way that was tried.
        self.lists: dict[str, None] = {}

    @property
    def usual_fusion(self) -> str:
        """The one of the library's settings."""
        return self._holdings.settings.fusion

    def of(self, way: Way, step: Callable[[], None] = lambda: None) -> list[Items]:
        """The items of each query's answer, best first."""
        answers = []
        for number in range(len(self.task.cases)):
            answers.append(self.one(number, way))
            step()
        return answers

    def one(self, number: int, way: Way) -> Items:
        """The items of one query's answer, best first."""
        case = self.task.cases[number]
        found = self._ordered(number, way)
        for one in found.found.lists:
            if one.rank.any():
                self.lists[WORDS if one.space == PHRASES else one.space] = None
        # What no list found was not found: a search of filters alone would show all that they leave.
        items = found.items if found.found.lists else np.zeros(0, np.int64)
        return kept(case, self.task, items, self._depth)

    def seen(self, number: int, way: Way, count: int) -> Seen:
        """What stands first in one query's answer, to be looked at."""
        found = self._ordered(number, way)
        ranking, case = found.ranking, self.task.cases[number]
        rows = found.found.rows[ranking.order[ranking.heads[ranking.shown]]]
        rows = rows[counts(case, self.task, found.items)][: count if found.found.lists else 0]
        return Seen(self._asked[number].snapshot, rows, found.found.clauses)

    def vector(self, number: int, space: str) -> Floats | None:
        """The vector (dim,) by which one query is looked up in a space, where it is."""
        near = self._looked_up(number, self._options).encoded.near
        return next((asked.vector for asked in near if asked.space.name == space), None)

    def _ordered(self, number: int, way: Way) -> Ordered:
        options = replace(self._options, mode=way.mode, fusion=way.fusion, weights=self.weights(way))
        asked = self._looked_up(number, options)
        return in_order(asked, self._found(number, asked, way, options), options)

    def _looked_up(self, number: int, options: Options) -> LookedUp:
        if len(self._asked) > _KEPT:
            self._asked.clear()
        if number not in self._asked:
            self._asked[number] = look_up(self.task.cases[number].query, options, self._holdings)
        return self._asked[number]

    def _found(self, number: int, asked: LookedUp, way: Way, options: Options) -> Candidates:
        """What every space finds for a query; ways that need the same of it share it, whatever they weigh."""
        silent = {name: 0.0 for name, weight in options.weights.items() if weight <= 0}
        key = (number, way.mode, way.fusion in NEEDS_ALL_SCORES, tuple(sorted(silent)))
        if len(self._candidates) > _KEPT:
            self._candidates.clear()
        if key not in self._candidates:
            limits = self._holdings.settings.limits
            deadline = Deadline.after(limits.query_seconds)
            plain = replace(options, weights=silent)
            self._candidates[key] = found_for(asked, plain, limits.max_depth, deadline)
        found = self._candidates[key]
        lists = (replace(one, weight=options.weights.get(one.space, one.weight)) for one in found.lists)
        return replace(found, lists=tuple(lists))

    def weights(self, way: Way) -> dict[str, float]:
        """The weights by which a way searches: those of the task, and 0 for all spaces but one that is alone."""
        weights = {**self._options.weights, **dict(way.weights), **self.task.weights}
        if way.space == FUSED:
            return weights
        silent = {name: 0.0 for name in (*self._spaces, WORDS, PHRASES) if name != way.space}
        if way.space == WORDS:
            silent.pop(PHRASES, None)
        return {**silent, **({} if way.space == WORDS else {way.space: 1.0})}


def measured_ways(
    answers: Answers, modes: Sequence[Mode], fusions: Sequence[str], spaces: Sequence[str], step: Callable[[], None]
) -> dict[Way, list[Items]]:
    """The answers of all spaces together in each fusion, and of each space that finds anything alone, in each mode."""
    first = Way(modes[0], fusions[0])
    found: dict[Way, list[Items]] = {first: answers.of(first, step)}
    ways: list[Way] = []
    # A single list has nothing to be fused with: it is one way of searching, not as many as there are fusions.
    together = FUSED in spaces or (not spaces and len(answers.lists) > 1)
    for mode in modes:
        ways += [Way(mode, fusion) for fusion in fusions] if together else []
        ways += [Way(mode, fusions[0], name) for name in answers.lists if not spaces or name in spaces]
    # Those that need the same of the spaces are asked one after the other.
    for way in sorted(ways, key=lambda way: (way.mode, way.space != FUSED, way.fusion in NEEDS_ALL_SCORES)):
        if way not in found:
            found[way] = answers.of(way, step)
    return {way: found[way] for way in ways}
