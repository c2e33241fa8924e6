"""Nothing found is possible: what is no nearer than chance is no hit, by any measure, in quick and precise searches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pinakes.library import Library
from pinakes.types import METRICS, Floats, Metric

DIM, KINDS, EACH = 64, 40, 12


def clusters(metric: Metric) -> tuple[Floats, Floats]:
    """Forty kinds of a dozen works that are much alike, and a direction in which nothing lies."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((KINDS, DIM))
    centres[:, -8:] = 0
    stored = np.repeat(centres, EACH, axis=0) + 0.15 * random.standard_normal((KINDS * EACH, DIM))
    stored[:, -8:] = 0.02 * random.standard_normal((KINDS * EACH, 8))
    nowhere = np.zeros(DIM)
    nowhere[-8:] = random.standard_normal(8) * (8 if metric == "euclidean" else 1)
    return stored.astype(np.float32), nowhere.astype(np.float32)


@pytest.fixture(params=METRICS)
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    """A library of nothing but vectors."""
    library = Library.open(tmp_path / "library", create=True)
    request.addfinalizer(library.close)
    stored, _ = clusters(request.param)
    library.add_vectors("kinds", stored, titles=[f"k{n // EACH}" for n in range(len(stored))], metric=request.param)
    return library


@pytest.mark.parametrize("mode", ["quick", "precise"])
def test_what_lies_in_no_direction_of_the_library_finds_nothing(library: Library, mode: str) -> None:
    (space,) = library.spaces
    _, nowhere = clusters(space.metric)
    assert library.search(vectors={"kinds": nowhere}, mode=mode).total == 0


@pytest.mark.parametrize("mode", ["quick", "precise"])
def test_what_is_alike_is_found_before_all_else_with_a_high_score(library: Library, mode: str) -> None:
    (space,) = library.spaces
    stored, _ = clusters(space.metric)
    found = library.search(vectors={"kinds": stored[5 * EACH]}, mode=mode, limit=EACH)
    assert sum(hit.title == "k5" for hit in found) >= EACH - 1
    scores = [hit.why.spaces[0].score for hit in found]
    assert scores[0] > 0.6
    assert all(0 <= score <= 1 for score in scores)


def test_a_cut_off_of_nothing_shows_even_what_is_no_nearer_than_chance(library: Library) -> None:
    (space,) = library.spaces
    _, nowhere = clusters(space.metric)
    assert library.search(vectors={"kinds": nowhere}, min_score=0).total > 0
