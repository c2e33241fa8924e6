"""Recommendations from groups of items: by values, words and vectors, with the item that speaks for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entries
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import unit_rows
from pinakes.index.local import LocalIndex
from pinakes.index.measures import similarity
from pinakes.index.snapshot import Deadline, Snapshot
from pinakes.search.liking import leading, likenesses
from pinakes.search.recommend import Group, Recommended, recommend
from pinakes.settings import Settings
from pinakes.types import Metric
from pinakes.words.analyse import analyser
from tests import makers
from tests.makers import fill, text_part, work

BOATS, HILLS, OTHERS = range(1, 7), range(7, 13), range(13, 31)


def held(catalogue: Catalogue, *, told: bool = True) -> tuple[Snapshot, Space]:
    """Six boats, six hills, and others; the pictures of each kind lie near each other in the one space."""
    space = makers.space(catalogue)
    centres, noise = makers.vectors(3, seed=5), makers.vectors(31, seed=6)
    works = []
    for number in (*BOATS, *HILLS, *OTHERS):
        kind = 0 if number in BOATS else 1 if number in HILLS else 2
        vector = noise[number] if kind == 2 else unit_rows((centres[kind] + 0.4 * noise[number])[None])[0]
        fields = {"title": f"plate {number}"}
        if told and kind < 2:
            fields["subjects"] = ("Boats", "Hills")[kind]
        works.append(work(f"{number:02}", text_part(f"text{number}", vectors={space.id: vector}), fields=fields))
    fill(catalogue, works, space)
    index = LocalIndex(catalogue)
    index.publish(finish=True)
    return index.snapshot(), space


def found(catalogue: Catalogue, snapshot: Snapshot, space: Space, *groups: Group, **how: object) -> list[Recommended]:
    """What is recommended for groups, none of it from the groups themselves."""
    mine = [item for group in groups for item in group.items]
    without: Sequence[int] = [*mine, *how.pop("without", ())]  # type: ignore[misc]
    with catalogue.reading() as connection:
        told = item_entries(connection, mine)
    cut = analyser(Settings())
    return recommend(snapshot, [space], groups, told, without, cut, int(how.pop("limit", 4)), Deadline.after(9))  # type: ignore[call-overload]


@pytest.mark.parametrize("told", [True, False])
def test_the_rest_of_a_subject_goes_with_a_part_of_it(catalogue: Catalogue, told: bool) -> None:
    snapshot, space = held(catalogue, told=told)
    given = found(catalogue, snapshot, space, Group((1, 2, 3)), limit=3)
    assert {one.item for one in given} == {4, 5, 6}
    assert all(one.because in (1, 2, 3) for one in given)
    assert all(one.shared == (("Boats",) if told else ()) for one in given)
    assert all(0 < one.score <= 1 for one in given)


def test_groups_take_turns_and_each_reason_is_of_its_own_group(catalogue: Catalogue) -> None:
    snapshot, space = held(catalogue)
    given = found(catalogue, snapshot, space, Group((1, 2)), Group((7, 8)), limit=6)
    assert {one.item for one in given} <= {*BOATS, *HILLS}
    assert sorted(one.group for one in given) == [0, 0, 0, 1, 1, 1]
    for one in given:
        assert one.because in ((1, 2), (7, 8))[one.group]
    assert len({one.item for one in given}) == 6


def test_what_is_left_out_is_never_recommended(catalogue: Catalogue) -> None:
    snapshot, space = held(catalogue)
    given = found(catalogue, snapshot, space, Group((1, 2, 3)), without=(4, 5), limit=30)
    assert not {1, 2, 3, 4, 5} & {one.item for one in given}
    assert given[0].item == 6


def test_what_looks_the_same_as_what_one_has_is_not_recommended(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    (vector,) = makers.vectors(1)
    same = {"vectors": {space.id: vector}, "signature": 0xF0F0}
    fill(catalogue, [work(name, text_part(name, **same), fields={"subjects": "Boats"}) for name in "abc"], space)
    fill(catalogue, [work(f"other{n}", text_part("x")) for n in range(8)], space)
    index = LocalIndex(catalogue)
    index.publish(finish=True)
    assert found(catalogue, index.snapshot(), space, Group((1,)), limit=4) == []


def test_nothing_is_recommended_of_nothing(catalogue: Catalogue) -> None:
    snapshot, space = held(catalogue)
    assert found(catalogue, snapshot, space) == []
    assert found(catalogue, snapshot, space, Group((999,))) == []


@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
def test_likenesses_are_the_similarities_of_each_pair(metric: Metric) -> None:
    some, others = makers.vectors(5), 3 * makers.vectors(4, seed=1)
    expected = np.stack([similarity(metric, one, some) for one in others], axis=1)
    np.testing.assert_allclose(likenesses(metric, some, others), expected, atol=1e-5)


def test_the_leading_rows_of_items_are_those_of_the_snapshot(catalogue: Catalogue) -> None:
    snapshot, _ = held(catalogue)
    items = np.array([9, 2, 77, 30], np.int64)
    there = leading(snapshot, items, 1)
    for row, owner in zip(there.rows.tolist(), there.owners.tolist(), strict=True):
        assert row == snapshot.rows_of(int(items[owner]))[0]
    assert sorted(there.owners.tolist()) == [0, 1, 3]
