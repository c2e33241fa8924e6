"""Recall of codes and rescoring against exact search, by each measure, on even, uneven and shifted clusters."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import unit_rows
from pinakes.encoders.hashers import default_bits, fit
from pinakes.index.best import highest
from pinakes.index.find_vectors import find, rescore
from pinakes.index.matrix import Mask
from pinakes.index.measures import estimated, similarity
from pinakes.index.packs import MemoryPack
from pinakes.index.rows_build import row_sums
from pinakes.index.segment import Segment, space_pack
from pinakes.index.snapshot import Deadline, Selection, Snapshot
from pinakes.types import Floats, Metric

COUNT, QUERIES = 12_000, 25
SOON = Deadline.after(1e6)


@lru_cache(maxsize=3)
def mixture(dim: int, lengths: str, seed: int = 0) -> Floats:
    """Unequal, overlapping, anisotropic clusters; vectors as they are, of very different lengths, or far from zero."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((100, dim))
    of = random.choice(100, COUNT + QUERIES, p=random.dirichlet(np.full(100, 0.5)))
    spread = random.lognormal(0, 0.5, (100, 1)) * random.lognormal(0, 0.5, (100, dim))
    points = centres[of] + random.standard_normal((COUNT + QUERIES, dim)) * spread[of]
    if lengths == "uneven":
        points *= random.lognormal(0, 1, (len(points), 1))
    return (points + (3 if lengths == "shifted" else 0)).astype(np.float32)


def indexed(stored: Floats, metric: Metric, bits: int, parts: int = 1) -> tuple[Snapshot, Space]:
    """An index of vectors alone, in so many segments."""
    space = Space(1, "s", "", (), stored.shape[1], metric, "active", 0, fit("rotation", stored[:5_000], metric, bits))
    segments = []
    for number, piece in enumerate(np.array_split(stored.astype(np.float16), parts)):
        count = np.arange(len(piece))
        plain = {
            "items": count,
            "starts": np.arange(len(piece) + 1, dtype=np.uint32),
            "item_of_row": count.astype(np.uint32),
            "parts": count,
            "modalities": np.ones(len(piece), np.uint8),
            "signatures": np.zeros(len(piece), np.uint64),
        }
        whole = piece.astype(np.float32)
        vectors = {
            "rows": count.astype(np.uint32),
            "codes": space.hasher.codes(whole),
            "bearings": space.hasher.bearings(whole),
            "vectors": piece,
            "sums": row_sums(piece),
        }
        packs = {"rows": MemoryPack("rows", plain), space_pack(1, 0): MemoryPack("space", vectors)}
        segments.append(Segment(f"s{number}", packs, None, 1))
    return Snapshot(1, segments, {}), space


def recall(snapshot: Snapshot, space: Space, queries: Floats, selection: Selection) -> float:
    """The share of the ten truly nearest among the ten that a precise search finds."""
    every = np.arange(snapshot.bases[-1])
    masks = [
        np.ones(s.rows, np.bool_) if m is None else m for s, m in zip(snapshot.segments, selection.masks, strict=True)
    ]
    allowed = every[np.concatenate(masks)]
    shares = []
    for query in queries:
        true = set(rescore(snapshot, space, query, allowed, 10).rows.tolist())
        found = set(find(snapshot, space, query, 10, selection, SOON, precise=True).rows.tolist())
        shares.append(len(true & found) / len(true))
    return float(np.mean(shares))


@pytest.mark.parametrize("lengths", ["even", "uneven", "shifted"])
@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
@pytest.mark.parametrize("dim", [32, 256])
def test_the_nearest_by_every_measure_are_found(dim: int, metric: Metric, lengths: str) -> None:
    points = mixture(dim, lengths)
    points = unit_rows(points) if metric == "cosine" else points
    snapshot, space = indexed(points[:COUNT], metric, default_bits(dim))
    assert recall(snapshot, space, points[COUNT:], snapshot.select(())) >= 0.985


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
def test_filters_cost_no_recall_by_any_measure_in_any_number_of_segments(metric: Metric, share: float) -> None:
    points = mixture(64, "uneven")
    points = unit_rows(points) if metric == "cosine" else points
    snapshot, space = indexed(points[:COUNT], metric, 256, parts=3)
    random = np.random.default_rng(2)
    masks: tuple[Mask, ...] = tuple(random.random(segment.rows) < share for segment in snapshot.segments)
    assert recall(snapshot, space, points[COUNT:], Selection(masks)) >= 0.985


@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
def test_short_codes_are_made_up_for_by_more_candidates(metric: Metric) -> None:
    points = mixture(32, "even")
    points = unit_rows(points) if metric == "cosine" else points
    snapshot, space = indexed(points[:COUNT], metric, 64)
    assert recall(snapshot, space, points[COUNT:], snapshot.select(())) >= 0.95


@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
def test_quick_search_tells_nearly_the_similarity_that_precise_search_does(metric: Metric) -> None:
    points = mixture(64, "shifted")
    points = unit_rows(points) if metric == "cosine" else points
    snapshot, space = indexed(points[:COUNT], metric, 512)
    for query in points[COUNT : COUNT + 10]:
        quick = find(snapshot, space, query, 50, snapshot.select(()), SOON, precise=False)
        exact = rescore(snapshot, space, query, quick.rows, 50)
        true = dict(zip(exact.rows.tolist(), exact.similarities.tolist(), strict=True))
        spread = np.std(similarity(metric, query, points[:COUNT]))
        apart = [
            abs(told - true[row]) for row, told in zip(quick.rows.tolist(), quick.similarities.tolist(), strict=True)
        ]
        assert np.mean(apart) < spread / 2


@pytest.mark.parametrize("metric", ["cosine", "inner", "euclidean"])
def test_what_codes_promise_comes_true_where_angles_are_known(metric: Metric) -> None:
    random = np.random.default_rng(3)
    stored = random.standard_normal((400, 24)).astype(np.float32) + 1
    query = random.standard_normal(24).astype(np.float32)
    if metric == "cosine":
        stored, query = unit_rows(stored), unit_rows(query[None])[0]
    hasher = fit("rotation", stored, metric, 1024)
    seen, asked = stored - hasher.centre, hasher.across(query)[0] if metric == "inner" else query - hasher.centre
    bearings = hasher.bearings(stored)
    angles = np.arccos(np.clip(seen @ asked / bearings[:, 0] / np.linalg.norm(asked), -1, 1))
    distances = np.round(angles / np.pi * 1024).astype(np.int32)
    promised = estimated(hasher, query, distances, bearings)
    assert promised == pytest.approx(similarity(metric, query, stored), abs=0.05)


@given(st.lists(st.floats(-5, 5, width=32), max_size=40), st.integers(1, 12))
def test_the_highest_of_few_are_the_highest(values: list[float], count: int) -> None:
    scores = np.array(values, np.float32)
    chosen = highest(scores, count)
    assert sorted(scores[chosen].tolist(), reverse=True) == sorted(scores.tolist(), reverse=True)[:count]


@pytest.mark.parametrize("kind", ["spread", "equal", "few"])
def test_the_highest_of_very_many_are_the_highest(kind: str) -> None:
    scores = np.random.default_rng(4).random(300_000).astype(np.float32)
    if kind == "equal":
        scores[:] = 1
    if kind == "few":
        scores[200:] = -np.inf
    chosen = highest(scores, 500)
    assert len(set(chosen.tolist())) == 500
    assert np.sort(scores[chosen]).tolist() == np.sort(scores)[-500:].tolist()
