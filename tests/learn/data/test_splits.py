"""Splits: sizes, labels in every part, doubles that stay together, and leaks that are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput, Damaged, NotFound, StorageFailed
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures, Texts, Vectors
from pinakes.learn.data.splits import (
    Leak,
    Sizes,
    Split,
    check,
    divided,
    leaks,
    load,
    same_content,
    save,
    told,
    with_validation,
)
from pinakes.learn.data.stratify import shared_out
from tests.learn.data.makers import made


def doubled(rows: int = 40, doubles: tuple[tuple[int, int], ...] = ((3, 30), (4, 31), (31, 32))) -> TrainingSet:
    """Pictures, of which some are the same."""
    pixels = np.random.default_rng(0).integers(0, 256, (rows, 2, 2, 3), np.uint8)
    for one, other in doubles:
        pixels[other] = pixels[one]
    return TrainingSet("doubled", tuple(f"row-{n}" for n in range(rows)), {"image": Pictures(pixels)})


def test_parts_have_their_sizes_and_nothing_in_common() -> None:
    found = made(rows=100)
    split = divided(found, Sizes(50, 0.1, 20))
    assert [len(part) for part in (split.train, split.validation, split.query, split.database)] == [50, 10, 20, 80]
    check(found, split)
    assert not set(split.query) & set(split.database) and set(split.train) < set(split.database)
    apart = divided(found, Sizes(50, 0.1, 20, train_in_database=False))
    assert len(apart.database) == 20 and not set(apart.database) & {*apart.train, *apart.validation, *apart.query}
    assert len(divided(found, Sizes(query=0)).train) == 90 and divided(found, Sizes(query=0)).database == ()


def test_the_same_seed_gives_the_same_split_and_another_another() -> None:
    assert divided(made(), Sizes(), 3) == divided(made(), Sizes(), 3)
    assert divided(made(rows=50), Sizes(), 3).query != divided(made(rows=50), Sizes(), 4).query


def test_a_small_class_is_in_every_part() -> None:
    labels = np.zeros((200, 4), np.uint8)
    labels[:, 0] = 1
    labels[:8, 1], labels[50:120, 2], labels[4:12, 3] = 1, 1, 1
    found = TrainingSet("small", tuple(map(str, range(200))), {"text": Texts([(str(n),) for n in range(200)])}, labels)
    for seed in range(5):
        split = divided(found, Sizes(0.5, 0.25, 0.25), seed)
        rows = split.rows(found)
        counts = np.array([labels[rows[part]].sum(0) for part in ("train", "validation", "query")])
        assert (abs(counts[:, 1] - [4, 2, 2]) <= 1).all(), counts
        assert (abs(counts[:, 3] - [4, 2, 2]) <= 1).all(), counts
        assert counts[:, 0].tolist() == [100, 50, 50]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 3), st.integers(0, 10), st.integers(0, 10), st.integers(0, 99))
def test_groups_stay_whole_and_single_rows_fill_the_parts_exactly(
    rows: int, labels: int, one: int, other: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    one, other = min(one, rows), min(other, rows - min(one, rows))
    flags = (random.random((rows, labels)) < 0.3).astype(np.uint8)
    singles = shared_out(np.arange(rows), {"a": one, "b": other}, flags, random)
    assert np.bincount(singles, minlength=3).tolist() == [one, other, rows - one - other]
    groups = random.integers(0, rows, rows)
    found = shared_out(groups, {"a": one, "b": other}, flags, random)
    assert all(len(set(found[groups == group].tolist())) == 1 for group in groups)


def test_rows_of_the_same_content_are_one_group_through_any_number_of_doubles() -> None:
    groups = same_content(doubled(), ("image",))
    assert groups[3] == groups[30] and groups[4] == groups[31] == groups[32]
    assert len(set(groups.tolist())) == 37


@pytest.mark.reliability
def test_doubles_are_never_separated_and_a_planted_one_is_reported() -> None:
    """H5."""
    found = doubled()
    for seed in range(10):
        assert leaks(found, divided(found, Sizes(0.4, 0.2, 0.4), seed)) == ()
    planted = Split(train=("row-3", "row-5"), query=("row-30", "row-5"), database=("row-3", "row-9"))
    assert leaks(found, planted) == (
        Leak("id", ("train", "query"), ("row-5", "row-5")),
        Leak("content", ("train", "query"), ("row-3", "row-30")),
        Leak("content", ("query", "database"), ("row-30", "row-3")),
    )
    with pytest.raises(BadInput, match="leaks 3 times; the first is between train and query: row-5 is in both"):
        check(found, planted)
    with pytest.raises(BadInput, match="row-3 and row-30 are the same"):
        check(found, Split(train=("row-3",), query=("row-30",)))
    with pytest.raises(BadInput, match="names a row twice"):
        check(found, Split(train=("row-3", "row-3")))


def test_equal_texts_of_different_pictures_are_no_leak_unless_that_is_asked_for() -> None:
    pixels = np.arange(2 * 12, dtype=np.uint8).reshape(2, 2, 2, 3)
    texts = Texts([("red shirt",), ("red shirt",)])
    found = TrainingSet("shop", ("a", "b"), {"image": Pictures(pixels), "text": texts})
    split = Split(train=("a",), query=("b",))
    assert leaks(found, split) == ()
    assert [leak.kind for leak in leaks(found, split, ("text",))] == ["content"]
    alone = TrainingSet("texts", ("a", "b"), {"text": texts})
    assert [leak.kind for leak in leaks(alone, split)] == ["content"]


def test_features_of_several_modalities_are_the_same_only_where_all_are() -> None:
    same = Vectors(np.ones((3, 2)))
    found = TrainingSet("f", ("a", "b", "c"), {"image": same, "text": Vectors(np.array([[1.0], [2.0], [1.0]]))})
    assert same_content(found, ()).tolist() == [0, 1, 0]


def test_a_split_is_stored_and_read_again(tmp_path: Path) -> None:
    split = divided(made(), Sizes(), 3)
    save(split, tmp_path / "split.json")
    assert load(tmp_path / "split.json") == split
    (tmp_path / "split.json").write_text('{"train": 3')
    with pytest.raises(Damaged, match=r"split\.json is no split"):
        load(tmp_path / "split.json")
    with pytest.raises(StorageFailed):
        load(tmp_path / "none.json")


def test_a_split_of_another_set_is_refused() -> None:
    with pytest.raises(NotFound, match="another version"):
        divided(made(rows=20), Sizes()).rows(made(rows=10))


def test_validation_rows_are_taken_from_train_and_stay_in_the_database() -> None:
    found = made(rows=100)
    split = divided(found, Sizes(60, 0, 20))
    inner = with_validation(found, split, 0.1, seed=2)
    assert len(inner.validation) == 6 and {*inner.train, *inner.validation} == set(split.train)
    assert inner.database == split.database and inner.query == split.query
    check(found, inner)


def test_an_official_split_is_told_by_id() -> None:
    found = made(rows=4)
    folds = {"row-0": "train", "row-1": "query", "row-2": "validation"}
    split = told(found, folds, rule="lists")
    assert (split.train, split.query, split.validation, split.database) == (("row-0",), ("row-1",), ("row-2",), ())
    assert told(found, folds, rule="lists", train_in_database=True).database == ("row-0", "row-2")


@pytest.mark.parametrize("sizes", [Sizes(90, 0, 20), Sizes(-1, 0, 0), Sizes(None, 0.5, 0.5), Sizes(0, 0, 10)])
def test_impossible_sizes_are_refused(sizes: Sizes) -> None:
    with pytest.raises(BadInput, match=r"there are 100|no number of rows"):
        divided(made(rows=100), sizes)
