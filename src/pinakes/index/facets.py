"""The most frequent values of a field among some items of all segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pinakes.index.columns import Columns


class Counted(NamedTuple):
    """Which items of a segment are counted, and how many of them have each value."""

    columns: Columns
    there: NDArray[np.bool_]
    totals: NDArray[np.int64]


def most_frequent(counted: Sequence[Counted], field: str, most: int) -> dict[str, int]:
    """The values that most of the items have, and how many have each; ways of writing that differ in case are one.

    What is frequent in no segment by itself is not looked for.
    """
    frequent = [one.columns.frequent(one.totals, field, 2 * most) for one in counted]
    told: dict[str, list[tuple[int, str]]] = {value: [] for some, _ in frequent for value in some}
    for one, (some, are_all) in zip(counted, frequent, strict=True):
        unmet = [] if are_all else [value for value in told if value not in some]
        for value, near in (some | one.columns.among(field, unmet)).items():
            told[value].append(one.columns.having(one.there, one.totals, field, value, near))
    counts = {max(found)[1]: sum(count for count, _ in found) for found in told.values()}
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
