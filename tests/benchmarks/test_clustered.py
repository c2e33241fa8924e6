"""The clustered data and the exact answers that recall is measured against."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clustered import crossing, recall, truth, written
from pinakes.evaluate.vectors_made import CHUNK, Mixture
from pinakes.types import METRICS


def small() -> Mixture:
    """A mixture of few dimensions."""
    return Mixture.clustered(16)


def test_rows_are_the_same_each_time_and_differ_from_chunk_to_chunk() -> None:
    first, again, other = small().chunk(0, 50)[0], small().chunk(0, 50)[0], small().chunk(1, 50)[0]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_rows_are_unit_vectors() -> None:
    rows = small().chunk(0, 50)[0].astype(np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=2e-3)


def test_neighbours_cross_clusters_in_the_hard_mixture_and_not_in_the_plain_one(tmp_path: Path) -> None:
    for name, mixture, low, high in (
        ("hard", Mixture.clustered(64), 0.3, 1.0),
        ("plain", Mixture.isotropic(64, 40), 0.0, 0.05),
    ):
        folder = tmp_path / name
        folder.mkdir()
        path, clusters = written(mixture, 5_000, folder)
        queries, own = mixture.queries(40)
        assert low <= crossing(truth(path, queries, 10, {"": None})[""], clusters, own) <= high


@pytest.mark.parametrize("metric", METRICS)
def test_exact_answers_are_those_of_a_plain_sort(metric: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((CHUNK + 300, 4)).astype(np.float16)
    np.save(tmp_path / "rows.npy", rows)
    queries = rng.standard_normal((5, 4)).astype(np.float32)
    mask = rng.random(len(rows)) < 0.1
    found = truth(tmp_path / "rows.npy", queries, 3, {"": None, "some": mask}, metric)
    wide = rows.astype(np.float32)
    scores = queries @ wide.T
    if metric == "cosine":
        scores /= np.linalg.norm(wide, axis=1)
    if metric == "euclidean":
        scores = -((wide[None] - queries[:, None]) ** 2).sum(axis=2)
    assert np.array_equal(found[""], np.argsort(-scores, axis=1)[:, :3])
    assert np.array_equal(found["some"], np.argsort(-np.where(mask, scores, -np.inf), axis=1)[:, :3])


def test_recall_is_the_share_of_the_true_ones_that_were_found() -> None:
    assert recall([[1, 2], [5, 6]], np.array([[1, 2], [6, 7]])) == 0.75
