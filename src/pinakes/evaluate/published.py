"""The table that a paper on cross-modal retrieval for digital libraries published, beside ours.

It gives, for its best method, the use of processor and memory, the number of concurrent operations, the share of them
that succeeded, and the average response time at 100 items. It does not give the machine, the load, or what an operation
is; so our side is measured under a load that is fixed here once and for all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pinakes.evaluate.cost import Compared, Cost, Loaded, Timing
from pinakes.evaluate.load import Load

PROCESSOR_PERCENT, MEMORY_PERCENT, CONCURRENT, SUCCESS_PERCENT, RESPONSE_SECONDS = 45.4, 36.3, 92, 96.7, 10.2
ITEMS, FEW_ITEMS = 1_000, 100
LOAD = Load(rate=10.0, seconds=60.0, clients=92)


def limits(load: Load, items: int, few: int) -> tuple[str, ...]:
    """What is measured on our side, and how far it can be compared."""
    return (
        "The published table names neither its machine, nor its load, nor what one operation is, so that no ratio "
        "between its figures and ours is one of equal work.",
        f"Ours: an operation is one whole search (words, an item of the library, or both; 10 hits with facets and "
        f"reasons) in a sample library of {items:,} works; {load.clients} clients, {load.rate:g} arrivals a second "
        f"({load.arrivals}) for {load.seconds:g} s; processor and memory are those of all our processes, the load "
        f"generator among them, as shares of all cores and all memory of this machine; a search that takes more than "
        f"{load.timeout:g} s from its arrival has failed; concurrent operations are those that arrive at the same "
        f"moment and are all answered in that time.",
        f"What a response at {FEW_ITEMS} items is, the paper does not say. Ours is told in both senses: one search in "
        f"a library of {few} works (p99 of the slowest kind of question), and all that lies between the files and a "
        f"first answer in a library that was empty: to read, decode and encode {few} works, to store and index them.",
    )


def compared(fixed: Loaded, at_once: Loaded, few: Sequence[Timing], from_files: float) -> tuple[Compared, ...]:
    """The rows of the table; `few` are times at 100 items, `from_files` the seconds from their files to an answer."""
    return (
        _less("processor", "% of all cores", PROCESSOR_PERCENT, fixed.processor_percent),
        _less("memory", "% of all memory", MEMORY_PERCENT, fixed.memory_percent),
        _more("concurrent operations", "operations", CONCURRENT, at_once.clients),
        _more("successful operations", "%", SUCCESS_PERCENT, fixed.success_percent),
        _less(f"one search at {FEW_ITEMS} items", "s", RESPONSE_SECONDS, max(one.p99 for one in few) / 1000),
        _less(f"from {FEW_ITEMS} files to an answer", "s", RESPONSE_SECONDS, from_files),
    )


def beats(cost: Cost) -> bool:
    """Whether every figure of the table is better than the published one."""
    return bool(cost.compared) and all(row.times > 1 for row in cost.compared)


def _less(what: str, unit: str, published: float, ours: float) -> Compared:
    return Compared(what, unit, published, ours, published / ours if ours > 0 else math.nan)


def _more(what: str, unit: str, published: float, ours: float) -> Compared:
    return Compared(what, unit, published, ours, ours / published)
