"""What items that were put together have in common: values of their metadata, and words of titles and descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.records import ItemEntry
from pinakes.index.best import distinct
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
# What so large a share of many items has tells nothing.
_COMMON, _MANY = 0.3, 20
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

    def held_at(self, places: Places) -> NDArray[np.bool_]:
        """Which of some places have it."""
        if not len(self.places):
            return np.zeros(len(places), np.bool_)
        at = np.minimum(np.searchsorted(self.places, places), len(self.places) - 1)
        held: NDArray[np.bool_] = self.places[at] == places
        return held


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a group of items from others."""

    values: tuple[Signal, ...]
    words: tuple[Signal, ...]

    def shared(self, item: int, place: int) -> list[str]:
        """The values that a liked item and the item at a place have both; words where there are no values."""
        there = np.array([place], np.int64)
        for kind in (self.values, self.words):
            found = [one.text for one in kind if item in one.holders and one.held_at(there)[0]]
            if found:
                # Written in capitals or not, it is one.
                return list({folded(text): text for text in reversed(found)}.values())[::-1]
        return []


def signals(snapshot: Snapshot, items: Sequence[ItemEntry], analyser: Analyser, looked_up: int) -> Signals:
    """The values and words that tell most of some items; so many of each are looked up to see how rare they are."""
    return Signals(_values(snapshot, items, looked_up), _words(snapshot, items, analyser, looked_up))


def scored(kind: Sequence[Signal], count: int) -> Floats:
    """For each of all items (count,) what share of the signals it has, by their weight."""
    scores = np.zeros(count, np.float32)
    for one in kind:
        scores[one.places] += one.weight
    return scores / np.float32(max(sum(one.weight for one in kind), 1e-9))


@dataclass(frozen=True, slots=True)
class _Lookup:
    """How often a value or word stands in a segment, told at once, and in which of its items, one by one in order."""

    frequency: Callable[[Segment], int]
    items: Callable[[Segment], NDArray[np.uint32]]


# As it is written, the liked items that have it, and where to look it up.
_Held: TypeAlias = tuple[str, frozenset[int], _Lookup]


def _values(snapshot: Snapshot, items: Sequence[ItemEntry], looked_up: int) -> tuple[Signal, ...]:
    holders: dict[tuple[str, str], dict[int, str]] = {}
    for item in items:
        for name in FIELDS:
            told = (item.collection,) if name == "collection" else item.fields.get(name, ())
            for value in told:
                if value.strip() and len(value) <= LONGEST_VALUE:
                    holders.setdefault((name, folded(value)), {})[item.id] = value

    def lookup(key: tuple[str, str]) -> _Lookup:
        found: dict[str, NDArray[np.uint32]] = {}

        def items_of(segment: Segment) -> NDArray[np.uint32]:
            if segment.name not in found:
                found[segment.name] = distinct(segment.columns().items(segment.columns().equal(*key)))
            return found[segment.name]

        return _Lookup(lambda segment: len(items_of(segment)), items_of)

    found = [(next(iter(held.values())), frozenset(held), lookup(key)) for key, held in holders.items()]
    every = sum(len(segment.items) for segment in snapshot.segments)
    return _telling(snapshot, _first(found, looked_up), len(items), every, _VALUES)


def _words(snapshot: Snapshot, items: Sequence[ItemEntry], analyser: Analyser, looked_up: int) -> tuple[Signal, ...]:
    holders: dict[str, set[int]] = {}
    spelt: dict[str, str] = {}
    for item in items:
        text = "\n".join([item.title, *(value for name in _TOLD for value in item.fields.get(name, ()))])
        language = analyser.language_of(text, item.language)
        for form, term in zip(analyser.forms(text), analyser.terms(text, language), strict=True):
            if not is_little(form) and not form.isdigit():
                holders.setdefault(term, set()).add(item.id)
                spelt.setdefault(term, form)

    def lookup(term: str) -> _Lookup:
        clause = Clause((QueryWord(spelt[term], (term,)),))

        def items_of(segment: Segment) -> NDArray[np.uint32]:
            # Rows of one item lie side by side.
            having = segment.item_of_row[segment.words().find(clause).rows]
            return having[np.flatnonzero(np.diff(having, prepend=np.uint32(len(segment.items))))]

        return _Lookup(lambda segment: segment.words().frequency(term), items_of)

    found = [(spelt[term], frozenset(held), lookup(term)) for term, held in holders.items()]
    return _telling(snapshot, _first(found, looked_up), len(items), int(snapshot.bases[-1]), _WORDS)


def _first(found: list[_Held], looked_up: int) -> list[_Held]:
    """Those that most of the liked items have."""
    return sorted(found, key=lambda one: -len(one[1]))[:looked_up]


def _telling(snapshot: Snapshot, found: Sequence[_Held], liked: int, every: int, most: int) -> tuple[Signal, ...]:
    """The signals that weigh most: those that many of the liked items have, and few of all others."""
    weighed = []
    for text, holders, lookup in found:
        having = sum(count for _, count in snapshot.each(lookup.frequency))
        if len(holders) < having <= max(_COMMON * every, 2 * liked, _MANY) and having < every:
            rare = float(np.log(every / having) / np.log(max(every, 2)))
            weighed.append((rare * len(holders) / liked, text, holders, lookup))
    weighed.sort(key=lambda one: -one[0])
    return tuple(
        Signal(text, holders, weight, _everywhere(snapshot, lookup.items))
        for weight, text, holders, lookup in weighed[:most]
    )


def _everywhere(snapshot: Snapshot, read: Callable[[Segment], NDArray[np.uint32]]) -> Places:
    """The places of items among those of all segments, in order."""
    bases = item_bases(snapshot)
    found = [there.astype(np.int64) + bases[number] for number, there in snapshot.each(read)]
    return np.concatenate([np.zeros(0, np.int64), *found])


def item_bases(snapshot: Snapshot) -> Places:
    """Where the items of each segment begin, counted through all of them."""
    return np.cumsum([0, *(len(segment.items) for segment in snapshot.segments)]).astype(np.int64)
