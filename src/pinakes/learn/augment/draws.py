"""Random numbers for rows: what a row draws depends on seed, epoch and id alone, never on order, batch or worker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Rows

Keys: TypeAlias = NDArray[np.uint64]
Doubles: TypeAlias = NDArray[np.float64]

# The increment and the two multipliers of SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number
# generators, OOPSLA 2014.
_STEP, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def mixed(values: Keys) -> Keys:
    """Each 64-bit number scattered over all of them; one to one."""
    values = values + _STEP
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))


def key(text: str) -> np.uint64:
    """The 64-bit number of an id or a name, the same on every machine."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def keys_of(ids: Sequence[str]) -> Keys:
    """The number of each id (n,)."""
    return np.array([key(each) for each in ids], np.uint64)


class Draws:
    """Streams of random numbers, one for each of b rows; every call goes on where the last one stopped."""

    def __init__(self, keys: Keys) -> None:
        self.keys = np.asarray(keys, np.uint64)
        self._drawn = 0

    @classmethod
    def of(cls, ids: Keys, seed: int, epoch: int) -> Draws:
        """The streams of rows, told by the numbers of their ids, in an epoch of a run."""
        run = mixed(mixed(np.array([seed % 2**64], np.uint64)) + np.uint64(epoch % 2**64))
        return cls(mixed(ids ^ run))

    def __len__(self) -> int:
        return len(self.keys)

    def named(self, name: str) -> Draws:
        """Streams of their own for one purpose, so that what else is drawn does not change them."""
        return Draws(mixed(self.keys ^ key(name)))

    def row(self, position: int) -> Draws:
        """The stream of one row by itself, from its start."""
        return Draws(self.keys[position : position + 1])

    def generators(self) -> list[np.random.Generator]:
        """A numpy generator for each row, for what needs many numbers."""
        return [np.random.Generator(np.random.SFC64(int(each))) for each in self._next(1)[:, 0]]

    def uniform(self, low: float = 0.0, high: float = 1.0, size: tuple[int, ...] = ()) -> Doubles:
        """Numbers from low up to high (b, *size)."""
        count = int(np.prod(size, dtype=np.int64))
        share = (self._next(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        scaled: Doubles = low + (high - low) * share
        return scaled.reshape(len(self), *size)

    def chance(self, probability: float, size: tuple[int, ...] = ()) -> NDArray[np.bool_]:
        """True with a probability (b, *size)."""
        happens: NDArray[np.bool_] = self.uniform(size=size) < probability
        return happens

    def below(self, bounds: Any, size: tuple[int, ...] = ()) -> Rows:
        """Whole numbers from 0 up to bounds, one bound for all or one for each row (b, *size)."""
        limits = np.asarray(bounds, np.int64)
        if limits.ndim:
            limits = limits.reshape(len(self), *(1 for _ in size))
        drawn = np.floor(self.uniform(size=size) * limits).astype(np.int64)
        return np.minimum(drawn, np.maximum(limits - 1, 0))

    def _next(self, count: int) -> Keys:
        """The next numbers of each stream (b, count)."""
        steps = np.arange(self._drawn + 1, self._drawn + count + 1, dtype=np.uint64)
        self._drawn += count
        return mixed(self.keys[:, None] + steps[None, :] * _STEP)
