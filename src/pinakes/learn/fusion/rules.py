"""Association rules: what appears together often enough to be told from one another.

Agrawal and Srikant, "Fast algorithms for mining association rules" (Apriori), VLDB 1994. A set of things is frequent
only if all its parts are, so that larger sets are looked for among those of frequent ones alone. Lift is after Brin,
Motwani, Ullman and Tsur, "Dynamic itemset counting and implication rules for market basket data", SIGMOD 1997.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, TooLarge

Flags: TypeAlias = NDArray[np.bool_]
Items: TypeAlias = tuple[int, ...]
# More sets than this are more than anyone asked for, and more than memory holds.
MOST_SETS = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all of `items` are, `then` is too, in a share of cases."""

    items: Items
    then: int
    # The share of all rows that hold both; of the rows with `items`, those that hold both; and how many times that is
    # the share of all rows that hold `then`.
    support: float
    confidence: float
    lift: float


def apriori(rows: Flags, support: float, longest: int = 3) -> dict[Items, int]:
    """How many rows (n, things) hold each set of things that at least a share `support` of them holds."""
    if not 0 < support <= 1:
        raise BadInput(f"A support of {support:g} is no share.", "Choose above 0 and up to 1.")
    least = max(1, int(np.ceil(support * len(rows) - 1e-9)))
    counts = rows.sum(0)
    found: dict[Items, int] = {(int(thing),): int(counts[thing]) for thing in np.flatnonzero(counts >= least)}
    level = sorted(found)
    columns = np.asfortranarray(rows)
    for size in range(2, longest + 1):
        larger = _pairs(columns, level, least) if size == 2 else _counted(columns, _joined(level), least)
        if len(found) + len(larger) > MOST_SETS:
            raise TooLarge(
                f"More than {MOST_SETS:,} sets of things appear together in {least:,} rows or more.",
                "Raise the support, or lower the number of words.",
            )
        found |= larger
        level = sorted(larger)
    return found


def rules(
    frequent: dict[Items, int],
    rows: int,
    confidence: float,
    lift: float = 1.0,
    wanted: Callable[[Items, int], bool] = lambda items, then: True,
) -> list[Rule]:
    """The rules that frequent sets of so many rows give, the surest first."""
    found = []
    for together, count in frequent.items():
        for then in together if len(together) > 1 else ():
            items = tuple(thing for thing in together if thing != then)
            sure = count / frequent[items]
            raised = sure * rows / frequent[(then,)]
            if sure >= confidence and raised > lift and wanted(items, then):
                found.append(Rule(items, then, count / rows, sure, raised))
    return sorted(found, key=lambda rule: (-rule.confidence, -rule.support, rule.items, rule.then))


def _pairs(columns: Flags, level: list[Items], least: int) -> dict[Items, int]:
    """All pairs at once: a product of matrices counts them, exactly up to sixteen million rows."""
    things = np.array([items[0] for items in level], np.int64)
    some = columns[:, things].astype(np.float32)
    counts = np.triu(some.T @ some, 1)
    return {
        (int(things[one]), int(things[other])): int(counts[one, other])
        for one, other in np.argwhere(counts >= least).tolist()
    }


def _joined(level: list[Items]) -> Iterable[Items]:
    """Sets that are larger by one, of which every part is frequent."""
    frequent = set(level)
    begun: dict[Items, list[int]] = {}
    for items in level:
        begun.setdefault(items[:-1], []).append(items[-1])
    for start, ends in begun.items():
        for one, other in combinations(ends, 2):
            candidate = (*start, one, other)
            if all(candidate[:place] + candidate[place + 1 :] in frequent for place in range(len(start))):
                yield candidate


def _counted(columns: Flags, candidates: Iterable[Items], least: int) -> dict[Items, int]:
    found = {}
    for items in candidates:
        count = int(np.logical_and.reduce(columns[:, list(items)], axis=1).sum())
        if count >= least:
            found[items] = count
    return found
