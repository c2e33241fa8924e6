"""Until when each of those who asked has used up: kept by one process alone, or by several in a piece of memory."""

from __future__ import annotations

import mmap
import os
import secrets
import struct
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

# Those who asked longest ago are forgotten: strangers with many addresses must not fill the memory.
MOST_KEYS = 50_000
# Places in which a key may lie, and how many times that: 2^16 keys in all.
_BESIDE, _ROWS = 8, 1 << 13
_MARK = 16
_PLACE = struct.Struct(f"{_MARK}sd")
_ROW = _BESIDE * _PLACE.size
_EMPTY = bytes(_MARK)


class Moments(Protocol):
    """A moment for each key; those of keys that are not known lie at the beginning of time."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all others from changing any meanwhile."""
        yield

    def get(self, key: str) -> float:
        """That of a key."""

    def set(self, key: str, moment: float) -> None:
        """Give a key another."""


class OwnMoments:
    """Those that one process keeps for itself."""

    def __init__(self) -> None:
        self._moments: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other threads from changing any meanwhile."""
        with self._lock:
            yield

    def get(self, key: str) -> float:
        """That of a key."""
        return self._moments.get(key, 0.0)

    def set(self, key: str, moment: float) -> None:
        """Give a key another; the one that was given its own longest ago is forgotten where there are too many."""
        self._moments[key] = moment
        self._moments.move_to_end(key)
        while len(self._moments) > MOST_KEYS:
            self._moments.popitem(last=False)


class SharedMoments:
    """Those that the processes of one server keep together, in a file that each of them has in its memory.

    A key lies in one of eight places, which its hash tells; where all are taken, the one that comes to an end first is
    forgotten. Nothing is waited for but the others' some millionths of a second: nothing is ever written to the disk
    on purpose. The hash has a salt, so that nobody can choose to lie in another's places.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR)
        self._salt = os.pread(self._file, _MARK, 0)
        self._table = mmap.mmap(self._file, _MARK + _ROWS * _ROW)
        self._lock = threading.Lock()

    @staticmethod
    def make(path: Path) -> Path:
        """A file without any, for those who are going to share it; readable by nobody else."""
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.truncate(file, _MARK + _ROWS * _ROW)
            os.pwrite(file, secrets.token_bytes(_MARK), 0)
        finally:
            os.close(file)
        return path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other threads and processes from changing any meanwhile; of one that dies the system lets go."""
        import fcntl

        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def get(self, key: str) -> float:
        """That of a key."""
        mark, row = self._where(key)
        return next((moment for _, at, moment in self._places(row) if at == mark), 0.0)

    def set(self, key: str, moment: float) -> None:
        """Give a key another."""
        mark, row = self._where(key)
        places = list(self._places(row))
        own = [place for place, at, _ in places if at == mark]
        place = own[0] if own else min(places, key=lambda one: (one[1] != _EMPTY, one[2]))[0]
        _PLACE.pack_into(self._table, place, mark, moment)

    def _where(self, key: str) -> tuple[bytes, int]:
        mark = blake2b(key.encode("utf-8", "replace"), digest_size=_MARK, key=self._salt).digest()
        return mark, _MARK + int.from_bytes(mark[:4], "little") % _ROWS * _ROW

    def _places(self, row: int) -> Iterator[tuple[int, bytes, float]]:
        for place in range(row, row + _ROW, _PLACE.size):
            yield place, *_PLACE.unpack_from(self._table, place)

    def close(self) -> None:
        """Let go of the memory."""
        self._table.close()
        os.close(self._file)
