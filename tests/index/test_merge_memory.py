"""Merging takes a bounded amount of memory beside some bytes for each row, however long the lists are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from pinakes.index import inverted_merge
from pinakes.index.columns import ColumnsBuild
from pinakes.index.documents import Document, Part
from pinakes.index.merge import Part as Merged
from pinakes.index.merge import merge
from pinakes.index.packs import MemoryPack, Pack, Stream
from pinakes.index.rows_build import RowsBuild
from pinakes.index.words_build import WordsBuild
from pinakes.settings import Settings
from pinakes.words.analyse import analyser

SEGMENT = 2_048


def segments(rows: int) -> Iterator[Merged]:
    """Segments of works that have one word in common, and each a title of its own."""
    for first in range(0, rows, SEGMENT):
        builds: dict[str, RowsBuild | WordsBuild | ColumnsBuild] = {
            "rows": RowsBuild(),
            "words": WordsBuild(analyser(Settings())),
            "columns": ColumnsBuild(),
        }
        for number in range(first, first + SEGMENT):
            part = Part(number, number, "text", number, "", "harbour harbour evening", number, 0)
            work = Document(number, f"{number:06}", "", "ready", "main", "text/plain", {}, (), [part])
            for build in builds.values():
                build.add(work)
        packs: dict[str, Pack] = {kind: build.pack(kind) for kind, build in builds.items()}
        yield Merged(packs, np.ones(SEGMENT, np.bool_))


def peak(rows: int) -> int:
    """The most memory that merging so many rows takes, beside what the segments take."""
    parts = list(segments(rows))
    tracemalloc.start()
    try:
        for kind in ("rows", "words", "columns"):
            arrays, _ = merge(parts, kind)
            for value in arrays.values():
                if isinstance(value, Stream):
                    for piece in value.pieces:
                        assert isinstance(piece, np.ndarray)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_of_merging_grows_by_some_bytes_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_merge, "_AT_A_TIME", 1 << 10)
    small, large = 4 * SEGMENT, 16 * SEGMENT
    assert (peak(large) - peak(small)) / (large - small) < 48


def test_lists_come_in_pieces_also_where_one_word_stands_in_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_merge, "_AT_A_TIME", 1 << 8)
    arrays, _ = merge(list(segments(4 * SEGMENT)), "words")
    longest = dict.fromkeys(arrays, 0)
    found = {}
    for name, value in arrays.items():
        assert isinstance(value, Stream)
        pieces = list(value.pieces)
        longest[name] = max(map(len, pieces))
        found[name] = np.concatenate(pieces)
    assert longest["terms.ids"] <= 1 << 8
    assert longest["terms.positions"] <= 3 * (1 << 8)
    pack = MemoryPack("merged", found)
    lists = inverted_merge.Inverted(pack, "terms")
    for word in (b"harbour", b"evening"):
        assert lists.ids(lists.keys.find(word)).tolist() == list(range(4 * SEGMENT))
    assert set(lists.counts(lists.keys.find(b"harbour")).tolist()) == {2}
