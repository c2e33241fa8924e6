"""The background of a query: how many texts lie so near by chance, and what that makes of a hit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pinakes.encoders.hashers import fit
from pinakes.index.background import Background, Taken, background
from pinakes.index.measures import estimated
from pinakes.index.sample import Sample
from pinakes.types import Floats, Metric

SPACE: Any = SimpleNamespace(id=7, metric="cosine", hasher=SimpleNamespace(is_learned=True))


def held_against(
    vectors: Floats, query: Floats, texts: int | None = None, metric: Metric = "cosine"
) -> Background | None:
    """The background of a query among texts of one vector each."""
    sample = Sample(vectors, vectors, np.arange(len(vectors)), texts or len(vectors))
    snapshot: Any = SimpleNamespace(taken={(SPACE.id, "text"): Taken(sample)})
    space: Any = SimpleNamespace(**{**vars(SPACE), "metric": metric})
    return background(snapshot, space, query, "text")


def test_a_hit_is_as_likely_as_few_texts_come_so_near_by_chance() -> None:
    told = Background(middle=0.5, spread=0.1, number=1_000)
    # Of a normal distribution 0.135 % lie three deviations above the middle, and 0.00317 % four.
    assert told.likelihood(np.float32([0.8, 0.9])) == pytest.approx(
        [1 / (1 + 3 * 1.35), 1 / (1 + 3 * 0.0317)], rel=1e-2
    )
    # In a library of a hundred times as many texts the same says less.
    many = Background(middle=0.5, spread=0.1, number=100_000)
    assert many.likelihood(np.float32([0.9])) == pytest.approx([1 / (1 + 3 * 3.17)], rel=1e-2)


def test_what_lies_in_the_middle_or_was_not_found_is_not_likely() -> None:
    told = Background(middle=0.5, spread=0.1, number=100)
    low, middle, nothing = told.likelihood(np.float32([-0.9, 0.5, np.nan]))
    assert low == middle < 0.01
    assert nothing == 0


@pytest.mark.parametrize("crowded", [0.0, 3.0], ids=["texts of all kinds", "texts of one science"])
def test_how_near_all_texts_lie_to_each_other_makes_no_difference(crowded: float) -> None:
    random = np.random.default_rng(2)
    common = crowded * np.eye(1, 64, dtype=np.float32)
    texts = random.standard_normal((400, 64)).astype(np.float32) / 8 + common
    query = texts[11] + 0.3 * random.standard_normal(64).astype(np.float32) / 8
    told = held_against(texts, query)
    assert told is not None
    cosines = texts @ query / np.linalg.norm(texts, axis=1) / np.linalg.norm(query)
    likely = told.likelihood(cosines.astype(np.float32))
    assert likely[11] > 0.99
    # One in five queries finds another as likely as not.
    assert (np.delete(likely, 11) > 0.9).sum() == 0
    # Which cosine that is differs.
    assert (np.delete(cosines, 11).min() > 0.8) == (crowded > 0)


def test_one_picture_that_is_as_near_by_chance_makes_a_picture_even_and_a_text_less() -> None:
    random = np.random.default_rng(5)
    near = random.standard_normal((500, 1)).astype(np.float32)
    sample = Sample(near, near, np.arange(500), 500)
    snapshot: Any = SimpleNamespace(taken={(7, kind): Taken(sample) for kind in ("text", "image")})
    space: Any = SimpleNamespace(**{**vars(SPACE), "metric": "inner"})
    # Of 500 of a normal distribution one lies 2.878 deviations above the middle.
    likely = []
    for kind in ("text", "image"):
        told = background(snapshot, space, np.float32([1]), kind)  # type: ignore[arg-type]
        assert told is not None
        likely.append(float(told.likelihood(np.float32([told.middle + 2.878 * told.spread]))[0]))
    assert likely == pytest.approx([1 / 4, 1 / 2], rel=1e-2)


def test_of_pictures_that_codes_promise_the_first_are_shown() -> None:
    told = Background(middle=0.2, spread=0.03, number=10_000, modality="image", blur=0.07)
    promised = np.float32([np.nan, 0.30, 0.40, 0.35, 0.40])
    # By chance hundreds would be so near, if what the codes are off is counted.
    assert told.likelihood(promised, promised=True) == pytest.approx([0, 1 / 6, 1 / 3, 1 / 5, 1 / 4])
    assert told.likelihood(promised)[2] > 0.99
    # What lies below the middle is there by chance, however few lie above it.
    assert told.likelihood(np.float32([0.1, 0.05]), promised=True).max() < 0.001


def test_no_background_is_told_of_few_texts_or_of_texts_that_are_all_the_same() -> None:
    random = np.random.default_rng(3)
    few = random.standard_normal((31, 8)).astype(np.float32)
    assert held_against(few, few[0]) is None
    same = np.repeat(few[:1], 100, axis=0)
    assert held_against(same, few[1]) is None
    # Copies of one text, and some others.
    mostly = np.concatenate([same, few])
    told = held_against(mostly, few[0])
    assert told is not None and told.spread > 0


def test_where_more_lie_above_the_middle_than_below_the_upper_part_tells_the_spread() -> None:
    even = np.linspace(-1, 1, 401, dtype=np.float32)
    skewed = np.where(even > 0, 3 * even, even)
    query = np.float32([1])
    sides = [held_against(side[:, None], query, metric="inner") for side in (even, skewed)]
    spreads = [side.spread for side in sides if side is not None]
    assert spreads == pytest.approx([1.4826 * 0.5, 3 * 0.9 / 1.645], rel=0.02)


def test_what_codes_alone_promise_counts_less_by_as_much_as_they_are_off() -> None:
    random = np.random.default_rng(6)
    texts = random.standard_normal((512, 64)).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    hasher = fit("rotation", texts, "cosine", 128)
    space: Any = SimpleNamespace(id=7, metric="cosine", hasher=hasher)
    sample = Sample(texts, texts, np.arange(512), 100_000)
    snapshot: Any = SimpleNamespace(taken={(7, "text"): Taken(sample, hasher.codes(texts), hasher.bearings(texts))})
    query = random.standard_normal(64).astype(np.float32)
    query /= np.linalg.norm(query)
    told = background(snapshot, space, query, "text")
    assert told is not None
    # An angle that is told by 128 bits is off by pi / 2 / sqrt(128), or less where they are no independent guesses.
    assert 0.5 < told.blur * np.sqrt(128) / (np.pi / 2) < 1
    differing = np.bitwise_count(hasher.codes(texts) ^ hasher.query_code(query)).sum(axis=1, dtype=np.int32)
    guesses = estimated(hasher, query, differing, hasher.bearings(texts))
    # Texts that have nothing to do with the query are by their codes farther out than any vector lies.
    assert told.likelihood(guesses, promised=True).max() < 0.1 * told.likelihood(guesses).max()


def test_all_texts_count_and_not_only_those_that_were_taken() -> None:
    random = np.random.default_rng(4)
    texts = random.standard_normal((200, 16)).astype(np.float32)
    told = held_against(texts, texts[0], texts=50_000)
    assert told is not None and told.number == 50_000
