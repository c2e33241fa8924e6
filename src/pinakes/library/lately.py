"""What was made lately and may be asked for again, as much of it as a little memory holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Lately(Generic[V]):
    """Values by what decides them; what was not asked for longest goes first. `size` tells the bytes of one."""

    def __init__(self, most_bytes: int, size: Callable[[V], int]) -> None:
        self._most, self._size = most_bytes, size
        self._kept: OrderedDict[Hashable, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value, made if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += self._size(made)
            while self._bytes > self._most and self._kept:
                self._bytes -= self._size(self._kept.popitem(last=False)[1])
        return made
