"""Bringing the index up to the catalogue: what is gone is marked, what is new becomes a segment, many become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from sqlalchemy import Connection, select

from pinakes.catalogue.counters import generation
from pinakes.catalogue.schema import items, removed
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.index.columns import ColumnsBuild
from pinakes.index.documents import batches, documents
from pinakes.index.live import Live
from pinakes.index.merge import Part, merge
from pinakes.index.packs import Array, MemoryPack, Pack, Stream
from pinakes.index.rows_build import RowsBuild, build_space
from pinakes.index.segment import COLUMNS, ROWS, WORDS, space_pack
from pinakes.index.words_build import WordsBuild
from pinakes.words.analyse import Analyser

# So many segments of about one size are merged into one while adding; at the end of a run, neighbours of like size.
FAN_IN = 8
# A segment of which more is gone than this is written anew.
WASTE = 0.3


# States of spaces: those that are searched, and with them those that are going to be.
SEARCHED, COMING = ("active",), ("active", "building")

# Puts arrays where they stay (a file, or memory) under a name, and opens them as a pack.
Keep: TypeAlias = Callable[[str, dict[str, Array | Stream], dict[str, object]], Pack]


@dataclass(slots=True)
class Refresh:
    """One pass over what has changed since the index was made."""

    connection: Connection
    analyser: Analyser
    keep: Keep
    names: Callable[[], str]
    merging: bool = True
    # Spaces in these states get their packs.
    states: tuple[str, ...] = SEARCHED

    def run(self, old: Sequence[Live], since: int, *, finish: bool) -> tuple[int, list[Live]]:
        """The generation that was reached and its segments."""
        reached = generation(self.connection)
        changed, gone = self._changes(since) if old else (self._all_items(), [])
        segments = [_without(segment, [*changed, *gone]) for segment in old]
        spaces = all_spaces(self.connection, states=self.states)
        segments = [self._with_spaces(segment, spaces) for segment in segments]
        for batch in batches(self.connection, changed):
            # What is built now takes the most memory of all; of the others nothing is needed meanwhile.
            for segment in segments:
                segment.let_go()
            segments.append(self._build(batch, spaces))
            segments = self._merged(segments, finish=False)
        segments = self._merged(segments, finish=finish)
        return reached, segments

    def _changes(self, since: int) -> tuple[list[int], list[int]]:
        changed = self.connection.scalars(select(items.c.id).where(items.c.changed_in > since)).all()
        gone = self.connection.scalars(select(removed.c.item_id).where(removed.c.generation > since)).all()
        return list(changed), list(gone)

    def _all_items(self) -> list[int]:
        return list(self.connection.scalars(select(items.c.id)))

    def _build(self, item_ids: Sequence[int], spaces: Sequence[Space]) -> Live:
        name = self.names()
        building: dict[str, RowsBuild | WordsBuild | ColumnsBuild] = {
            ROWS: RowsBuild(),
            WORDS: WordsBuild(self.analyser),
            COLUMNS: ColumnsBuild(),
        }
        for document in documents(self.connection, item_ids):
            for build in building.values():
                build.add(document)
        packs = {}
        for kind in list(building):
            # Each is let go before the next is made.
            packs[kind] = self._kept(building.pop(kind).pack(f"{name}-{kind}"))
        return self._with_spaces(Live(name, packs, np.ones(packs[ROWS].size("items"), np.bool_)), spaces)

    def _kept(self, pack: MemoryPack) -> Pack:
        arrays: dict[str, Array | Stream] = dict(pack.arrays)
        return self.keep(pack.name, arrays, pack.extra)

    def _with_spaces(self, segment: Live, spaces: Sequence[Space]) -> Live:
        """The segment with the packs of all present spaces and of no other."""
        packs = {kind: segment.packs[kind] for kind in (ROWS, WORDS, COLUMNS)}
        for space in spaces:
            kind = space_pack(space.id, space.code_version)
            if kind in segment.packs:
                packs[kind] = segment.packs[kind]
            else:
                parts = segment.packs[ROWS].array("parts")
                if built := build_space(self.connection, space, parts):
                    packs[kind] = self.keep(f"{segment.name}-{kind}", built, {})
        return replace(segment, packs=packs)

    def _merged(self, segments: list[Live], *, finish: bool) -> list[Live]:
        segments = [segment for segment in segments if segment.alive.any()]
        while self.merging and (group := _group(segments, finish=finish)):
            first, last = group
            segments = [*segments[:first], self._merge(segments[first:last]), *segments[last:]]
        return segments

    def _merge(self, group: Sequence[Live]) -> Live:
        name = self.names()
        parts = [Part(segment.packs, segment.alive) for segment in group]
        kinds = dict.fromkeys(kind for segment in group for kind in segment.packs)
        packs = {}
        for kind in kinds:
            arrays, extra = merge(parts, kind)
            packs[kind] = self.keep(f"{name}-{kind}", arrays, extra)
        alive = sum(int(segment.alive.sum()) for segment in group)
        return Live(name, packs, np.ones(alive, np.bool_))


def _without(segment: Live, gone: Sequence[int]) -> Live:
    """The segment with some items marked as gone."""
    if not gone:
        return segment
    dead = np.isin(segment.packs[ROWS].array("items"), np.array(gone, np.int64))
    return replace(segment, alive=segment.alive & ~dead)


def _group(segments: Sequence[Live], *, finish: bool) -> tuple[int, int] | None:
    """The first and one past the last of neighbouring segments that are worth merging."""
    for number, segment in enumerate(segments):
        if segment.alive.mean() < 1 - WASTE:
            return number, number + 1
    sizes = [segment.rows for segment in segments]
    if finish:
        return _like_sizes(sizes)
    level = [size.bit_length() // 3 for size in sizes]
    for first in range(len(level) - FAN_IN + 1):
        if len(set(level[first : first + FAN_IN])) == 1:
            return first, first + FAN_IN
    return None


def _like_sizes(sizes: Sequence[int]) -> tuple[int, int] | None:
    """The longest run at the end whose earlier segments are each no larger than all that follow together."""
    total, first = 0, len(sizes)
    for number in reversed(range(len(sizes))):
        if total and sizes[number] <= total:
            first = number
        total += sizes[number]
    return (first, len(sizes)) if first < len(sizes) else None
