"""Edit distance from one word to many at once: insertions, deletions, changes and swaps of neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def edits(word: str, others: Sequence[str]) -> NDArray[np.int64]:
    """Edits (n,) from a word to each of the others (optimal string alignment)."""
    if not others:
        return np.zeros(0, np.int64)
    spelled = np.array(others)
    lengths, width = np.char.str_len(spelled), spelled.itemsize // 4
    # A row for each place, so that a step looks at all words at once.
    letters = np.ascontiguousarray(spelled.view(np.uint32).reshape(len(others), width).T)
    before = np.zeros((0, 0), np.int16)
    last = np.repeat(np.arange(width + 1, dtype=np.int16)[:, None], len(others), axis=1)
    for i, letter in enumerate(word, start=1):
        now = np.empty_like(last)
        now[0] = i
        same = letters == ord(letter)
        free = last[:-1] + ~same
        changed = np.minimum(free, last[1:] + np.int16(1))
        if i > 1:
            swapped = same[:-1] & (letters[1:] == ord(word[i - 2]))
            changed[1:] = np.where(swapped, np.minimum(changed[1:], before[:-2] + np.int16(1)), changed[1:])
        for j in range(1, width + 1):
            np.minimum(changed[j - 1], now[j - 1] + np.int16(1), out=now[j])
        before, last = last, now
    distances: NDArray[np.int64] = last[lengths, np.arange(len(others))].astype(np.int64)
    return distances
