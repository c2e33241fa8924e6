"""Edit distance from one word to many at once: insertions, deletions, changes and swaps of neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def edits(word: str, others: Sequence[str]) -> NDArray[np.int64]:
    """Edits (n,) from a word to each of the others (optimal string alignment)."""
    if not others:
        return np.zeros(0, np.int64)
    lengths = np.array([len(other) for other in others])
    width = int(lengths.max())
    letters = np.zeros((len(others), width + 1), np.int64)
    for row, other in enumerate(others):
        letters[row, 1 : len(other) + 1] = [ord(letter) for letter in other]
    before: NDArray[np.int64] = np.zeros(0, np.int64)
    last = np.broadcast_to(np.arange(width + 1), (len(others), width + 1)).copy()
    for i, letter in enumerate(word, start=1):
        code = ord(letter)
        now = np.empty_like(last)
        now[:, 0] = i
        for j in range(1, width + 1):
            same = letters[:, j] == code
            now[:, j] = np.minimum(np.minimum(last[:, j], now[:, j - 1]) + 1, last[:, j - 1] + ~same)
            if i > 1 and j > 1:
                swapped = (letters[:, j - 1] == code) & (letters[:, j] == ord(word[i - 2]))
                now[:, j] = np.where(swapped, np.minimum(now[:, j], before[:, j - 2] + 1), now[:, j])
        before, last = last, now
    distances: NDArray[np.int64] = last[np.arange(len(others)), lengths]
    return distances
