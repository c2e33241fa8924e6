"""The local index: segments in the library's folder, derived from the catalogue, made anew when missing or stale."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any, Protocol

import numpy as np

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import all_spaces
from pinakes.errors import Busy, Damaged, PinakesError
from pinakes.index import calibrate, manifest
from pinakes.index.manifest import Manifest, SegmentEntry
from pinakes.index.packs import Array, FilePack, MemoryPack, Pack, Stream, write_pack
from pinakes.index.refresh import Keep, Live, Refresh
from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.index.state import State, load
from pinakes.storage import DISK, Disk, explained
from pinakes.words.analyse import analyser

FOLDER = "index"
# The scales of scores are measured again when the library has grown by this much.
_GROWN = 1.25


class Index(Protocol):
    """What a search needs of an index, local or distributed."""

    def snapshot(self) -> Snapshot:
        """The newest state that can be searched."""


class LocalIndex:
    """The index of one library in its own folder."""

    def __init__(self, catalogue: Catalogue, disk: Disk = DISK) -> None:
        self.folder = catalogue.folder / FOLDER
        self._catalogue = catalogue
        self._disk = disk
        self._analyser = analyser(catalogue.settings)
        self._max_prefix_words = catalogue.settings.limits.max_prefix_words
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The newest state that can be searched; what the catalogue holds beyond the index is added first."""
        with self._lock:
            now = self._catalogue.generation()
            if self._snapshot is None or self._snapshot.generation != now:
                self._snapshot = self._newest(now)
            return self._snapshot

    def _newest(self, now: int) -> Snapshot:
        """A snapshot of the catalogue's state, or, while another process writes, of the state published last."""
        state = self._load()
        if state is not None and state.manifest.generation == now:
            return state.snapshot(self._max_prefix_words)
        if not self._catalogue.read_only:
            try:
                with self._catalogue.writer(wait_seconds=0):
                    return self._publish(finish=True)
            except Busy:
                if state is not None:
                    return state.snapshot(self._max_prefix_words)
        return self._in_memory(state)

    def publish(self, *, finish: bool = False) -> Snapshot:
        """Bring the index on disk up to the catalogue; the caller holds the right to write."""
        with self._lock:
            self._snapshot = self._publish(finish=finish)
            return self._snapshot

    def rebuild(self) -> Snapshot:
        """Throw the index away and make it anew from the catalogue; the caller holds the right to write."""
        with self._lock:
            manifest.sweep(self.folder, [], self._disk)
            self._snapshot = self._publish(finish=True)
            return self._snapshot

    def _publish(self, *, finish: bool) -> Snapshot:
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        state = self._load()
        run = f"s{os.urandom(6).hex()}"
        try:
            fresh, segments = self._refreshed(state, self._on_disk, run, merging=True, finish=finish)
        except Damaged:
            # What is derived is not repaired but made anew.
            state = None
            fresh, segments = self._refreshed(None, self._on_disk, f"{run}r", merging=True, finish=finish)
        fresh = replace(fresh, segments=tuple(self._entry(segment, run) for segment in segments))
        manifest.write(self.folder, fresh, self._disk)
        manifest.sweep(self.folder, [fresh, *([state.manifest] if state else [])], self._disk)
        return self._searchable(fresh, segments)

    def _in_memory(self, state: State | None) -> Snapshot:
        """A snapshot of the newest state where the index can not be written."""
        return self._searchable(*self._refreshed(state, _in_memory, "memory", merging=False, finish=False))

    def _refreshed(
        self, state: State | None, keep: Keep, run: str, *, merging: bool, finish: bool
    ) -> tuple[Manifest, list[Live]]:
        """The state brought up to the catalogue: its manifest (without names of files) and its segments."""
        start = state.manifest if state else Manifest(0, self._analyser.name)
        with self._catalogue.reading() as connection:
            refresh = Refresh(connection, self._analyser, keep, _counted(run), merging)
            reached, segments = refresh.run(state.live() if state else [], start.generation, finish=finish)
        return self._calibrated(replace(start, generation=reached), segments), segments

    def _calibrated(self, fresh: Manifest, segments: list[Live]) -> Manifest:
        """The manifest with scales of scores that fit the library's present size."""
        with self._catalogue.reading() as connection:
            spaces = all_spaces(connection)
        snapshot = self._searchable(fresh, segments)
        known = all(str(space.id) in fresh.calibration for space in spaces)
        if known and fresh.calibrated_rows * _GROWN > snapshot.alive_rows:
            return fresh
        scales: dict[str, Any] = {str(space.id): calibrate.measure(snapshot, space) for space in spaces}
        return replace(fresh, calibration=scales, calibrated_rows=snapshot.alive_rows)

    def _searchable(self, fresh: Manifest, segments: list[Live]) -> Snapshot:
        opened = [Segment(live.name, live.packs, live.alive, self._max_prefix_words) for live in segments]
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

    def _load(self) -> State | None:
        return load(self.folder, self._analyser.name, self._disk)

    def check(self) -> dict[str, PinakesError]:
        """Read every byte of the index; what is damaged, by the name of its file."""
        problems: dict[str, PinakesError] = {}
        state = self._load()
        for pack in state.every_pack() if state else ():
            try:
                pack.check()
            except PinakesError as error:
                problems[pack.name] = error
        return problems

    def close(self) -> None:
        """Let go of the snapshot."""
        with self._lock:
            self._snapshot = None


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
