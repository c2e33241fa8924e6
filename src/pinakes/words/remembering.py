"""What was found out of a word, kept for the next time: to look closely costs much, and texts repeat their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Remembering(dict[str, Found]):
    """What `find` tells of each word that is asked for; forgotten as a whole where there are too many."""

    def __init__(self, find: Callable[[str], Found], most: int) -> None:
        super().__init__()
        self._find, self._most = find, most

    def __missing__(self, word: str) -> Found:
        if len(self) >= self._most:
            self.clear()
        found = self[word] = self._find(word)
        return found
