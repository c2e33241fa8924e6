"""Near-duplicate groups: signatures that differ in few bits, found by joins on bands of bits, exactly.

Of d + 2 bands, d differing bits leave two or more untouched, so that every close pair agrees on some pair of bands
(Manku, Jain and Das Sarma, *Detecting near-duplicates for web crawling*, WWW 2007). Each pair of bands is one sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput

Signatures = NDArray[np.uint64]
Ids = NDArray[np.int64]

MAX_BITS = 12
# Runs of equal keys longer than this are joined again on the bits that are left, not compared pair by pair.
LONG_RUN = 256


def near_duplicates(signatures: Signatures, within_bits: int = 3) -> Ids:
    """For each signature the position of the first one in its group; two within that distance share a group.

    Groups are closed: if a is near b and b near c, all three are one group.
    """
    if not 0 <= within_bits <= MAX_BITS:
        raise BadInput(f"Signatures are grouped within 0 to {MAX_BITS} bits, not {within_bits}.")
    signatures = np.ascontiguousarray(signatures, np.uint64)
    distinct, first, place = np.unique(signatures, return_index=True, return_inverse=True)
    groups = _Groups(len(distinct))
    if within_bits:
        for left, right in _close_pairs(distinct, np.arange(len(distinct)), list(range(64)), within_bits):
            groups.join(left, right)
    # The first position of a group is the smallest of its members' first positions.
    roots = groups.roots()
    earliest = np.full(len(distinct), len(signatures), np.int64)
    np.minimum.at(earliest, roots, first)
    numbers: Ids = earliest[roots][place.reshape(-1)]
    return numbers


def _close_pairs(signatures: Signatures, ids: Ids, bits: list[int], within: int) -> Iterator[tuple[Ids, Ids]]:
    """Pairs of ids whose signatures, distinct and differing only in `bits`, are within that distance."""
    if len(ids) < 2:
        return
    if len(bits) < within + 2:
        yield from _close_in_runs(signatures, ids, np.zeros(len(ids), np.uint64), within)
        return
    # Every band takes bits from all over, since neighbouring bits of a signature tend to go together.
    bands = [_mask(bits[start :: within + 2]) for start in range(within + 2)]
    for one, other in combinations(range(within + 2), 2):
        mask = bands[one] | bands[other]
        keys = signatures & mask
        order = np.argsort(keys)
        keys = keys[order]
        alone = _alone(keys)
        order, keys = order[~alone], keys[~alone]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
        lengths = np.diff(np.append(starts, len(keys)))
        long = lengths > LONG_RUN
        short = np.repeat(~long, lengths)
        yield from _close_in_runs(signatures[order[short]], ids[order[short]], keys[short], within)
        left = [bit for bit in bits if not int(mask) >> bit & 1]
        for start, length in zip(starts[long], lengths[long], strict=True):
            run = order[start : start + length]
            yield from _close_pairs(signatures[run], ids[run], left, within)


def _close_in_runs(signatures: Signatures, ids: Ids, keys: Signatures, within: int) -> Iterator[tuple[Ids, Ids]]:
    """Compare all within each run of equal keys: each with its next, then with its next but one, and so on."""
    places = np.arange(len(keys))
    shift = 1
    while True:
        places = places[places + shift < len(keys)]
        places = places[keys[places] == keys[places + shift]]
        if not len(places):
            return
        near = places[np.bitwise_count(signatures[places] ^ signatures[places + shift]) <= within]
        if len(near):
            yield ids[near], ids[near + shift]
        shift += 1


def _alone(keys: Signatures) -> NDArray[np.bool_]:
    same = np.concatenate([[False], keys[1:] == keys[:-1], [False]])
    alone: NDArray[np.bool_] = ~(same[1:] | same[:-1])
    return alone


def _mask(bits: list[int]) -> np.uint64:
    return np.uint64(sum(1 << bit for bit in bits))


class _Groups:
    """Disjoint sets over 0..n-1, joined by arrays of pairs; the root of a set is its smallest member."""

    def __init__(self, size: int) -> None:
        self._parents = np.arange(size)

    def join(self, left: Ids, right: Ids) -> None:
        """Put each pair into one set."""
        parents = self._parents
        while True:
            left, right = self._find(left), self._find(right)
            apart = left != right
            if not apart.any():
                return
            left, right = left[apart], right[apart]
            low, high = np.minimum(left, right), np.maximum(left, right)
            np.minimum.at(parents, high, low)

    def roots(self) -> Ids:
        """The root of every member."""
        return self._find(np.arange(len(self._parents)))

    def _find(self, ids: Ids) -> Ids:
        found = self._parents[ids]
        while True:
            above = self._parents[found]
            if np.array_equal(above, found):
                self._parents[ids] = found
                return found
            found = above
