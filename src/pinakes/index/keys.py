"""Sorted tables of keys in two arrays: all bytes one after the other, and where each key begins."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Protocol

import numpy as np

from pinakes.index.packs import Array, Pack

# Every so many keys one is kept in memory as a signpost: a look-up then reads a single stretch.
_STRIDE = 256


class Keys:
    """The keys of a pack under a prefix such as `terms`."""

    def __init__(self, pack: Pack, prefix: str) -> None:
        self._pack = pack
        self._bytes = f"{prefix}.bytes"
        self._starts = f"{prefix}.starts"
        self.count = pack.size(self._starts) - 1
        self._signposts: list[bytes] | None = None

    def __getitem__(self, index: int) -> bytes:
        start, stop = self._pack.slice(self._starts, index, index + 2)
        return bytes(self._pack.slice(self._bytes, int(start), int(stop)))

    def first_from(self, key: bytes) -> int:
        """The index of the first key that is not smaller."""
        if self._signposts is None:
            self._signposts = [self[index] for index in range(0, self.count, _STRIDE)]
        first = max(0, bisect_left(self._signposts, key) - 1) * _STRIDE
        return first + bisect_left(self.some(first, min(first + _STRIDE, self.count)), key)

    def find(self, key: bytes) -> int:
        """The index of a key, or -1."""
        index = self.first_from(key)
        return index if index < self.count and self[index] == key else -1

    def range_of(self, prefix: bytes) -> tuple[int, int]:
        """The first and one past the last index of the keys that begin so."""
        return self.first_from(prefix), self.first_from(_after(prefix))

    def some(self, first: int, last: int) -> list[bytes]:
        """The keys from one index to another."""
        if first >= last:
            return []
        starts = self._pack.slice(self._starts, first, last + 1).astype(np.int64)
        data = bytes(self._pack.slice(self._bytes, int(starts[0]), int(starts[-1])))
        return [data[a:b] for a, b in pairwise((starts - starts[0]).tolist())]

    def __iter__(self) -> Iterator[bytes]:
        for first in range(0, self.count, 4_096):
            yield from self.some(first, min(first + 4_096, self.count))


def _after(prefix: bytes) -> bytes:
    """The smallest key that is larger than all that begin with the prefix."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else b"\xff" * 256


def key_arrays(prefix: str, keys: Sequence[bytes]) -> dict[str, Array]:
    """The two arrays of keys that are sorted already."""
    starts = np.zeros(len(keys) + 1, np.uint32)
    np.cumsum([len(key) for key in keys], out=starts[1:])
    return {f"{prefix}.bytes": np.frombuffer(b"".join(keys), np.uint8), f"{prefix}.starts": starts}


class Numbering(Protocol):
    """Takes the new index of each key of a table: an array, or what stands for one."""

    def __setitem__(self, index: int, number: int, /) -> None:
        """Note the new index of the table's key of that index."""


def merged(tables: Sequence[Iterable[bytes]], numberings: Sequence[Numbering]) -> Iterator[bytes]:
    """The union of sorted tables; tells, for each table, the new index of each of its keys."""

    def numbered(table: Iterable[bytes], which: int) -> Iterator[tuple[bytes, int, int]]:
        for index, key in enumerate(table):
            yield key, which, index

    merging = heapq.merge(*(numbered(table, which) for which, table in enumerate(tables)))
    for new, (key, group) in enumerate(groupby(merging, key=lambda entry: entry[0])):
        for _, which, index in group:
            numberings[which][index] = new
        yield key
