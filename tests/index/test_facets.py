"""Counting the values of a field over several segments, beside a naive count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pinakes.index import columns as module
from pinakes.index.columns import Columns, ColumnsBuild, folded
from pinakes.index.documents import Document
from pinakes.index.facets import Counted, most_frequent

# Some in several ways of writing, and one that begins as another does.
NAMES = [
    f"{word}{number}" for word in ("boat", "Boat", "BOAT", "ship", "Ship", "sea", "séa", "") for number in range(12)
]


def segment(rows: list[tuple[str, ...]]) -> Columns:
    """The columns of a segment whose items have these creators."""
    build = ColumnsBuild()
    for number, names in enumerate(rows):
        build.add(Document(number, "", "", "ready", "main", "text/plain", {"creator": names}, (), []))
    return Columns(build.pack("columns"))


@pytest.mark.parametrize("hashed", [0, 1 << 18], ids=["one by one", "by hashes"])
@pytest.mark.parametrize("seed", range(4))
def test_the_most_frequent_values_of_all_segments(
    monkeypatch: pytest.MonkeyPatch, hashed: int, seed: int, most: int = 5
) -> None:
    monkeypatch.setattr(module, "_HASHED", hashed)
    random = np.random.default_rng(seed)
    counted: list[Counted] = []
    naive: Counter[str] = Counter()
    frequent: set[str] = set()
    for _ in range(3):
        # Each has others most often, so that what is frequent in one must be looked up in the next.
        drawn = random.permutation(NAMES)[:40]
        rows = [tuple(drawn[np.minimum(random.geometric(0.12, 2) - 1, 39)].tolist()) for _ in range(200)]
        columns, there = segment(rows), random.random(200) < 0.7
        counted.append(Counted(columns, there, columns.totals(np.flatnonzero(there))))
        here = Counter(value for row, chosen in zip(rows, there, strict=True) if chosen for value in set(row) if value)
        naive.update(
            one for row, chosen in zip(rows, there, strict=True) if chosen for one in {*map(folded, row)} if one
        )
        # Spellings are what is counted first.
        least = sorted(here.values(), reverse=True)[: 2 * most][-1]
        frequent |= {folded(value) for value, count in here.items() if count >= least}
    found = most_frequent(counted, "creator", most)
    assert {folded(value): count for value, count in found.items()}.items() <= naive.items()
    assert len(found) == most
    lowest = min(found.values())
    assert {value for value in frequent if naive[value] > lowest} <= {*map(folded, found)} <= frequent


def test_values_are_looked_up_among_all_of_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = segment([(name,) for name in NAMES if name])
    asked = [*dict.fromkeys(map(folded, NAMES)), "boa", "boat", "zebra", "sea111"]
    known = {folded(name) for name in NAMES if name.strip()}
    by_hashes = columns.among("creator", asked)
    monkeypatch.setattr(module, "_HASHED", 0)
    assert set(by_hashes) == set(columns.among("creator", asked)) == known & set(asked)
    assert all(folded(columns.written(index)) == value for value, index in by_hashes.items())
    assert columns.among("creator", []) == columns.among("publisher", ["boat1"]) == {}


def test_the_folders_of_an_item_are_values_of_its_path() -> None:
    build = ColumnsBuild()
    build.add(Document(1, "", "", "ready", "main", "", {}, ("a/b/c", "a/d/e", "f"), []))
    columns = Columns(build.pack("columns"))
    assert sorted(columns.values("path")[1]) == ["a", "a/b", "a/d"]
    assert Counter(columns.items(columns.equal("path", "A/B")).tolist()) == {0: 1}


def test_a_value_is_the_same_in_whichever_characters_it_is_written() -> None:
    columns = segment([("魯迅",), ("鲁迅",), ("Lu Xun",)])
    assert sorted(map(columns.written, columns.equal("creator", "魯迅"))) == ["魯迅", "鲁迅"]
    assert columns.equal("creator", "鲁迅") == columns.equal("creator", "魯迅")
    first, last = columns.beginning("creator", "魯")
    assert [columns.written(index) for index in range(first, last)] == ["魯迅", "鲁迅"]
    counted = Counted(columns, np.ones(3, np.bool_), columns.totals(np.arange(3)))
    assert sorted(most_frequent([counted], "creator", 5).values()) == [1, 2]
