"""The best of many scored rows, in an order that does not change with how many are asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pinakes.types import Floats


def best(rows: NDArray[np.int64], scores: Floats, count: int) -> tuple[NDArray[np.int64], Floats]:
    """The first `count` rows by score, equal scores by row."""
    if len(rows) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        kept = scores >= least
        rows, scores = rows[kept], scores[kept]
    order = np.lexsort((rows, -scores))[:count]
    return rows[order], scores[order]
