"""What items that were put together have in common: values of their metadata, and words of titles and descriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.records import ItemEntry
from pinakes.index.columns import LONGEST_VALUE, folded
from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.index.words import Clause
from pinakes.types import Floats
from pinakes.words.analyse import Analyser, QueryWord
from pinakes.words.languages import is_little

# Fields whose values say what a work is about and whom it is by.
FIELDS = ("subjects", "labels", "creator", "contributor", "series", "coverage", "collection")
# Those that tell most of what was put together; on shelves of one subject, more words find less (measured).
_VALUES, _WORDS = 16, 8
# So many of each are looked up to see how rare they are.
_LOOKED_UP = 24
# What nearly every item has tells nothing.
_COMMON = 0.3
_TOLD = ("title", "description")

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Signal:
    """A value or a word that some liked items have, what it counts for, and the places of all items that have it."""

    text: str
    # Which of the liked items have it.
    holders: frozenset[int]
    weight: float
    places: Places


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a group of items from others."""

    values: tuple[Signal, ...]
    words: tuple[Signal, ...]

    def shared(self, item: int, place: int) -> list[str]:
        """The values that a liked item and the item at a place have both; words where there are no values."""
        for kind in (self.values, self.words):
            found = [one.text for one in kind if item in one.holders and _holds(one.places, place)]
            if found:
                return list(dict.fromkeys(found))
        return []


def _holds(places: Places, place: int) -> bool:
    at = int(np.searchsorted(places, place))
    return at < len(places) and int(places[at]) == place


def signals(snapshot: Snapshot, items: Sequence[ItemEntry], analyser: Analyser) -> Signals:
    """The values and words that tell most of some items."""
    return Signals(_values(snapshot, items), _words(snapshot, items, analyser))


def scored(kind: Sequence[Signal], count: int) -> Floats:
    """For each of all items (count,) what share of the signals it has, by their weight."""
    scores = np.zeros(count, np.float32)
    for one in kind:
        scores[one.places] += one.weight
    return scores / np.float32(max(sum(one.weight for one in kind), 1e-9))


def _values(snapshot: Snapshot, items: Sequence[ItemEntry]) -> tuple[Signal, ...]:
    holders: dict[tuple[str, str], dict[int, str]] = {}
    for item in items:
        for name in FIELDS:
            told = (item.collection,) if name == "collection" else item.fields.get(name, ())
            for value in told:
                if value.strip() and len(value) <= LONGEST_VALUE:
                    holders.setdefault((name, folded(value)), {})[item.id] = value

    def places(key: tuple[str, str]) -> Places:
        return _everywhere(snapshot, lambda segment: segment.columns().items(segment.columns().equal(*key)))

    chosen = Counter({key: len(held) for key, held in holders.items()}).most_common(_LOOKED_UP)
    found = [(next(iter(holders[key].values())), frozenset(holders[key]), places(key)) for key, _ in chosen]
    return _telling(found, len(items), snapshot, _VALUES)


def _words(snapshot: Snapshot, items: Sequence[ItemEntry], analyser: Analyser) -> tuple[Signal, ...]:
    holders: dict[str, set[int]] = {}
    spelt: dict[str, str] = {}
    for item in items:
        text = "\n".join([item.title, *(value for name in _TOLD for value in item.fields.get(name, ()))])
        terms = analyser.terms(text, analyser.language_of(text, item.language))
        for form, term in zip(analyser.forms(text), terms, strict=True):
            if not is_little(form) and not form.isdigit():
                holders.setdefault(term, set()).add(item.id)
                spelt.setdefault(term, form)

    def places(term: str) -> Places:
        clause = Clause((QueryWord(spelt[term], (term,)),))

        def having(segment: Segment) -> NDArray[np.uint32]:
            return segment.item_of_row[segment.words().find(clause).rows]

        return _everywhere(snapshot, having)

    chosen = Counter({term: len(held) for term, held in holders.items()}).most_common(_LOOKED_UP)
    found = [(spelt[term], frozenset(holders[term]), places(term)) for term, _ in chosen]
    return _telling(found, len(items), snapshot, _WORDS)


def _telling(
    found: Iterable[tuple[str, frozenset[int], Places]], liked: int, snapshot: Snapshot, most: int
) -> tuple[Signal, ...]:
    """The signals that weigh most: those that many of the liked items have, and few of the others."""
    every = max(2, sum(len(segment.items) for segment in snapshot.segments))
    told = []
    for text, holders, places in found:
        if len(places) > len(holders) and len(places) <= max(_COMMON * every, 2 * liked):
            rare = float(np.log(every / len(places)) / np.log(every))
            told.append(Signal(text, holders, rare * len(holders) / liked, places))
    return tuple(sorted(told, key=lambda one: -one.weight)[:most])


def _everywhere(snapshot: Snapshot, read: Callable[[Segment], NDArray[np.uint32]]) -> Places:
    """The places of items among those of all segments, each once, in order."""
    bases = item_bases(snapshot)
    found = [np.zeros(0, np.int64)]
    for number, there in snapshot.each(read):
        found.append(np.unique(there).astype(np.int64) + bases[number])
    return np.concatenate(found)


def item_bases(snapshot: Snapshot) -> Places:
    """Where the items of each segment begin, counted through all of them."""
    return np.cumsum([0, *(len(segment.items) for segment in snapshot.segments)]).astype(np.int64)
