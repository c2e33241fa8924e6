"""The authority lists of one library, kept while it is open and refreshed with its index; words understood by them."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from pinakes.errors import Damaged
from pinakes.index.local import LocalIndex
from pinakes.index.snapshot import Snapshot
from pinakes.search.query.terms import Query
from pinakes.search.understanding.authorities import Authorities, Listed, listed
from pinakes.search.understanding.finding import Understood
from pinakes.search.understanding.recognisers import spacy_pipeline
from pinakes.search.understanding.understand import Reader, understand
from pinakes.settings import Settings
from pinakes.words.analyse import analyser

# While items are added the library changes every second: reading its lists anew takes no more than a tenth of the time.
_SHARE = 10
# Seconds that are not felt: where it takes no longer, they are read at every change.
_LITTLE = 0.05


class Understanding:
    """What understands words for one library; a segment of the index that stays is read once."""

    def __init__(self, index: LocalIndex, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._lists: dict[str, Listed] = {}
        self._generation = -1
        # When they may be read again.
        self._again = 0.0
        self._authorities: Authorities | None = None
        self._lock = threading.Lock()

    def authorities(self) -> Authorities:
        """The lists of the newest state of the library, or, where they were read just before, of the one then."""
        snapshot = self._index.snapshot()
        with self._lock:
            stale = self._generation != snapshot.generation and time.monotonic() >= self._again
            if self._authorities is None or stale:
                began = time.thread_time()
                self._authorities = self._read(snapshot)
                self._generation = snapshot.generation
                took = time.thread_time() - began
                self._again = time.monotonic() + (_SHARE * took if took > _LITTLE else 0.0)
            return self._authorities

    def _read(self, snapshot: Snapshot) -> Authorities:
        """The lists of all segments, those that were read before kept."""
        left = self._settings.limits.max_authority_names
        lists: dict[str, Listed] = {}
        numbered: list[tuple[int, Listed]] = []
        for number, segment in enumerate(snapshot.segments):
            known = self._lists.get(segment.name)
            if known is None or len(known.hashes) > left:
                try:
                    known = listed(segment, left)
                except Damaged as error:
                    snapshot.damage[segment.name] = error
                    continue
            lists[segment.name] = known
            numbered.append((number, known))
            left -= len(known.hashes)
        self._lists = lists
        return Authorities(snapshot, numbered, analyser(self._settings))

    def of(self, query: Query, plain: Sequence[str] = ()) -> Understood:
        """A query with its plain words understood."""
        name = self._settings.pipeline
        recognise = spacy_pipeline(name) if name else None
        return understand(query, Reader(self.authorities(), self._settings.limits, recognise), plain)
