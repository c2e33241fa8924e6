"""Protocols: the sizes that were published, and what is said where a copy has others."""

from __future__ import annotations

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Texts, Vectors
from pinakes.learn.data.protocols import PROTOCOLS, Protocol, difference, split_by
from pinakes.learn.data.splits import check, told
from tests.learn.data.makers import made

# Query and train rows, and pairs, by the papers.
PUBLISHED = {
    "mirflickr-dcmh": (2_000, 10_000, 20_015),
    "mirflickr-mith": (2_000, 10_000, 20_015),
    "mirflickr-dchmt": (5_000, 10_000, 20_015),
    "mirflickr-ucch": (2_000, 5_000, 20_015),
    "nus-wide-mith": (2_100, 10_500, 190_421),
    "nus-wide-dchmt": (5_000, 10_000, 190_421),
    "nus-wide-ucch": (2_100, 5_000, 186_557),
    "coco-mith": (5_000, 10_000, 122_218),
    "coco-dchmt": (5_000, 10_000, 122_218),
    "coco-ucch": (5_000, 5_000, 123_287),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_sizes_are_those_of_the_papers(name: str) -> None:
    protocol = PROTOCOLS.get(name)
    assert (protocol.query, protocol.train, protocol.pairs) == PUBLISHED[name]


def test_every_benchmark_has_a_protocol() -> None:
    layouts = {PROTOCOLS.get(name).layout for name in PROTOCOLS}
    assert layouts == {
        "mirflickr25k",
        "nus-wide-21",
        "nus-wide-10",
        "coco",
        "wikipedia",
        "flickr8k",
        "flickr30k",
        "pascal-sentence",
        "esc-10",
        "esc-50",
    }


def test_the_protocol_of_dcmh_at_its_true_size() -> None:
    rows = 20_015
    found = TrainingSet(
        "mirflickr25k",
        tuple(map(str, range(rows))),
        {"text": Vectors(np.arange(rows, dtype=np.float32)[:, None])},
        np.ones((rows, 24), np.uint8),
    )
    protocol = PROTOCOLS.get("mirflickr-dcmh")
    split = split_by(found, protocol, 1, validation=0.1)
    sizes = [len(part) for part in (split.train, split.validation, split.query, split.database)]
    assert sizes == [9_000, 1_000, 2_000, 18_015]
    assert difference(found, protocol) == ""
    check(found, split)


def test_a_copy_with_other_numbers_is_told_and_one_that_is_too_small_refused() -> None:
    protocol = PROTOCOLS.get("mirflickr-dcmh")
    assert "12 pairs and 3 labels; published figures of mirflickr-dcmh are of 20,015" in difference(made(), protocol)
    with pytest.raises(BadInput, match="needs 12,000 rows; made has 12"):
        split_by(made(), protocol)


def test_official_lists_are_taken_where_the_protocol_has_them() -> None:
    found = TrainingSet("f", ("a", "b"), {"text": Texts([("x",), ("y",)])})
    protocol = PROTOCOLS.get("flickr8k")
    with pytest.raises(BadInput, match="came without them"):
        split_by(found, protocol)
    official = told(found, {"a": "train", "b": "query"}, rule="lists")
    assert split_by(found, protocol, official=official) == official


def test_a_protocol_of_ones_own_is_split_by_its_sizes() -> None:
    own = Protocol("own", "features", 12, 3, 2, 8, "ours", validation=1)
    split = split_by(made(), own)
    assert (len(split.query), len(split.train), len(split.validation), len(split.database)) == (2, 8, 1, 10)
