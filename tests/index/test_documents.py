"""Items come in groups that make segments of about one size, of which neighbours can be merged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.catalogue.catalogue import Catalogue
from pinakes.index import refresh
from pinakes.index.documents import batches
from pinakes.index.local import LocalIndex
from pinakes.settings import Settings
from tests.makers import fill, text_part, work

MOST = 10


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, dict[int, int]]:
    """A catalogue, and how many parts each of its items has: from one to three, and of one item many."""
    catalogue = Catalogue.open(tmp_path_factory.mktemp("counted") / "library", Settings(), create=True)
    numbers = [1 + number % 3 for number in range(40)]
    numbers[17] = 3 * MOST
    works = [work(f"{i}", *(text_part(f"{i} {j}") for j in range(count))) for i, count in enumerate(numbers)]
    return catalogue, {one.item_id: len(one.part_ids) for one in fill(catalogue, works)}


@settings(deadline=None)
@given(data=st.data())
def test_groups_are_of_about_one_size(counted: tuple[Catalogue, dict[int, int]], data: st.DataObject) -> None:
    catalogue, parts = counted
    wanted = data.draw(st.lists(st.sampled_from(sorted(parts)), unique=True))
    with catalogue.reading() as connection:
        groups = list(batches(connection, wanted, MOST))
    assert [number for group in groups for number in group] == sorted(wanted)
    sizes = [sum(parts[number] for number in group) for group in groups]
    assert all(size <= MOST or len(group) == 1 for size, group in zip(sizes, groups, strict=True))
    if max((parts[number] for number in wanted), default=0) < MOST:
        assert all(2 * size > MOST - 3 for size in sizes[:-1])
        # The last two differ by less than two items, whatever was left for them.
        assert len(sizes) < 2 or sizes[-2] == MOST or abs(sizes[-1] - sizes[-2]) <= 5


def test_what_comes_little_by_little_is_merged_on_the_way(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 64
    monkeypatch.setattr(refresh, "batches", lambda connection, ids: batches(connection, ids, size))
    index = LocalIndex(catalogue)
    most = 0
    with catalogue.writer():
        for time in range(16):
            # A little more than a segment at a time, as when works come while others are published.
            fill(catalogue, [work(f"{time} {i}", text_part(f"boat {i}")) for i in range(size + size // 4)])
            most = max(most, len(index.publish().segments))
    assert most < 2 * refresh.FAN_IN
    assert index.snapshot().alive_rows == 16 * (size + size // 4)
