"""Merging inverted lists of several segments into one, in bounded memory, leaving out what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.index.inverted import Inverted
from pinakes.index.keys import merged
from pinakes.index.packs import Array, Pack, Stream

# Entries that are sorted at a time.
_AT_A_TIME = 1 << 20
GONE = np.int64(-1)


@dataclass(frozen=True, slots=True)
class Source:
    """One segment's lists, and the new id of each of its ids (GONE where there is none)."""

    pack: Pack
    new_ids: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Prepared:
    lists: Inverted
    pack: Pack
    new_ids: NDArray[np.int64]
    # For each key its number in the merged table, and how many ids of it are left.
    new_keys: NDArray[np.int64]
    left: NDArray[np.int64]


def merge_inverted(
    prefix: str, sources: Sequence[Source], *, positions: bool
) -> tuple[dict[str, Array | Stream], list[NDArray[np.int64]]]:
    """The merged arrays, and for each source the new number of each of its keys (GONE where none is left)."""
    prepared = [_prepare(prefix, source) for source in sources]
    key_bytes, starts = bytearray(), [0]
    for key in merged([_kept(p) for p in prepared], [_Kept(p) for p in prepared]):
        key_bytes += key
        starts.append(len(key_bytes))
    count = len(starts) - 1
    totals = np.zeros(count, np.int64)
    for p in prepared:
        there = p.new_keys != GONE
        np.add.at(totals, p.new_keys[there], p.left[there])
    arrays: dict[str, Array | Stream] = {
        f"{prefix}.bytes": np.frombuffer(bytes(key_bytes), np.uint8),
        f"{prefix}.starts": np.array(starts, np.uint32),
        f"{prefix}.lists": np.concatenate([[0], np.cumsum(totals)]).astype(np.uint32),
        f"{prefix}.ids": Stream(np.dtype("<u4"), 0, _pieces(prefix, prepared, totals, _ids)),
    }
    if positions:
        arrays[f"{prefix}.at"] = Stream(np.dtype("<u4"), 0, _at(prefix, prepared, totals))
        arrays[f"{prefix}.positions"] = Stream(np.dtype("<u2"), 0, _pieces(prefix, prepared, totals, _positions))
    return arrays, [p.new_keys for p in prepared]


def _prepare(prefix: str, source: Source) -> _Prepared:
    lists = Inverted(source.pack, prefix)
    left = np.zeros(lists.keys.count, np.int64)
    for first, last in _ranges(np.diff(lists.bounds(0, lists.keys.count)).astype(np.int64)):
        bounds = lists.bounds(first, last)
        there = np.concatenate([[0], np.cumsum(source.new_ids[lists.ids(first, last)] != GONE)])
        left[first:last] = there[bounds[1:] - bounds[0]] - there[bounds[:-1] - bounds[0]]
    return _Prepared(lists, source.pack, source.new_ids, np.full(lists.keys.count, GONE), left)


def _kept(prepared: _Prepared) -> Iterator[bytes]:
    for key, left in zip(prepared.lists.keys, prepared.left.tolist(), strict=True):
        if left:
            yield key


class _Kept:
    """Takes the new number of the n-th key that is kept."""

    def __init__(self, prepared: _Prepared) -> None:
        self._at = np.flatnonzero(prepared.left)
        self._new_keys = prepared.new_keys

    def __setitem__(self, index: int, number: int) -> None:
        self._new_keys[self._at[index]] = number


def _ranges(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of keys that have about so many entries together."""
    if not len(counts):
        return
    before = np.cumsum(counts) - counts
    first = 0
    while first < len(counts):
        last = int(np.searchsorted(before, before[first] + _AT_A_TIME, "left"))
        last = min(max(last, first + 1), len(counts))
        yield first, last
        first = last


@dataclass(frozen=True, slots=True)
class _Piece:
    """The entries of one source within a range of merged keys: its pairs that are left."""

    keys: NDArray[np.int64]
    ids: NDArray[np.int64]
    # For each pair where its positions begin in the source, and how many there are.
    begins: NDArray[np.int64]
    counts: NDArray[np.int64]


def _piece(prefix: str, source: _Prepared, first: int, last: int, *, with_positions: bool) -> _Piece:
    there = np.flatnonzero((source.new_keys >= first) & (source.new_keys < last))
    empty = np.zeros(0, np.int64)
    if not len(there):
        return _Piece(empty, empty, empty, empty)
    # Keys are sorted in the source and in the merged table, so that these lie side by side, but for those gone.
    low, high = int(there[0]), int(there[-1]) + 1
    bounds = source.lists.bounds(low, high)
    keys = np.repeat(source.new_keys[low:high], np.diff(bounds))
    ids = source.new_ids[source.lists.ids(low, high)]
    left = ids != GONE
    if not with_positions:
        return _Piece(keys[left], ids[left], empty, empty)
    at = source.pack.slice(f"{prefix}.at", int(bounds[0]), int(bounds[-1]) + 1).astype(np.int64)
    return _Piece(keys[left], ids[left], at[:-1][left], (at[1:] - at[:-1])[left])


_Order = NDArray[np.int64]


def _pieces(
    prefix: str,
    sources: Sequence[_Prepared],
    totals: NDArray[np.int64],
    take: Callable[[str, Sequence[_Prepared], Sequence[_Piece], _Order], Array],
) -> Iterator[Array]:
    for first, last in _ranges(totals):
        found = [_piece(prefix, source, first, last, with_positions=take is not _ids) for source in sources]
        # Later segments hold later ids: a stable sort by key alone leaves the ids of each key ascending.
        order = np.argsort(np.concatenate([piece.keys for piece in found]), kind="stable")
        yield take(prefix, sources, found, order)


def _ids(_prefix: str, _sources: Sequence[_Prepared], found: Sequence[_Piece], order: _Order) -> Array:
    return np.concatenate([piece.ids for piece in found])[order].astype(np.uint32)


def _counts(_prefix: str, _sources: Sequence[_Prepared], found: Sequence[_Piece], order: _Order) -> Array:
    return np.concatenate([piece.counts for piece in found])[order]


def _positions(prefix: str, sources: Sequence[_Prepared], found: Sequence[_Piece], order: _Order) -> Array:
    positions = []
    begins = []
    base = 0
    for source, piece in zip(sources, found, strict=True):
        if not len(piece.begins):
            continue
        low, high = int(piece.begins[0]), int(piece.begins[-1] + piece.counts[-1])
        positions.append(source.pack.slice(f"{prefix}.positions", low, high))
        begins.append(piece.begins - low + base)
        base += high - low
    if not positions:
        return np.zeros(0, np.uint16)
    counts = np.concatenate([piece.counts for piece in found])[order]
    starts = np.concatenate(begins)[order]
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    taken: Array = np.concatenate(positions)[np.repeat(starts, counts) + steps]
    return taken


def _at(prefix: str, sources: Sequence[_Prepared], totals: NDArray[np.int64]) -> Iterator[Array]:
    """Where the positions of each pair begin: sums of the counts, with the total at the end."""
    before = 0
    for counts in _pieces(prefix, sources, totals, _counts):
        ends = before + np.cumsum(counts)
        yield np.concatenate([[before], ends[:-1]]).astype(np.uint32) if len(counts) else counts.astype(np.uint32)
        before = int(ends[-1]) if len(ends) else before
    yield np.array([before], np.uint32)
