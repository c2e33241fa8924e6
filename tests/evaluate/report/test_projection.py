from __future__ import annotations

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.evaluate.report.model import Number
from pinakes.evaluate.report.projection import MOST_POINTS, Map, by_group, principal, projections


def naive(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two eigenvectors of the covariance with the largest eigenvalues, by the book."""
    centred = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(centred.T))
    order = np.argsort(-values)[:2]
    return centred @ axes[:, order], values[order] / values.sum()


def test_the_plane_is_that_of_the_largest_eigenvectors() -> None:
    vectors = np.random.default_rng(3).normal(size=(80, 7)) * np.arange(1, 8)
    points, shares = principal(vectors)
    wanted, wanted_shares = naive(vectors)
    np.testing.assert_allclose(np.abs(points), np.abs(wanted), atol=1e-9)
    np.testing.assert_allclose(shares, wanted_shares, atol=1e-12)


def test_the_same_vectors_give_the_same_plane_whichever_sign_a_component_has() -> None:
    vectors = np.random.default_rng(4).normal(size=(50, 6))
    turned, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(6, 6)))
    np.testing.assert_array_equal(principal(vectors)[0], principal(vectors.copy())[0])
    distances = [np.linalg.norm(points[:, None] - points, axis=-1) for points in (
        principal(vectors)[0], principal(vectors @ turned)[0])]  # fmt: skip
    np.testing.assert_allclose(*distances, atol=1e-9)


@pytest.mark.parametrize("vectors", [np.zeros((4, 3)), np.ones((5, 1)), np.arange(6.0)[:, None]])
def test_vectors_that_do_not_span_a_plane_are_drawn_too(vectors: np.ndarray) -> None:
    points, shares = principal(vectors)
    assert points.shape == (len(vectors), 2) and np.isfinite(points).all() and np.isfinite(shares).all()


def test_small_groups_are_taken_together_and_no_point_is_lost() -> None:
    groups = [f"group {number}" for number in range(30) for _ in range(number + 1)]
    points = np.random.default_rng(1).normal(size=(len(groups), 2))
    found = by_group(points, groups, 12)
    assert list(found)[:2] == ["group 29", "group 28"] and list(found)[-1] == "19 smaller groups"
    assert sum(map(len, found.values())) == len(groups)


def test_more_points_than_can_be_seen_are_sampled_by_the_seed_and_the_map_says_so() -> None:
    vectors = np.random.default_rng(2).normal(size=(MOST_POINTS + 1, 4))
    shown = Map("joint", vectors, ("image",) * len(vectors))
    (block,) = projections([shown]).blocks
    assert block.table and "1,500 of 1,501 vectors, drawn at random" in block.table.notes[0]
    counts = [cell for row in block.table.rows for cell in row[1:2] if isinstance(cell, Number)]
    assert sum(cell.value for cell in counts) == MOST_POINTS
    assert projections([shown]).blocks[0].table == block.table


@pytest.mark.parametrize(
    ("vectors", "groups", "told"),
    [
        (np.zeros((3, 2)), ("a", "b"), "3, 2"),
        (np.zeros(3), ("a", "b", "c"), "shape"),
        (np.zeros((2, 2)), ("a", "b"), "needs 3"),
        (np.full((3, 2), np.nan), ("a", "b", "c"), "finite"),
    ],
)
def test_what_can_not_be_mapped_is_refused(vectors: np.ndarray, groups: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        Map("joint", vectors, groups)
