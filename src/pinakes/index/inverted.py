"""Inverted lists: for each key the ids that have it, ascending, and for words the positions in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import stretched_out
from pinakes.index.keys import Keys, key_arrays
from pinakes.index.packs import Array, Pack

Ids = NDArray[np.uint32]
Positions = NDArray[np.uint16]


class Inverted:
    """The inverted lists of a pack under a prefix such as `terms`."""

    def __init__(self, pack: Pack, prefix: str) -> None:
        self._pack = pack
        self._prefix = prefix
        self.keys = Keys(pack, prefix)

    def bounds(self, first: int, last: int) -> NDArray[np.int64]:
        """Where the lists of keys first to last begin, and where the last one ends."""
        return self._pack.slice(f"{self._prefix}.lists", first, last + 1).astype(np.int64)

    def ids(self, first: int, last: int | None = None) -> Ids:
        """The ids of one key's list, or of the neighbouring lists of several keys."""
        start, *_, stop = self.bounds(first, first + 1 if last is None else last).tolist()
        return self._pack.slice(f"{self._prefix}.ids", start, stop)

    def counts(self, index: int) -> NDArray[np.int64]:
        """How often the key stands in each id of its list."""
        start, stop = self.bounds(index, index + 1).tolist()
        at = self._pack.slice(f"{self._prefix}.at", start, stop + 1).astype(np.int64)
        return at[1:] - at[:-1]

    def positions(self, index: int, within: NDArray[np.int64] | None = None) -> tuple[Ids, Positions]:
        """Id and position of each place where the key stands, ascending; in all ids, or in some ascending ones."""
        start, stop = self.bounds(index, index + 1).tolist()
        at = self._pack.slice(f"{self._prefix}.at", start, stop + 1)
        ids = self._pack.slice(f"{self._prefix}.ids", start, stop)
        positions = self._pack.slice(f"{self._prefix}.positions", int(at[0]), int(at[-1]))
        if within is None:
            return np.repeat(ids, np.diff(at)), positions
        # Of a frequent word most places are of no interest: those are passed over.
        there = np.searchsorted(ids, within)
        inside = there < len(ids)
        there, wanted = there[inside], within[inside]
        there = there[ids[there] == wanted]
        begins, counts = at[there].astype(np.int64), (at[there + 1] - at[there]).astype(np.int64)
        return np.repeat(ids[there], counts), positions[stretched_out(begins - int(at[0]), counts)]


def inverted_arrays(
    prefix: str, keys: Sequence[bytes], numbers: NDArray[np.uint32], ids: Ids, positions: Positions | None = None
) -> dict[str, Array]:
    """The arrays for entries (key number, id[, position]) that come ordered by id and position.

    `numbers` counts keys in the order of `keys`, which need not be sorted.
    """
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranked, sorting = _sorted_by_rank(order, numbers)
    ids = ids[sorting]
    new_pair = np.ones(len(ids), np.bool_)
    new_pair[1:] = (ranked[1:] != ranked[:-1]) | (ids[1:] != ids[:-1])
    pairs = np.flatnonzero(new_pair).astype(np.uint32)
    arrays = key_arrays(prefix, [keys[number] for number in order])
    arrays[f"{prefix}.lists"] = np.searchsorted(ranked[pairs], np.arange(len(keys) + 1)).astype(np.uint32)
    arrays[f"{prefix}.ids"] = ids[pairs].astype(np.uint32)
    if positions is not None:
        arrays[f"{prefix}.at"] = np.append(pairs, np.uint32(len(ids)))
        arrays[f"{prefix}.positions"] = positions[sorting]
    return arrays


def _sorted_by_rank(order: Sequence[int], numbers: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """For keys of some numbers, in their order: the rank of each, and its place before; equal ones stay as they came.

    Rank and place are sorted as one number, which is several times faster than a stable sort of the ranks alone.
    """
    rank = np.empty(len(order), np.uint64)
    rank[order] = np.arange(len(order), dtype=np.uint64) << np.uint64(32)
    both = rank[numbers]
    both |= np.arange(len(both), dtype=np.uint32)
    both.sort()
    places = both.astype(np.uint32)
    both >>= np.uint64(32)
    return both.astype(np.uint32), places
