"""Sorted tables of keys in two arrays: all bytes one after the other, and where each key begins."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pinakes.index.packs import Array, Pack

# Every so many keys one is kept in memory as a signpost: a look-up then reads a single stretch.
_STRIDE = 256
# Keys that are read at a time.
_AT_A_TIME, _LEAST = 8_192, 256


class Keys:
    """The keys of a pack under a prefix such as `terms`."""

    def __init__(self, pack: Pack, prefix: str) -> None:
        self._pack = pack
        self._bytes = f"{prefix}.bytes"
        self._starts = f"{prefix}.starts"
        self.count = pack.size(self._starts) - 1
        self._signposts: list[bytes] | None = None
        self._whole: tuple[memoryview, memoryview] | None = None

    def __getitem__(self, index: int) -> bytes:
        starts, data = self._looked_up()
        return bytes(data[starts[index] : starts[index + 1]])

    def _looked_up(self) -> tuple[memoryview, memoryview]:
        """Where keys begin, and their bytes, for many quick looks at single ones; the first checks the whole table."""
        if self._whole is None:
            starts, data = (self._pack.array(name) for name in (self._starts, self._bytes))
            self._whole = memoryview(starts.data), memoryview(data.data)
        return self._whole

    def first_from(self, key: bytes) -> int:
        """The index of the first key that is not smaller."""
        if self._signposts is None:
            self._signposts = [self[index] for index in range(0, self.count, _STRIDE)]
        first = max(0, bisect_left(self._signposts, key) - 1) * _STRIDE
        return bisect_left(range(self.count), key, first, min(first + _STRIDE, self.count), key=self.__getitem__)

    def find(self, key: bytes) -> int:
        """The index of a key, or -1."""
        index = self.first_from(key)
        return index if index < self.count and self[index] == key else -1

    def range_of(self, prefix: bytes) -> tuple[int, int]:
        """The first and one past the last index of the keys that begin so."""
        return self.first_from(prefix), self.first_from(_after(prefix))

    def range_at(self, prefix: bytes, index: int) -> tuple[int, int]:
        """The same where the index of one of them is known and there are few: its neighbours are looked at."""
        first, last = index, index + 1
        while first > 0 and self[first - 1].startswith(prefix):
            first -= 1
        while last < self.count and self[last].startswith(prefix):
            last += 1
        return first, last

    def some(self, first: int, last: int) -> list[bytes]:
        """The keys from one index to another."""
        if first >= last:
            return []
        data, starts = self._stretch(first, last)
        return [data[a:b] for a, b in pairwise(starts)]

    def at(self, indexes: NDArray[np.int64]) -> list[bytes]:
        """The keys at some indexes."""
        return list(map(self.__getitem__, indexes.tolist()))

    def _stretch(self, first: int, last: int) -> tuple[bytes, list[int]]:
        """The bytes of the keys from one index to another, and where in them each begins and the last one ends."""
        starts = self._pack.slice(self._starts, first, last + 1).astype(np.int64)
        data = bytes(self._pack.slice(self._bytes, int(starts[0]), int(starts[-1])))
        return data, (starts - starts[0]).tolist()

    def __iter__(self) -> Iterator[bytes]:
        for first in range(0, self.count, _AT_A_TIME):
            yield from self.some(first, min(first + _AT_A_TIME, self.count))

    def blocks(self, tables: int, kept: NDArray[np.bool_] | None = None) -> Iterator[Block]:
        """The keys with their indexes, a bounded number at a time in so many tables; only those kept, if told."""
        size = max(_LEAST, _AT_A_TIME // tables)
        for first in range(0, self.count, size):
            last = min(first + size, self.count)
            keys, indexes = self.some(first, last), np.arange(first, last)
            if kept is not None and not kept[first:last].all():
                indexes = indexes[kept[first:last]]
                keys = [keys[number] for number in (indexes - first).tolist()]
            if keys:
                yield indexes, keys


def _after(prefix: bytes) -> bytes:
    """The smallest key that is larger than all that begin with the prefix."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else b"\xff" * 256


def key_arrays(prefix: str, keys: Sequence[bytes]) -> dict[str, Array]:
    """The two arrays of keys that are sorted already."""
    starts = np.zeros(len(keys) + 1, np.uint32)
    np.cumsum([len(key) for key in keys], out=starts[1:])
    return {f"{prefix}.bytes": np.frombuffer(b"".join(keys), np.uint8), f"{prefix}.starts": starts}


Block = tuple[NDArray[np.int64], list[bytes]]


@dataclass(frozen=True, slots=True)
class Joined:
    """The next keys of several tables together; for each table that has some of them, which they are in both."""

    keys: list[bytes]
    # The table's number, the indexes of its keys in it, and their places among these keys.
    tables: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]


def joined(tables: Sequence[Iterator[Block]]) -> Iterator[Joined]:
    """The union of sorted tables in bounded pieces; a table comes as blocks of its keys with their indexes."""
    waiting = {number: block for number, table in enumerate(tables) if (block := next(table, None))}
    while waiting:
        # What is larger than the last key of any block may yet come in that table too.
        last = min(keys[-1] for _, keys in waiting.values())
        taken: dict[int, Block] = {}
        for number, (indexes, keys) in list(waiting.items()):
            cut = bisect_right(keys, last)
            taken[number] = indexes[:cut], keys[:cut]
            rest = (indexes[cut:], keys[cut:]) if cut < len(keys) else next(tables[number], None)
            if rest:
                waiting[number] = rest
            else:
                del waiting[number]
        union = sorted(set().union(*(keys for _, keys in taken.values())))
        place = {key: number for number, key in enumerate(union)}
        yield Joined(
            union,
            [
                (number, indexes, np.fromiter(map(place.__getitem__, keys), np.int64, len(keys)))
                for number, (indexes, keys) in taken.items()
                if keys
            ],
        )
