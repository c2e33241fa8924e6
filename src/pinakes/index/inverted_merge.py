"""Merging inverted lists of several segments into one, in bounded memory, leaving out what is gone.

Everything comes in pieces that are made while they are written, one array after the other: the keys first, then where
each list begins, then the lists. Only some bytes for each key and each id lie in memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pinakes.index.inverted import Inverted
from pinakes.index.keys import joined
from pinakes.index.packs import Array, Pack, Stream

# Entries that are sorted at a time.
_AT_A_TIME = 1 << 16
# After so many pieces the system may take back what was read.
_LET_GO = 4
GONE = np.int32(-1)

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Source:
    """One segment's lists, and the new id of each of its ids (GONE where there is none)."""

    pack: Pack
    new_ids: Numbers


@dataclass(slots=True)
class _Prepared:
    lists: Inverted
    pack: Pack
    new_ids: Numbers
    # For each key how many ids of it are left, and its number in the merged table once that is known.
    left: NDArray[np.uint32]
    new_keys: Numbers
    # The number of the last key that is left up to each: ascending, also where keys are gone.
    upto: Numbers = field(default_factory=lambda: np.zeros(0, np.int32))


def merge_inverted(
    prefix: str, sources: Sequence[Source], *, positions: bool
) -> tuple[dict[str, Array | Stream], list[Numbers]]:
    """The merged arrays, and for each source the new number of each of its keys (GONE where none is left).

    The numbers are there once the keys have been written.
    """
    merging = _Merging(prefix, [_prepare(prefix, source) for source in sources])
    arrays: dict[str, Array | Stream] = {
        f"{prefix}.bytes": Stream(np.dtype("u1"), 0, merging.keys()),
        f"{prefix}.starts": Stream(np.dtype("<u4"), 0, merging.starts()),
        f"{prefix}.lists": Stream(np.dtype("<u4"), 0, merging.lists()),
        f"{prefix}.ids": Stream(np.dtype("<u4"), 0, merging.pieces(_ids)),
    }
    if positions:
        arrays[f"{prefix}.at"] = Stream(np.dtype("<u4"), 0, merging.at())
        arrays[f"{prefix}.positions"] = Stream(np.dtype("<u2"), 0, merging.pieces(_positions))
    return arrays, [p.new_keys for p in merging.sources]


def _prepare(prefix: str, source: Source) -> _Prepared:
    lists = Inverted(source.pack, prefix)
    count = lists.keys.count
    left = np.zeros(count, np.uint32)
    starts = source.pack.array(f"{prefix}.lists")
    for first, last in _ranges(starts):
        bounds = starts[first : last + 1].astype(np.int64)
        there = source.new_ids[lists.ids(first, last)] != GONE
        before = np.zeros(len(there) + 1, np.int64)
        np.cumsum(there, out=before[1:])
        left[first:last] = np.diff(before[bounds - bounds[0]])
    source.pack.let_go()
    return _Prepared(lists, source.pack, source.new_ids, left, np.full(count, GONE))


def _ranges(starts: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of keys that have about so many entries together, given where the lists begin."""
    first, count = 0, len(starts) - 1
    while first < count:
        last = int(np.searchsorted(starts, np.uint32(min(int(starts[first]) + _AT_A_TIME, int(starts[-1]))), "left"))
        last = min(max(last, first + 1), count)
        yield first, last
        first = last


@dataclass(frozen=True, slots=True)
class _Piece:
    """Neighbouring pairs of one source that are left: key, id, where their positions begin, and how many there are."""

    source: _Prepared
    keys: Numbers
    ids: Numbers
    begins: NDArray[np.int64]
    counts: NDArray[np.int64]


_Order = NDArray[np.int64]
_Take = Callable[[str, Sequence[_Piece], _Order], Array]


class _Merging:
    """The arrays of merged lists, each made while it is written, after those before it."""

    def __init__(self, prefix: str, sources: Sequence[_Prepared]) -> None:
        self.sources = sources
        self._prefix = prefix
        self._starts = array("I", [0])
        self._totals = array("I", [0])

    def keys(self) -> Iterator[Array]:
        """The bytes of all keys; numbers them on the way."""
        base = end = 0
        tables = len(self.sources)
        for piece in joined([p.lists.keys.blocks(tables, p.left > 0) for p in self.sources]):
            totals = np.zeros(len(piece.keys), np.int64)
            for number, indexes, places in piece.tables:
                source = self.sources[number]
                source.new_keys[indexes] = places + base
                totals[places] += source.left[indexes]
            ends = end + np.cumsum([len(key) for key in piece.keys])
            self._starts.frombytes(ends.astype(np.uint32).tobytes())
            self._totals.frombytes((self._totals[-1] + np.cumsum(totals)).astype(np.uint32).tobytes())
            base, end = base + len(piece.keys), int(ends[-1])
            yield np.frombuffer(b"".join(piece.keys), np.uint8)
        for source in self.sources:
            source.upto = np.maximum.accumulate(source.new_keys) if (source.left == 0).any() else source.new_keys
            source.pack.let_go()

    def starts(self) -> Iterator[Array]:
        """Where each key begins."""
        yield np.frombuffer(self._starts, np.uint32)
        self._starts = array("I")

    def lists(self) -> Iterator[Array]:
        """Where each list begins."""
        yield np.frombuffer(self._totals, np.uint32)

    def at(self) -> Iterator[Array]:
        """Where the positions of each pair begin: sums of the counts, with the total at the end."""
        before = 0
        for counts in self.pieces(_counts):
            ends = before + np.cumsum(counts)
            yield (ends - counts).astype(np.uint32)
            before = int(ends[-1]) if len(ends) else before
        yield np.array([before], np.uint32)

    def pieces(self, take: _Take) -> Iterator[Array]:
        """What is taken of all pairs that are left, in the order of the merged keys."""
        with_positions = take is not _ids
        for number, found in enumerate(self._ranges(with_positions=with_positions)):
            # Later segments hold later ids: a stable sort by key alone leaves the ids of each key ascending.
            order = np.argsort(np.concatenate([piece.keys for piece in found]), kind="stable")
            yield take(self._prefix, found, order)
            if number % _LET_GO == _LET_GO - 1:
                self._let_go()
        self._let_go()

    def _let_go(self) -> None:
        for source in self.sources:
            source.pack.let_go()

    def _ranges(self, *, with_positions: bool) -> Iterator[list[_Piece]]:
        totals = np.frombuffer(self._totals, np.uint32)
        for first, last in _ranges(totals):
            if last == first + 1 and totals[last] - totals[first] > _AT_A_TIME:
                # The list of one key alone is too long: its ids ascend from segment to segment.
                for source in self.sources:
                    for piece in self._read(source, first, last, with_positions=with_positions):
                        yield [piece]
            else:
                yield [
                    piece
                    for source in self.sources
                    for piece in self._read(source, first, last, with_positions=with_positions)
                ]

    def _read(self, source: _Prepared, first: int, last: int, *, with_positions: bool) -> Iterator[_Piece]:
        """The pairs of one source within a range of merged keys."""
        # Keys are sorted in the source and in the merged table, so that these lie side by side, but for those gone.
        low, high = np.searchsorted(source.upto, np.array([first, last], np.int32)).tolist()
        bounds = source.lists.bounds(low, high)
        for start in range(int(bounds[0]), int(bounds[-1]), _AT_A_TIME):
            stop = min(start + _AT_A_TIME, int(bounds[-1]))
            cut = np.clip(bounds, start, stop)
            ids = source.new_ids[source.pack.slice(f"{self._prefix}.ids", start, stop)]
            left = ids != GONE
            keys = np.repeat(source.new_keys[low:high], cut[1:] - cut[:-1])[left]
            if not with_positions:
                yield _Piece(source, keys, ids[left], _EMPTY, _EMPTY)
                continue
            at = source.pack.slice(f"{self._prefix}.at", start, stop + 1).astype(np.int64)
            yield _Piece(source, keys, ids[left], at[:-1][left], np.diff(at)[left])


_EMPTY = np.zeros(0, np.int64)


def _ids(_prefix: str, found: Sequence[_Piece], order: _Order) -> Array:
    return np.concatenate([piece.ids for piece in found])[order].astype(np.uint32)


def _counts(_prefix: str, found: Sequence[_Piece], order: _Order) -> Array:
    return np.concatenate([piece.counts for piece in found])[order]


def _positions(prefix: str, found: Sequence[_Piece], order: _Order) -> Array:
    positions = [np.zeros(0, np.uint16)]
    begins = [_EMPTY]
    base = 0
    for piece in found:
        if not len(piece.begins):
            continue
        low, high = int(piece.begins[0]), int(piece.begins[-1] + piece.counts[-1])
        positions.append(piece.source.pack.slice(f"{prefix}.positions", low, high))
        begins.append(piece.begins - low + base)
        base += high - low
    counts = np.concatenate([_EMPTY, *(piece.counts for piece in found)])[order]
    starts = np.concatenate(begins)[order]
    steps = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    steps += np.arange(len(steps))
    taken: Array = np.concatenate(positions)[steps]
    return taken
