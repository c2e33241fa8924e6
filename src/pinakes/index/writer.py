"""Writing the index: new segments for what has changed, a manifest that names them, and one rename to switch."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.certainties import kept_certainty
from pinakes.catalogue.examples import kept
from pinakes.catalogue.spaces import all_spaces
from pinakes.errors import Damaged, DiskFull, ReadOnly, StorageFailed
from pinakes.index import calibrate, manifest
from pinakes.index.live import Live
from pinakes.index.manifest import Manifest, SegmentEntry
from pinakes.index.packs import Array, FilePack, MemoryPack, Pack, Stream, write_pack
from pinakes.index.refresh import SEARCHED, Keep, Refresh
from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.index.state import State
from pinakes.storage import Disk, explained
from pinakes.words.analyse import Analyser

# The scales of scores are measured again when the library has grown by this much.
_GROWN = 1.25
# A library of so few rows is measured at the end of every run: its scores do not tell in which order it was filled.
_FEW = 4_096


class IndexWriter:
    """Brings the index of one library up to its catalogue."""

    def __init__(self, folder: Path, catalogue: Catalogue, analyser: Analyser, disk: Disk) -> None:
        self.folder = folder
        self._catalogue = catalogue
        self._analyser = analyser
        self._disk = disk

    def publish(self, state: State | None, *, finish: bool, states: tuple[str, ...] = SEARCHED) -> Snapshot:
        """Bring the index on disk up to the catalogue, and switch to it."""
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            return self._published(state, finish=finish, states=states)
        except (DiskFull, ReadOnly, StorageFailed):
            # What was written in vain must not fill the disk, one attempt after the other.
            current = manifest.read(self.folder, self._disk)
            if current is not None or state is None:
                manifest.sweep(self.folder, [current] if current else [], self._disk)
            raise

    def _published(self, state: State | None, *, finish: bool, states: tuple[str, ...]) -> Snapshot:
        run = f"s{os.urandom(6).hex()}"
        try:
            fresh, segments = self._refreshed(state, self._on_disk, run, finish=finish, states=states)
        except Damaged:
            # What is derived is not repaired but made anew.
            state = None
            fresh, segments = self._refreshed(None, self._on_disk, f"{run}r", finish=finish, states=states)
        fresh = replace(fresh, segments=tuple(self._entry(segment, run) for segment in segments))
        manifest.write(self.folder, fresh, self._disk)
        manifest.sweep(self.folder, [fresh, *([state.manifest] if state else [])], self._disk)
        return self._searchable(fresh, segments)

    def in_memory(self, state: State | None) -> Snapshot:
        """A snapshot of the newest state where the index can not be written."""
        try:
            fresh, segments = self._refreshed(state, _in_memory, "memory", merging=False, finish=False)
        except Damaged:
            fresh, segments = self._refreshed(None, _in_memory, "memory", merging=False, finish=False)
        return self._searchable(fresh, segments)

    def _refreshed(
        self,
        state: State | None,
        keep: Keep,
        run: str,
        *,
        merging: bool = True,
        finish: bool,
        states: tuple[str, ...] = SEARCHED,
    ) -> tuple[Manifest, list[Live]]:
        """The state brought up to the catalogue: its manifest (without names of files) and its segments."""
        start = state.manifest if state else Manifest(0, self._analyser.name)
        with self._catalogue.reading() as connection:
            refresh = Refresh(connection, self._analyser, keep, _counted(run), merging, states)
            reached, segments = refresh.run(state.live() if state else [], start.generation, finish=finish)
        return self._calibrated(replace(start, generation=reached), segments, states, finish=finish), segments

    def _calibrated(self, fresh: Manifest, segments: list[Live], states: tuple[str, ...], *, finish: bool) -> Manifest:
        """The manifest with scales of scores that fit the library's present size."""
        with self._catalogue.reading() as connection:
            spaces = all_spaces(connection, states=states)
            examples = {space.id: kept(connection, space.fingerprint) for space in spaces}
            certain = {space.id: kept_certainty(connection, space.fingerprint) for space in spaces}
        snapshot = self._searchable(fresh, segments)
        known = all(calibrate.is_measured(fresh.calibration.get(str(space.id)), examples[space.id]) for space in spaces)
        rows = snapshot.alive_rows
        behind = finish and rows <= _FEW and rows != fresh.calibrated_rows
        if known and not behind and fresh.calibrated_rows * _GROWN > rows:
            return fresh
        scales: dict[str, Any] = {
            str(space.id): calibrate.measure(snapshot, space, examples[space.id], certain[space.id]) for space in spaces
        }
        for segment in segments:
            segment.let_go()
        return replace(fresh, calibration=scales, calibrated_rows=rows)

    def _searchable(self, fresh: Manifest, segments: list[Live]) -> Snapshot:
        opened = [
            Segment(live.name, live.packs, live.alive, self._catalogue.settings.limits.max_prefix_words)
            for live in segments
        ]
        return Snapshot(fresh.generation, opened, fresh.calibration)

    def _on_disk(self, name: str, arrays: dict[str, Array | Stream], extra: dict[str, object]) -> Pack:
        path = self.folder / f"{name}.pack"
        write_pack(path, arrays, extra, self._disk)
        return FilePack(path, self._disk)

    def _entry(self, segment: Live, run: str) -> SegmentEntry:
        dead = ""
        if not segment.alive.all():
            dead = f"{segment.name}-dead-{run}.pack"
            write_pack(self.folder / dead, {"dead": ~segment.alive}, disk=self._disk)
        return SegmentEntry(segment.name, segment.rows, {kind: p.name for kind, p in segment.packs.items()}, dead)


def _in_memory(name: str, arrays: dict[str, Array | Stream], extra: dict[str, object]) -> Pack:
    return MemoryPack(name, {key: _whole(value) for key, value in arrays.items()}, dict(extra))


def _whole(value: Array | Stream) -> Array:
    if not isinstance(value, Stream):
        return value
    empty = np.zeros((0, value.width) if value.width else 0, value.dtype)
    return np.concatenate([empty, *value.pieces])


def _counted(run: str) -> Callable[[], str]:
    """New names of segments of one run."""
    numbers = count()
    return lambda: f"{run}-{next(numbers)}"
