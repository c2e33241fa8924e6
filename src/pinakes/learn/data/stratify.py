"""Rows shared out so that each part has about its share of every label, the rarest labels first.

After Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", ECML PKDD 2011.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pinakes.learn.data.base import Labels
from pinakes.types import Rows


def shared_out(groups: Rows, wanted: Mapping[str, int], labels: Labels | None, random: np.random.Generator) -> Rows:
    """The number of each row's part (n,), in the order of `wanted`; the last number stands for what no part wanted.

    Rows of one group (n,) stay together, so that a part may miss its size by less than its last group's.
    """
    names, member = np.unique(groups, return_inverse=True)
    sizes = np.bincount(member)
    need = np.array([*wanted.values(), len(groups) - sum(wanted.values())], np.int64)
    order = random.permutation(len(names))
    if labels is None or not labels.shape[1]:
        return _in_turn(order, sizes, need)[member]
    counts = np.zeros((len(names), labels.shape[1]), np.int64)
    np.add.at(counts, member, labels)
    return _by_labels(order, sizes, need, counts)[member]


def _in_turn(order: Rows, sizes: Rows, need: Rows) -> Rows:
    """Groups in their order, each to the first part in which there is room."""
    part_of = np.full(len(order), len(need) - 1)
    left = need.copy()
    for group in order.tolist():
        part = int(np.argmax(left >= sizes[group])) if (left >= sizes[group]).any() else int(left.argmax())
        part_of[group] = part
        left[part] -= sizes[group]
    return part_of


def _by_labels(order: Rows, sizes: Rows, need: Rows, counts: NDArray[np.int64]) -> Rows:
    """Of the label with fewest groups left, each group to the part that lacks most of it, then the next label."""
    share = need / need.sum()
    left, lacking = need.astype(np.float64), share[:, None] * counts.sum(0)[None, :]
    part_of = np.full(len(order), -1)
    has = counts > 0
    remaining = has.sum(0)
    while (remaining > 0).any():
        label = int(np.where(remaining > 0, remaining, np.iinfo(np.int64).max).argmin())
        for group in order[(part_of[order] < 0) & has[order, label]].tolist():
            part_of[group] = part = _best(left, sizes[group], lacking[:, label])
            left[part] -= sizes[group]
            lacking[part] -= counts[group]
            remaining -= has[group]
    rest = order[part_of[order] < 0]
    part_of[rest] = _in_turn(np.arange(len(rest)), sizes[rest], left.astype(np.int64))
    return part_of


def _best(left: NDArray[np.float64], size: int, lacking: NDArray[np.float64]) -> int:
    """The part with room that lacks most of a label; of equals that which lacks most rows."""
    room = left >= size
    if not room.any():
        return int(left.argmax())
    candidates = np.flatnonzero(room)
    return int(candidates[np.lexsort((-left[candidates], -lacking[candidates]))[0]])
