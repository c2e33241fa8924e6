"""What of the index lies on disk: its manifest, the packs that it names, and which items are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import Damaged, PinakesError
from pinakes.index import manifest
from pinakes.index.live import Live
from pinakes.index.manifest import Manifest
from pinakes.index.packs import Array, FilePack, Pack
from pinakes.index.segment import ROWS, Segment
from pinakes.index.snapshot import Snapshot
from pinakes.storage import Disk


class BrokenPack:
    """Stands for a pack that can not be opened: whoever reads it learns why."""

    def __init__(self, name: str, error: PinakesError) -> None:
        self._name = name
        self.error = error if isinstance(error, Damaged) else Damaged(str(error), "Run `pinakes check --repair`.")

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._name

    @property
    def extra(self) -> dict[str, Any]:
        """Raise the error."""
        raise self.error

    def array(self, name: str) -> Array:
        """Raise the error."""
        raise self.error

    def slice(self, name: str, start: int, stop: int) -> Array:
        """Raise the error."""
        raise self.error

    def raw(self, name: str) -> Array:
        """Raise the error."""
        raise self.error

    def size(self, name: str) -> int:
        """Raise the error."""
        raise self.error

    def check(self) -> None:
        """Raise the error."""
        raise self.error

    def let_go(self) -> None:
        """There is nothing to give back."""


# Segments that are open, by the names of their files.
Opened: TypeAlias = dict[frozenset[str], Segment]


@dataclass(frozen=True, slots=True)
class State:
    """A manifest with its packs by segment and kind."""

    manifest: Manifest
    packs: dict[str, dict[str, Pack]] = field(default_factory=dict)
    dead: dict[str, Pack] = field(default_factory=dict)

    def live(self) -> list[Live]:
        """The segments, to be brought up to date; raises if one is damaged."""
        return [Live(entry.name, self.packs[entry.name], self._alive(entry.name)) for entry in self.manifest.segments]

    def _alive(self, name: str) -> NDArray[np.bool_]:
        if name in self.dead:
            alive: NDArray[np.bool_] = ~self.dead[name].array("dead")
            return alive
        return np.ones(self.packs[name][ROWS].size("items"), np.bool_)

    def snapshot(self, max_prefix_words: int, opened: Opened) -> Snapshot:
        """The segments, to be searched; one that is damaged is left out and noted.

        Those that were opened for the state before and stay are taken as they are, with all that was read of them.
        """
        segments, damage, before = [], {}, dict(opened)
        opened.clear()
        for entry in self.manifest.segments:
            packs, segment = self.packs[entry.name], before.get(entry.files)
            try:
                segment = segment or Segment(entry.name, packs, self._alive(entry.name), max_prefix_words)
            except Damaged as error:
                damage[entry.name] = error
                continue
            segments.append(segment)
            if not any(isinstance(pack, BrokenPack) for pack in segment.packs.values()):
                opened[entry.files] = segment
        snapshot = Snapshot(self.manifest.generation, segments, self.manifest.calibration)
        snapshot.damage.update(damage)
        return snapshot

    def every_pack(self) -> Iterator[Pack]:
        """All packs that the manifest names."""
        for packs in self.packs.values():
            yield from packs.values()
        yield from self.dead.values()


def load(folder: Path, analysis: str, disk: Disk) -> State | None:
    """What lies on disk, if it was made by the same analysis; tried again where it was replaced meanwhile."""
    for _ in range(3):
        found = manifest.read(folder, disk)
        if found is None or found.analysis != analysis:
            return None
        try:
            return _open(folder, found, disk)
        except FileNotFoundError:
            continue
    return None


def _open(folder: Path, found: Manifest, disk: Disk) -> State:
    packs = {
        entry.name: {kind: _pack(folder / file, disk) for kind, file in entry.packs.items()} for entry in found.segments
    }
    dead = {entry.name: _pack(folder / entry.dead, disk) for entry in found.segments if entry.dead}
    return State(found, packs, dead)


def _pack(path: Path, disk: Disk) -> Pack:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        return FilePack(path, disk)
    except PinakesError as error:
        return BrokenPack(path.name, error)
