"""Disks that fail on purpose: at the n-th call, in the middle of a write, or by forgetting what was not synced."""

from __future__ import annotations

import errno
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

from pinakes.storage import RealDisk

KINDS = ("open", "write", "fsync", "replace", "unlink", "listdir")
# A torn write keeps or loses pieces of this size.
SECTOR = 512


class PowerLost(BaseException):
    """The machine stopped; nothing that runs on it can catch that."""


class CountingDisk(RealDisk):
    """The real disk, counting calls by kind."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def before(self, kind: str) -> None:
        """Called before each call."""
        self.calls[kind] += 1

    def open(self, path: Path, mode: str) -> IO[bytes]:
        self.before("open")
        return super().open(path, mode)

    def write(self, file: IO[bytes], data: bytes | memoryview) -> None:
        self.before("write")
        super().write(file, data)

    def fsync(self, file: IO[bytes]) -> None:
        self.before("fsync")
        super().fsync(file)

    def replace(self, source: Path, target: Path) -> None:
        self.before("replace")
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        self.before("unlink")
        super().unlink(path)

    def listdir(self, path: Path) -> list[str]:
        self.before("listdir")
        return super().listdir(path)


class FailingDisk(CountingDisk):
    """Raises an OSError at one call of a kind, and works again afterwards; writes may be torn."""

    def __init__(self, kind: str, number: int, code: int = errno.EIO, *, torn: bool = False) -> None:
        super().__init__()
        self.kind, self.number, self.code, self.torn = kind, number, code, torn
        self.failed = False

    def before(self, kind: str) -> None:
        super().before(kind)
        if kind == self.kind and self.calls[kind] == self.number and not (self.torn and kind == "write"):
            self._fail()

    def write(self, file: IO[bytes], data: bytes | memoryview) -> None:
        self.before("write")
        if self.torn and self.kind == "write" and self.calls["write"] == self.number:
            file.write(bytes(data)[: len(data) // 2])
            self._fail()
        file.write(data)

    def _fail(self) -> None:
        self.failed = True
        raise OSError(self.code, os.strerror(self.code))


@dataclass
class _Entry:
    """A name in the folder: what is certain to be there after a crash, and what may be."""

    # What the disk surely holds under this name; None: no such name.
    certain: bytes | None
    # What may lie there instead, wholly or torn; None: the name may be gone.
    possible: list[bytes | None] = field(default_factory=list)


class ForgetfulDisk(CountingDisk):
    """Loses power before its n-th call, and with it what was not synced.

    A file's content is certain once it is synced; a name once its folder is synced, which `replace` does.
    """

    def __init__(self, stop_at: int = 0) -> None:
        super().__init__()
        self.stop_at = stop_at
        self.off = False
        self._entries: dict[Path, _Entry] = {}
        self._synced: dict[Path, bytes] = {}

    def before(self, kind: str) -> None:
        super().before(kind)
        if self.off or self.calls.total() == self.stop_at:
            self.off = True
            raise PowerLost

    def open(self, path: Path, mode: str) -> IO[bytes]:
        self.before("open")
        if mode != "rb":
            self._entry(path)
            self._synced.pop(path, None)
        return path.open(mode)

    def fsync(self, file: IO[bytes]) -> None:
        super().fsync(file)
        path = Path(file.name)
        self._synced[path] = path.read_bytes()

    def replace(self, source: Path, target: Path) -> None:
        self.before("replace")
        entry, content = self._entry(target), source.read_bytes()
        os.replace(source, target)
        if source in self._synced:
            entry.certain, entry.possible = self._synced.pop(source), []
        else:
            # The name is on the disk, its content is not: the fault that is easily made.
            entry.certain, entry.possible = b"", [content]
        self._entries.pop(source, None)
        self._sync_folder(target)

    def unlink(self, path: Path) -> None:
        self.before("unlink")
        if path.exists():
            self._entry(path).possible.append(None)
        path.unlink(missing_ok=True)

    def _entry(self, path: Path) -> _Entry:
        if path not in self._entries:
            self._entries[path] = _Entry(path.read_bytes() if path.exists() else None)
        return self._entries[path]

    def _sync_folder(self, just_now: Path) -> None:
        """What was unlinked before is gone for good; what was begun and never renamed may stay."""
        for path in [path for path in self._entries if path != just_now and not path.exists()]:
            del self._entries[path]

    def crash(self, random: Random) -> None:
        """Leave on the real disk what a power loss may leave."""
        for path, entry in self._entries.items():
            possible = [entry.certain, *entry.possible]
            if path.exists() and path not in self._synced and path.name.endswith(".part"):
                possible.append(path.read_bytes())
            chosen = random.choice(possible)
            if chosen is None:
                path.unlink(missing_ok=True)
            elif chosen is entry.certain:
                path.write_bytes(chosen)
            else:
                path.write_bytes(torn(chosen, random))
        self._entries.clear()
        self._synced.clear()


def torn(data: bytes, random: Random) -> bytes:
    """A beginning of the data, some of its sectors never written."""
    kept = bytearray(data[: random.randint(0, len(data))])
    for start in range(0, len(kept), SECTOR):
        if random.random() < 0.3:
            kept[start : start + SECTOR] = bytes(len(kept[start : start + SECTOR]))
    return bytes(kept)
