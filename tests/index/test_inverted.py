"""Inverted lists: built, read and merged as a plain dictionary would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pinakes.index import inverted_merge
from pinakes.index.inverted import Inverted, inverted_arrays
from pinakes.index.inverted_merge import GONE, Source, merge_inverted
from pinakes.index.packs import MemoryPack
from pinakes.index.writer import _whole

WORDS = st.sampled_from([b"a", b"ab", b"b", b"\xe7\xba\xa2", b"zz", b"m"])
# For each id its words in order: position is the place in the list.
TEXTS = st.lists(st.lists(WORDS, max_size=6), max_size=6)
Places = dict[bytes, list[tuple[int, int]]]


def places(texts: Sequence[Sequence[bytes]]) -> Places:
    """For each word id and position of every place where it stands."""
    found: Places = defaultdict(list)
    for number, words in enumerate(texts):
        for position, word in enumerate(words):
            found[word].append((number, position))
    return dict(found)


def built(texts: Sequence[Sequence[bytes]]) -> MemoryPack:
    """The inverted lists of texts."""
    keys: dict[bytes, int] = {}
    entries = [(keys.setdefault(w, len(keys)), n, p) for n, words in enumerate(texts) for p, w in enumerate(words)]
    columns = np.array(entries, np.int64).reshape(-1, 3).T
    arrays = inverted_arrays(
        "t", list(keys), columns[0].astype(np.uint32), columns[1].astype(np.uint32), columns[2].astype(np.uint16)
    )
    return MemoryPack("x", arrays)


def read(pack: MemoryPack) -> Places:
    """Inverted lists as a dictionary."""
    lists = Inverted(pack, "t")
    found = {}
    for index, key in enumerate(lists.keys):
        ids, positions = lists.positions(index)
        found[key] = list(zip(ids.tolist(), positions.tolist(), strict=True))
        assert lists.ids(index).tolist() == sorted({number for number, _ in found[key]})
        assert lists.counts(index).sum() == len(found[key])
    return found


@given(TEXTS, st.sets(st.integers(0, 8)))
def test_places_in_some_rows_are_those_of_all_rows_that_lie_in_these(
    texts: list[list[bytes]], within: set[int]
) -> None:
    pack = built(texts)
    lists = Inverted(pack, "t")
    for index in range(lists.keys.count):
        every = list(zip(*(each.tolist() for each in lists.positions(index)), strict=True))
        some = lists.positions(index, np.array(sorted(within), np.int64))
        assert list(zip(*(each.tolist() for each in some), strict=True)) == [one for one in every if one[0] in within]


@given(TEXTS)
def test_what_is_built_reads_as_the_dictionary(texts: list[list[bytes]]) -> None:
    pack = built(texts)
    assert read(pack) == places(texts)
    keys = list(Inverted(pack, "t").keys)
    assert keys == sorted(keys)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data(), st.sampled_from([1, 3, 1 << 20]))
def test_merging_equals_building_of_what_is_left(
    parts: list[list[list[bytes]]], data: st.DataObject, at_a_time: int
) -> None:
    old = inverted_merge._AT_A_TIME
    inverted_merge._AT_A_TIME = at_a_time
    try:
        left, sources, base = [], [], 0
        for texts in parts:
            alive = np.array([data.draw(st.booleans()) for _ in texts], np.bool_)
            sources.append(Source(built(texts), np.where(alive, np.cumsum(alive) - 1 + base, GONE)))
            base += int(alive.sum())
            left += [words for words, kept in zip(texts, alive, strict=True) if kept]
        arrays, new_keys = merge_inverted("t", sources, positions=True)
        pack = MemoryPack("m", {name: _whole(value) for name, value in arrays.items()})
    finally:
        inverted_merge._AT_A_TIME = old
    assert read(pack) == places(left)
    merged = list(Inverted(pack, "t").keys)
    for source, numbers in zip(sources, new_keys, strict=True):
        for index, key in enumerate(Inverted(source.pack, "t").keys):
            there = (source.new_ids[Inverted(source.pack, "t").ids(index)] != GONE).any()
            assert numbers[index] == (merged.index(key) if there else GONE)


@given(st.lists(st.binary(min_size=1, max_size=4), unique=True, max_size=600), st.binary(min_size=1, max_size=4))
def test_keys_are_found_by_signposts_as_by_looking_at_all(keys: list[bytes], wanted: bytes) -> None:
    numbers = np.arange(len(keys), dtype=np.uint32)
    pack = MemoryPack("x", inverted_arrays("t", keys, numbers, numbers))
    table = Inverted(pack, "t").keys
    ordered = sorted(keys)
    assert table.find(wanted) == (ordered.index(wanted) if wanted in ordered else -1)
    first, last = table.range_of(wanted)
    assert ordered[first:last] == [key for key in ordered if key.startswith(wanted)]
