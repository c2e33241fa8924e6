"""Recommendations: what goes with items that a person put together or opened, and because of which of them.

Each group of items (a shelf, or what was opened lately) finds candidates by the values and words that tell it from
others, over the whole library, and by a few vectors that stand for it in each space. What a candidate is worth to a
group is a weighted mean of three shares from 0 to 1: of the values that it has, of the words, and how likely the
vectors make it, on average over the group's items. Among many groups and look-alikes, variety is kept while choosing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.records import ItemEntry
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import unit_rows
from pinakes.index.best import distinct, highest
from pinakes.index.calibrate import told_kinds
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.search.candidates import without_rows
from pinakes.search.encode import Asked
from pinakes.search.fold import ALIKE_BITS
from pinakes.search.liking import Numbers, Vectors, by_kind, by_vectors, leading, vectors_at
from pinakes.search.near import nearest
from pinakes.search.signals import Signals, item_bases, scored, signals
from pinakes.types import Floats
from pinakes.words.analyse import Analyser

# Bounds of the work, whatever is on the shelves: groups, items of each, candidates of each; and, for all groups
# together, items, values and words that are looked up, and vectors that are asked for.
GROUPS, ITEMS, POOL = 3, 12, 40
ALL_ITEMS, LOOKED_UP, PROBES = 24, 24, 6
# So many times as many rows are found for a vector as are taken: the nearest of few are not always the nearest of all.
_LOOKED_AT = 2
# How much less one more of the same group is worth, and how much a likeness to what was chosen takes away.
_AGAIN, _ALIKE = 0.9, 0.2
# Below this nothing speaks for a candidate.
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Counts:
    """What each kind of sign counts for."""

    values: float
    words: float
    vectors: float


# The best on shelves of one subject, some of them with their subjects not told (benchmarks/recommending.py).
COUNTS = Counts(0.5, 0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Group:
    """Items that belong together, the newest first, and what the group counts for."""

    items: tuple[int, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Recommended:
    """An item that goes with a group, because of one of its items, with which it shares values or words, or looks."""

    item: int
    part: int
    score: float
    group: int
    because: int
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    """The candidates (n,) of a group by their places among all items, their scores, and what they share with it."""

    places: Numbers
    scores: Floats
    signals: Signals
    # The group's items (m,), and how much each of them speaks for each candidate: (n, m).
    liked: Numbers
    profile: Floats


def recommend(
    snapshot: Snapshot,
    spaces: Sequence[Space],
    groups: Sequence[Group],
    told: Mapping[int, ItemEntry],
    without: Sequence[int],
    analyser: Analyser,
    limit: int,
    deadline: Deadline,
) -> list[Recommended]:
    """The best items for some groups, none of them among `without`; `told` holds the entries of the groups' items."""
    library = _Items.of(snapshot, without)
    found = []
    groups = groups[:GROUPS]
    each = max(1, len(groups))
    share = _Share(min(ITEMS, ALL_ITEMS // each), LOOKED_UP // each, PROBES // each)
    for group in groups:
        deadline.check()
        liked = [told[item] for item in group.items if item in told][: share.items]
        found.append(_scored(snapshot, spaces, liked, library, analyser, share, deadline))
    return _chosen(snapshot, library, groups, found, limit)


@dataclass(frozen=True, slots=True)
class _Share:
    """What the work for one group may be."""

    items: int
    looked_up: int
    probes: int


@dataclass(frozen=True, slots=True)
class _Items:
    """All items by their places, which of them may be recommended, and the rows of those that may not."""

    numbers: Numbers
    bases: Numbers
    allowed: NDArray[np.bool_]
    selection: Selection

    @classmethod
    def of(cls, snapshot: Snapshot, without: Sequence[int]) -> _Items:
        """Those of a snapshot, but for some."""
        numbers = np.concatenate([np.zeros(0, np.int64), *(segment.items for segment in snapshot.segments)])
        allowed, bases, rows = np.ones(len(numbers), np.bool_), item_bases(snapshot), [np.zeros(0, np.int64)]
        unwanted = np.array(without, np.int64)
        for number, segment in enumerate(snapshot.segments):
            here = allowed[bases[number] : bases[number + 1]]
            if segment.alive_items is not None:
                here &= segment.alive_items
            places = segment.places_of(unwanted)
            here[places] = False
            rows += [
                np.arange(*segment.starts[place : place + 2]) + snapshot.bases[number] for place in places.tolist()
            ]
        return cls(numbers, bases, allowed, without_rows(snapshot, snapshot.select([]), np.concatenate(rows)))

    def places_of(self, snapshot: Snapshot, rows: Numbers) -> Numbers:
        """The places of the items to which rows belong, each once."""
        found = [np.zeros(0, np.int64)]
        for number, _, local in snapshot.by_segment(rows):
            found.append(snapshot.segments[number].item_of_row[local].astype(np.int64) + self.bases[number])
        return distinct(np.concatenate(found))


def _scored(
    snapshot: Snapshot,
    spaces: Sequence[Space],
    liked: Sequence[ItemEntry],
    library: _Items,
    analyser: Analyser,
    share: _Share,
    deadline: Deadline,
) -> _Scored:
    common = signals(snapshot, liked, analyser, share.looked_up)
    by_values, by_words = (scored(kind, len(library.numbers)) for kind in (common.values, common.words))
    by_signs = np.where(library.allowed, COUNTS.values * by_values + COUNTS.words * by_words, np.float32(0))
    # Most items share nothing with the group: choosing among many equal ones is slow.
    places = np.flatnonzero(by_signs)
    places = places[highest(by_signs[places], POOL)]
    mine = leading(snapshot, np.array([item.id for item in liked], np.int64))
    told = [vectors_at(snapshot, space, mine.rows) for space in spaces]
    near = _near(snapshot, told, library.selection, share.probes, deadline)
    places = distinct(np.concatenate([places, library.places_of(snapshot, near)]))
    there = leading(snapshot, library.numbers[places])
    likely = by_vectors(snapshot, there, mine, told)
    signs = COUNTS.values * bool(common.values) + COUNTS.words * bool(common.words) + COUNTS.vectors * bool(len(near))
    mean = likely.mean(axis=1) if len(liked) else likely.sum(axis=1)
    scores = (by_signs[places] + COUNTS.vectors * mean) / max(signs, COUNTS.vectors)
    profile = COUNTS.vectors * likely + _held(common, liked, places)
    items = np.array([item.id for item in liked], np.int64)
    return _Scored(places, scores.astype(np.float32), common, items, profile)


def _held(common: Signals, liked: Sequence[ItemEntry], places: Numbers) -> Floats:
    """How much each liked item (m,) shares with each candidate (n,) of what tells the group: (n, m)."""
    held = np.zeros((len(places), len(liked)), np.float32)
    for kind, counts in ((common.values, COUNTS.values), (common.words, COUNTS.words)):
        total = max(sum(one.weight for one in kind), 1e-9)
        for one in kind:
            having = one.held_at(places)
            holders = np.array([item.id in one.holders for item in liked])
            held += np.float32(counts * one.weight / total) * having[:, None] * holders[None, :]
    return held


def _near(
    snapshot: Snapshot, liked: Sequence[Vectors], selection: Selection, probes: int, deadline: Deadline
) -> Numbers:
    """Rows near to what stands for the liked items in each space: at most so many vectors are asked for."""
    asked: list[tuple[int, Asked]] = []
    for one in liked:
        for modality, there in by_kind(snapshot, one):
            # One that tells how likely it is right is asked first.
            rank = -len(there.rows) - 1_000 * bool(told_kinds(snapshot, one.space, modality))
            asked.append((rank, Asked(one.space, _middle(one.space, there.vectors), modality, 1.0)))
    rows = [np.zeros(0, np.int64)]
    for _, probe in sorted(asked, key=lambda pair: pair[0])[:probes]:
        near = nearest(snapshot, probe, selection, deadline, precise=False, count=_LOOKED_AT * POOL)
        rows.append(near.rows[:POOL])
    return distinct(np.concatenate(rows))


def _middle(space: Space, vectors: Floats) -> Floats:
    """What stands for some vectors (n, dim) of a space."""
    if space.metric == "cosine":
        vectors = unit_rows(vectors)
    # Of unit vectors only the direction counts.
    middle: Floats = vectors.mean(axis=0)
    return middle


def _chosen(
    snapshot: Snapshot, library: _Items, groups: Sequence[Group], found: Sequence[_Scored], limit: int
) -> list[Recommended]:
    """The best of all groups, one after the other, so that groups take turns and look-alikes stand back."""
    if not found:
        return []
    group = np.repeat(np.arange(len(found)), [len(one.places) for one in found])
    at = np.concatenate([np.arange(len(one.places)) for one in found])
    places = np.concatenate([one.places for one in found])
    worth = np.concatenate([groups[number].weight * one.scores for number, one in enumerate(found)])
    each = distinct(places)
    there = leading(snapshot, library.numbers[each], 1)
    rows = there.rows[np.argsort(there.owners)][np.searchsorted(each, places)]
    seen = _Seen(snapshot, [item for one in groups for item in one.items])
    profiles = [unit_rows(one.profile + np.float32(1e-9)) for one in found]
    chosen: list[Recommended] = []
    while len(chosen) < limit and len(worth):
        best = int(np.argmax(worth))
        if worth[best] < _LEAST:
            break
        number, score, own = int(group[best]), float(worth[best]), places == places[best]
        if seen.is_new(int(rows[best])):
            chosen.append(_told(snapshot, library, found[number], number, int(at[best]), int(rows[best]), score))
            mine = group == number
            alike = profiles[number] @ profiles[number][at[best]]
            worth[mine] *= _AGAIN * (1 - _ALIKE * alike**8)
        worth[own] = 0
    return chosen


def _told(
    snapshot: Snapshot, library: _Items, found: _Scored, group: int, at: int, row: int, score: float
) -> Recommended:
    because = int(found.liked[int(np.argmax(found.profile[at]))])
    place = int(found.places[at])
    return Recommended(
        item=int(library.numbers[place]),
        part=int(snapshot.parts(np.array([row], np.int64))[0]),
        score=min(1.0, score),
        group=group,
        because=because,
        shared=tuple(found.signals.shared(because, place)),
    )


class _Seen:
    """What was chosen already, or is on a shelf, by its looks: what is as good as the same is not recommended again."""

    def __init__(self, snapshot: Snapshot, items: Sequence[int]) -> None:
        self._snapshot = snapshot
        self._rows = leading(snapshot, np.unique(np.array(items, np.int64)), 1).rows
        self._signatures = snapshot.signatures(self._rows)
        self._kinds = snapshot.modalities(self._rows)

    def is_new(self, row: int) -> bool:
        """Whether nothing that was seen looks or reads almost the same; from now on this row was seen."""
        rows = np.array([row], np.int64)
        signature, kind = self._snapshot.signatures(rows), self._snapshot.modalities(rows)
        near = np.bitwise_count(self._signatures ^ signature) <= ALIKE_BITS
        known = bool((near & (self._signatures != 0) & (self._kinds == kind)).any()) and bool(signature[0])
        self._signatures = np.append(self._signatures, signature)
        self._kinds = np.append(self._kinds, kind)
        return not known
