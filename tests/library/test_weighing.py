"""Weights of spaces from their reliability: what they gain, and that searches follow them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pinakes.catalogue.records import NewPart
from pinakes.errors import NoContent
from pinakes.evaluate.weights import gentlest
from pinakes.library import Library
from pinakes.library.evaluating import Measuring
from pinakes.library.weighing import fitted, save
from pinakes.types import Place
from tests.evaluate.shelves import KINDS, clustered, pictures
from tests.makers import fill, space, vectors, work

MANY = 48


def noisy(place: Path) -> Library:
    """Pictures in a space that tells their kinds apart, and in one that is nothing but noise."""
    opened = Library.open(place, create=True)
    good, noise = space(opened._catalogue, "good", bits=256), space(opened._catalogue, "noise", bits=256)
    pairs = zip(clustered(MANY, spread=1.2), vectors(MANY, seed=8), strict=True)
    works = [
        work(
            f"{number:03}.png",
            NewPart("image", Place(), vectors={good.id: one, noise.id: other}),
            fields={"labels": KINDS[number % len(KINDS)]},
        )
        for number, (one, other) in enumerate(pairs)
    ]
    fill(opened._catalogue, works, good, noise)
    return opened


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Such a library."""
    with noisy(tmp_path / "library") as opened:
        yield opened


def test_a_space_of_noise_weighs_little_and_that_gains_on_queries_left_out(library: Library) -> None:
    found = fitted(library, Measuring(metrics="map", sample=0))
    assert found.weights["good"] == 1
    assert found.weights["noise"] < 0.3
    by_space = {one.space: one for one in found.reliabilities}
    assert by_space["noise"].low < 0.1 < by_space["good"].low < by_space["good"].value < by_space["good"].high
    for gain in found.gains:
        assert gain.low > 0
        assert gain.difference == pytest.approx(gain.value - gain.other)
    assert {gain.over for gain in found.gains} == {"the usual weights", "a usual search"}
    assert fitted(library, Measuring(metrics="map", sample=0)).as_dict() == found.as_dict()


def test_searches_weigh_as_was_saved_until_that_is_taken_back(library: Library) -> None:
    def order(**how: object) -> list[int]:
        return [hit.item for hit in library.search(item=5, limit=40, unfold=True, **how)]  # type: ignore[arg-type]

    before = order()
    found = fitted(library, Measuring(metrics="map", sample=0))
    save(library, found)
    assert order() == order(weights=found.weights, fusion=found.fusion) != before
    # What one search says for itself counts for that search.
    assert order(weights={"good": 1.0, "noise": 1.0}) == before
    save(library, None)
    assert order() == before


def test_weights_differ_only_where_that_shows() -> None:
    random = np.random.default_rng(2)
    equal = random.random(60)
    luck = equal + random.normal(0.002, 0.1, 60)
    better = equal + random.normal(0.1, 0.02, 60)
    assert gentlest([equal, luck]) == 0
    assert gentlest([equal, better]) == 1
    # Among those that are better, the first that is as good as the best.
    assert gentlest([equal, better, better + random.normal(0, 0.01, 60) + 0.0005, equal]) == 1
    assert gentlest([equal, equal]) == 0


def test_spaces_that_are_as_good_as_each_other_weigh_the_same(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        spaces = [space(library._catalogue, name, bits=256) for name in ("one", "other")]
        pairs = zip(*(clustered(MANY, spread=1.2, seed=3) for _ in spaces), strict=True)
        works = [
            work(
                f"{number:03}.png",
                NewPart("image", Place(), vectors={one.id: vector for one, vector in zip(spaces, pair, strict=True)}),
                fields={"labels": KINDS[number % len(KINDS)]},
            )
            for number, pair in enumerate(pairs)
        ]
        fill(library._catalogue, works, *spaces)
        found = fitted(library, Measuring(metrics="map", sample=0))
        assert (found.power, dict(found.weights)) == (0.0, {"one": 1, "other": 1})


def test_too_few_queries_or_a_single_space_give_no_weights(tmp_path: Path) -> None:
    labels = [(KINDS[number % 4],) for number in range(24)]
    with (
        pictures(tmp_path / "one", clustered(24), labels) as one,
        pytest.raises(NoContent, match="0 queries") as caught,
    ):
        fitted(one, Measuring())
    assert "several spaces" in caught.value.hint
