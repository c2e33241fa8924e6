"""The background of a query: how many texts lie so near by chance, and what that makes of a hit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pinakes.index.background import Background, background
from pinakes.index.sample import Sample
from pinakes.types import Floats

SPACE: Any = SimpleNamespace(id=7, metric="cosine")


def held_against(vectors: Floats, query: Floats, texts: int | None = None) -> Background | None:
    """The background of a query among texts of one vector each."""
    sample = Sample(vectors, vectors, np.arange(len(vectors)), texts or len(vectors))
    snapshot: Any = SimpleNamespace(texts_drawn={SPACE.id: sample})
    return background(snapshot, SPACE, query)


def test_a_hit_is_as_likely_as_few_texts_come_so_near_by_chance() -> None:
    told = Background(middle=0.5, spread=0.1, texts=1_000)
    # Of a normal distribution 0.135 % lie three deviations above the middle, and 0.00317 % four.
    assert told.likelihood(np.float32([0.8, 0.9])) == pytest.approx(
        [1 / (1 + 1.35 / 0.2), 1 / (1 + 0.0317 / 0.2)], rel=1e-2
    )
    # In a library of a hundred times as many texts the same says less.
    many = Background(middle=0.5, spread=0.1, texts=100_000)
    assert many.likelihood(np.float32([0.9])) == pytest.approx([1 / (1 + 3.17 / 0.2)], rel=1e-2)


def test_what_lies_in_the_middle_or_was_not_found_is_not_likely() -> None:
    told = Background(middle=0.5, spread=0.1, texts=100)
    low, middle, nothing = told.likelihood(np.float32([-0.9, 0.5, np.nan]))
    assert low == middle < 0.005
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


def test_all_texts_count_and_not_only_those_that_were_taken() -> None:
    random = np.random.default_rng(4)
    texts = random.standard_normal((200, 16)).astype(np.float32)
    told = held_against(texts, texts[0], texts=50_000)
    assert told is not None and told.texts == 50_000
