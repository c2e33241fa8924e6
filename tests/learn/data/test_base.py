"""Training sets: what they refuse, what they take, and what makes two of them the same."""

from __future__ import annotations

import numpy as np
import pytest

from pinakes.errors import BadInput, BadVector, NotFound
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Pictures, Sounds, Texts, Vectors
from tests.learn.data.makers import made


def test_rows_that_are_taken_keep_their_ids_labels_and_contents() -> None:
    whole = made()
    some = whole.take([5, 2])
    assert some.ids == ("row-5", "row-2")
    assert some.view("text").read(np.array([1])) == [("the row 2 of all",)]
    assert some.labels is not None and whole.labels is not None
    assert (some.labels == whole.labels[[5, 2]]).all()
    assert some.hashes("image") == (whole.hashes("image")[5], whole.hashes("image")[2])
    assert whole.take([5, 2]).known_hashes, "what was hashed is not hashed again"


def test_rows_are_found_by_id_and_an_unknown_one_is_named() -> None:
    assert made().find(["row-3", "row-0"]).tolist() == [3, 0]
    with pytest.raises(NotFound, match="no row 'row-99'; 1 of 2 are unknown"):
        made().find(["row-3", "row-99"])


def test_the_fingerprint_is_that_of_ids_contents_and_labels() -> None:
    first = made()
    assert first.fingerprint() == made().fingerprint()
    labels = first.labels
    assert labels is not None
    others = [
        made(seed=8),
        first.take(np.arange(11)),
        TrainingSet("made", first.ids, first.views),
        TrainingSet("made", first.ids, first.views, 1 - labels, first.label_names),
        TrainingSet("made", first.ids, {"text": first.views["text"]}, labels, first.label_names),
    ]
    assert len({first.fingerprint(), *(each.fingerprint() for each in others)}) == 6


def test_the_fingerprint_is_the_same_on_every_machine_and_whatever_the_name() -> None:
    views = {"text": Texts([("one",), ("two", "три")])}
    found = TrainingSet("any", ("a", "b"), views, np.eye(2, dtype=np.uint8))  # type: ignore[arg-type]
    assert found.fingerprint() == "5c0d7f3a17d5446773ad8d5f467ca20e7be18f42690ca682a1e6678c63fb3601"


def test_a_row_without_a_modality_has_no_hash_of_it() -> None:
    there = np.array([True, False])
    found = TrainingSet("made", ("a", "b"), {"text": Texts([("one",), ()])}, present={"text": there})
    assert found.hashes("text")[1] == "" != found.hashes("text")[0]
    assert (found.has("text") == there).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": ()}, "is empty"),
        ({"ids": ("a", "a")}, "has the id 'a' twice"),
        ({"ids": ("a", "b", "c")}, "has 2 rows, but there are 3 ids"),
        ({"views": {}}, "has no modality"),
        ({"views": {"smell": Texts([("a",), ("b",)])}}, "'smell' is no modality"),
        ({"labels": np.zeros((3, 2), np.uint8)}, r"are 3 x 2; 2 rows are needed"),
        ({"labels": np.zeros(2, np.uint8)}, r"are 2; 2 rows are needed"),
        ({"labels": np.full((2, 2), 2, np.uint8)}, "not all 0 or 1"),
        ({"labels": np.full((2, 2), 0.5)}, "not all 0 or 1"),
        ({"labels": np.zeros((2, 2), np.uint8), "label_names": ("x",)}, "names 1 labels and has 2"),
        ({"present": {"text": np.ones(3, np.bool_)}}, "does not fit"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"ids": ("a", "b"), "views": {"text": Texts([("one",), ("two",)])}}
    with pytest.raises(BadInput, match=message):
        TrainingSet("made", **{**given, **change})  # type: ignore[arg-type]


def test_features_that_are_no_numbers_are_refused_with_their_place() -> None:
    matrix = np.zeros((3, 4), np.float32)
    matrix[2, 1] = np.nan
    with pytest.raises(BadVector, match="row 2, column 1"):
        Vectors(matrix)
    with pytest.raises(BadInput, match="are 3;"):
        Vectors(np.zeros(3, np.float32))


def test_a_set_that_lacks_a_modality_says_so() -> None:
    with pytest.raises(NotFound, match="has no audio"):
        made().view("audio")


def test_equal_content_has_equal_digests_in_every_kind_of_view() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    sound = np.linspace(-1, 1, 8, dtype=np.float32)
    rows = np.arange(3)
    for view in (
        Pictures([pixels, pixels.copy(), pixels.reshape(4, 2, 3)]),
        Sounds([sound, sound.copy(), sound[:-1]]),
        Texts([("a", "b"), ("a", "b"), ("a b",)]),
        Vectors(np.array([[1, 2], [1, 2], [2, 1]])),
    ):
        first, second, third = view.digests(rows)
        assert first == second != third
    assert Pictures(np.stack([pixels] * 2)).read(np.array([1])).shape == (1, 2, 4, 3)
