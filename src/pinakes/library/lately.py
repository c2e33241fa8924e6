"""Decoded media that were terms of a query lately, as many as a little memory holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence

from pinakes.media.base import DecodedPart


class Lately:
    """The parts of media by what decides them; the one that was not asked for longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, list[DecodedPart]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, decode: Callable[[], list[DecodedPart]]) -> list[DecodedPart]:
        """The parts, decoded if they are not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        parts = decode()
        with self._lock:
            self._kept[key] = parts
            while self._kept and sum(map(size_of, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return parts


def size_of(parts: Sequence[DecodedPart]) -> int:
    """About how many bytes parts take."""
    return sum(
        4 * len(part.text) + len(part.preview) + sum(array.nbytes for array in part.arrays.values()) for part in parts
    )
