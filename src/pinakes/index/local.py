"""The local index: segments in the library's folder, derived from the catalogue, made anew when missing or stale."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import Busy, Damaged, DiskFull, PinakesError, ReadOnly, StorageFailed
from pinakes.index import manifest
from pinakes.index.manifest import Manifest
from pinakes.index.scanner import scanner
from pinakes.index.snapshot import Snapshot
from pinakes.index.state import Opened, State, load
from pinakes.storage import DISK, Disk
from pinakes.words.analyse import analyser

if TYPE_CHECKING:
    from pinakes.index.beside import Beside
    from pinakes.index.writer import IndexWriter

FOLDER = "index"


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
        # What the snapshot was taken of, where the catalogue had gone on and another process was writing.
        self._behind: Manifest | None = None
        self._opened: Opened = {}
        self._lock = threading.Lock()
        self._beside: Beside | None = None

    def snapshot(self) -> Snapshot:
        """The newest state that can be searched; what the catalogue holds beyond the index is added first."""
        with self._lock:
            now = self._catalogue.generation()
            if self._snapshot is None or (self._snapshot.generation != now and not self._waits(now)):
                self._snapshot = self._newest(now)
            return self._snapshot

    def _waits(self, now: int) -> bool:
        """Whether there is nothing newer than the snapshot, since the process that writes has published nothing yet.

        What was read of the index is kept so: whoever searches meanwhile does not open it for every search.
        """
        if (
            self._behind is None
            or self._behind.generation > now
            or manifest.read(self.folder, self._disk) != self._behind
        ):
            return False
        try:
            with self._catalogue.writer(wait_seconds=0):
                return False
        except Busy:
            return True

    def _newest(self, now: int) -> Snapshot:
        """A snapshot of the catalogue's state, or, while another process writes, of the state published last."""
        self._behind = None
        state = self._load()
        if state is not None and state.manifest.generation >= now:
            return state.snapshot(self._max_prefix_words, self._opened)
        if not self._catalogue.read_only:
            try:
                with self._catalogue.writer(wait_seconds=0):
                    return self._publish(finish=True)
            except Busy:
                if state is not None:
                    self._behind = state.manifest
                    return state.snapshot(self._max_prefix_words, self._opened)
            except (DiskFull, ReadOnly, StorageFailed):
                # A search needs no disk to write to.
                state = self._load()
        return self._in_memory(state)

    @staticmethod
    def load_scanner() -> None:
        """Load what scans codes, ahead of its first use: where address space is short, threads would take it first.

        Its libraries end the process where they find no room.
        """
        scanner()

    def publish_beside(self) -> None:
        """Begin to bring the index on disk up to the catalogue in another process, unless that is still going on.

        The caller holds the right to write, and calls `rest` before giving it back.
        """
        from pinakes.index.beside import Beside
        from pinakes.threads import give_back_memory

        if self._beside is None:
            self._beside = Beside(self._catalogue)
        # A disk that is given to us is not that of another process.
        if self._disk is not DISK or not self._beside.begin():
            self.publish()
        else:
            give_back_memory()

    def rest(self) -> None:
        """End what was begun in another process."""
        if self._beside is not None:
            self._beside.stop()

    def publish(self, *, finish: bool = False) -> Snapshot:
        """Bring the index on disk up to the catalogue; the caller holds the right to write."""
        with self._lock:
            self._snapshot = self._publish(finish=finish)
            return self._snapshot

    def prepare(self) -> None:
        """Publish with the spaces that are still building: they answer from the moment the catalogue switches to them.

        The caller holds the right to write.
        """
        from pinakes.index.refresh import COMING

        with self._lock:
            writer = self._writer()
            self._snapshot = writer.publish(self._load(), finish=True, states=COMING)

    def rebuild(self) -> Snapshot:
        """Make the index anew from the catalogue, then throw the old one away; the caller holds the right to write."""
        with self._lock:
            self._snapshot = self._writer().publish(None, finish=True)
            return self._snapshot

    def _publish(self, *, finish: bool) -> Snapshot:
        from pinakes.threads import give_back_memory

        writer = self._writer()
        snapshot = writer.publish(self._load(), finish=finish)
        give_back_memory()
        return snapshot

    def _in_memory(self, state: State | None) -> Snapshot:
        """A snapshot of the newest state where the index can not be written."""
        return self._writer().in_memory(state)

    def _writer(self) -> IndexWriter:
        # Two would sweep away each other's files.
        if self._beside is not None:
            self._beside.wait()
        # Imported here: who only searches an index that is up to date does not pay for it.
        from pinakes.index.writer import IndexWriter

        return IndexWriter(self.folder, self._catalogue, self._analyser, self._disk)

    def _load(self) -> State | None:
        state = load(self.folder, self._analyser.name, self._disk)
        # One that is ahead was made of another catalogue, or before this one was put back to an earlier state.
        if state is not None and state.manifest.generation > self._catalogue.generation():
            return None
        return state

    def check(self) -> dict[str, PinakesError]:
        """Read every byte of the index; what is damaged, by the name of its file."""
        problems: dict[str, PinakesError] = {}
        state = self._load()
        pointer = manifest.problem(self.folder, self._disk)
        if pointer is not None:
            problems[manifest.CURRENT] = pointer
        for name in manifest.missing(self.folder, self._disk):
            problems[name] = Damaged(f"{name} is not there.", "Run `pinakes check --repair`.")
        for pack in state.every_pack() if state else ():
            try:
                pack.check()
            except PinakesError as error:
                problems[pack.name] = error
        return problems

    def close(self) -> None:
        """Let go of the snapshot, and of what was begun."""
        self.rest()
        with self._lock:
            self._snapshot = None
            self._opened.clear()
