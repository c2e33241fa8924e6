"""What was found out of a word, kept for the next time: to look closely costs much, and texts repeat their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Remembering(dict[str, Found]):
    """What `find` tells of each word that is asked for.

    Where there are too many they are laid aside, and those that are asked for again come back: what is laid aside next
    takes the place of the rest. So no more than twice as many are kept, and none that come often are looked up again.
    """

    def __init__(self, find: Callable[[str], Found], most: int) -> None:
        super().__init__()
        self._find, self._most = find, most
        self._aside: dict[str, Found] = {}

    def __missing__(self, word: str) -> Found:
        if len(self) >= self._most:
            self._aside = dict(self)
            self.clear()
        found = self[word] = self._aside[word] if word in self._aside else self._find(word)
        return found
