"""Fusion: by hand, by properties, and against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import UnknownName
from pinakes.search.fuse import FUSIONS, Ranked, convex, early, evidence, reciprocal, voting, weighted

NAN = float("nan")


def ranked(
    raw: list[float], *, weight: float = 1.0, space: str = "s", vectors: bool = True, likely: bool = False
) -> Ranked:
    """A list that ranks the rows by their raw scores; NaN: not found."""
    values = np.array(raw, np.float32)
    found = np.flatnonzero(~np.isnan(values))
    rank = np.zeros(len(raw), np.int64)
    rank[found[np.argsort(-values[found], kind="stable")]] = np.arange(1, len(found) + 1)
    return Ranked(space, weight, rank, values, np.clip(values, 0, 1), vectors, cosines=vectors, likely=likely)


def test_reciprocal_ranks_by_hand() -> None:
    fused = reciprocal([ranked([0.9, 0.5, NAN]), ranked([NAN, 0.8, 0.9])])
    expected = np.array([1 / 61, 1 / 62 + 1 / 62, 1 / 61]) / (2 / 61)
    assert fused.scores == pytest.approx(expected)


def test_the_first_of_every_list_has_score_one() -> None:
    for fusion in (evidence, reciprocal, weighted, voting, convex, early):
        assert fusion([ranked([1.0, 0.5]), ranked([1.0, 0.2])]).scores[0] == pytest.approx(1.0)


def test_evidence_is_what_lists_say_beside_the_best_that_they_could_say_together() -> None:
    words, learned = ranked([8.0, 4.0, NAN], vectors=False), ranked([NAN, 0.125, 0.729], weight=0.5, likely=True)
    # The best by words says 1, the likeliest half of its cube root: 0.45.
    assert evidence([words, learned]).scores == pytest.approx(np.array([1, 0.5 + 0.25, 0.45]) / 1.45, abs=2e-3)


def test_evidence_of_one_list_is_as_sure_as_the_list_is() -> None:
    assert evidence([ranked([0.001, 0.008], likely=True)]).scores == pytest.approx([0.1, 0.2], abs=2e-3)
    # What is only nearer than others counts as it is.
    assert evidence([ranked([0.1, 0.2])]).scores == pytest.approx([0.1, 0.2], abs=2e-3)
    # Words alone are held against the best of them.
    assert evidence([ranked([3.0, 6.0], vectors=False)]).scores == pytest.approx([0.5, 1], abs=1e-3)


def test_words_that_fit_the_best_but_are_a_part_of_the_query_say_less() -> None:
    raw, ranks = np.float32([8.0, 4.0]), np.array([1, 2])
    some = Ranked("words", 1.0, ranks, raw, np.float32([0.25, 0.25]), vectors=False)
    assert evidence([some]).scores == pytest.approx([0.5, 0.25], abs=1e-3)


def test_of_a_list_of_texts_and_pictures_each_counts_by_what_its_score_means() -> None:
    scores, both = np.float32([0.125, 0.125]), np.array([1, 2])
    mixed = Ranked("s", 1.0, both, scores, scores, vectors=True, likely=np.array([True, False]))
    assert evidence([mixed]).scores == pytest.approx([0.5, 0.125], abs=2e-3)


def test_ranks_decide_between_what_is_equally_sure() -> None:
    sure = Ranked("s", 1.0, np.array([2, 1]), np.float32([0.8, 0.9]), np.float32([1, 1]), vectors=True)
    scores = evidence([sure]).scores
    assert scores[1] > scores[0] > 0.99


def test_weighted_is_the_mean_of_calibrated_scores() -> None:
    fused = weighted([ranked([0.8, NAN], weight=3), ranked([0.4, 0.4])])
    assert fused.scores == pytest.approx([(3 * 0.8 + 0.4) / 4, 0.1])


def test_votes_count_before_ranks() -> None:
    two_late = ranked([0.1, 0.9, 0.8]), ranked([0.1, NAN, 0.8])
    scores = voting(two_late).scores
    assert scores[2] > scores[0] > scores[1]


def test_convex_stretches_each_list_before_it_is_weighed() -> None:
    fused = convex([ranked([100.0, 50.0, 0.0]), ranked([0.1, 0.2, NAN])])
    assert fused.scores == pytest.approx([0.5, 0.75, 0.0])


def test_early_fusion_is_the_cosine_of_concatenated_vectors() -> None:
    random = np.random.default_rng(0)
    first, second = random.random((6, 4)), random.random((6, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    weights = 2.0, 1.0
    joined = np.hstack([np.sqrt(weights[0]) * first, np.sqrt(weights[1]) * second])
    joined /= np.linalg.norm(joined, axis=1, keepdims=True)
    lists = [ranked(list(m @ m[0]), weight=w) for m, w in zip((first, second), weights, strict=True)]
    assert early(lists).scores == pytest.approx(joined @ joined[0], abs=1e-6)


RAW = st.lists(st.one_of(st.just(NAN), st.floats(0, 1, width=32)), min_size=1, max_size=8)


@given(st.data(), st.integers(1, 8), st.sampled_from(sorted(FUSIONS.names())))
def test_shares_add_up_to_a_score_between_nothing_and_one(data: st.DataObject, rows: int, name: str) -> None:
    lists = [
        ranked(
            data.draw(st.lists(st.one_of(st.just(NAN), st.floats(0, 1, width=32)), min_size=rows, max_size=rows)),
            weight=weight,
        )
        for weight in data.draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=1, max_size=4))
    ]
    fused = FUSIONS.get(name)(lists)
    assert fused.shares.shape == (len(lists), rows)
    assert fused.scores == pytest.approx(fused.shares.sum(axis=0), abs=1e-6)
    assert (fused.scores >= 0).all()
    assert (fused.scores <= 1 + 1e-5).all()


@given(st.data(), st.integers(2, 8), st.sampled_from(sorted(FUSIONS.names())))
def test_a_row_that_is_better_in_every_list_is_never_below(data: st.DataObject, rows: int, name: str) -> None:
    columns = data.draw(
        st.lists(st.lists(st.floats(0, 1, width=32), min_size=rows, max_size=rows, unique=True), min_size=1, max_size=3)
    )
    scores = FUSIONS.get(name)([ranked(column) for column in columns]).scores
    for a in range(rows):
        for b in range(rows):
            if all(column[a] > column[b] for column in columns):
                assert scores[a] >= scores[b] - 1e-6


def test_a_wrong_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="reciprocal"):
        FUSIONS.get("reciprocl")


def test_a_space_without_cosines_counts_in_early_fusion_by_its_calibrated_score() -> None:
    distances = Ranked("far", 1.0, np.array([1, 2]), np.float32([-2, -9]), np.float32([0.9, 0.1]), vectors=True)
    assert early([distances, ranked([0.5, 0.5])]).scores == pytest.approx([0.7, 0.3])


def rows_and_lists(data: st.DataObject) -> list[Ranked]:
    """A few lists over the same rows, with ranks, raw and calibrated scores."""
    rows = data.draw(st.integers(1, 6))
    column = st.lists(st.one_of(st.just(NAN), st.floats(-1, 1, width=32)), min_size=rows, max_size=rows)
    weights = data.draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=1, max_size=4))
    kinds = st.sampled_from([(False, False), (True, False), (True, True)])
    return [
        ranked(data.draw(column), weight=weight, vectors=vectors, likely=likely)
        for weight in weights
        for vectors, likely in [data.draw(kinds)]
    ]


def naive_reciprocal(lists: list[Ranked], row: int) -> float:
    best = sum(one.weight / 61 for one in lists)
    return sum(one.weight / (60 + int(one.rank[row])) for one in lists if one.rank[row]) / best


def naive_evidence(lists: list[Ranked], row: int) -> float:
    def says(one: Ranked, at: int) -> float:
        told = [(float(raw), float(score)) for raw, score in zip(one.raw, one.score, strict=True) if raw == raw]
        best, share = max((each for each in told if each[0] > 0), key=lambda each: each[0], default=(1.0, 1.0))
        raw, score = float(one.raw[at]), float(one.score[at])
        value = (score if one.vectors else max(raw, 0.0) / best * share**0.5) if raw == raw else 0.0
        ranks = 61 / (60 + int(one.rank[at])) if one.rank[at] else 0.0
        return one.weight * (0.999 * (value ** (1 / 3) if one.likely is True else value) + 0.001 * ranks)

    most = sum(max(says(one, at) for at in range(len(one.rank))) for one in lists)
    return sum(says(one, row) for one in lists) / max(most, *(one.weight for one in lists))


def naive_weighted(lists: list[Ranked], row: int) -> float:
    given = [(one.weight, float(one.score[row])) for one in lists]
    return sum(weight * score for weight, score in given if score == score) / sum(weight for weight, _ in given)


def naive_convex(lists: list[Ranked], row: int) -> float:
    total = 0.0
    for one in lists:
        known = [float(raw) for raw in one.raw if raw == raw]
        raw = float(one.raw[row])
        if raw == raw:
            low, high = min(known), max(known)
            total += one.weight * (1.0 if high == low else (raw - low) / (high - low))
    return total / sum(one.weight for one in lists)


def naive_early(lists: list[Ranked], row: int) -> float:
    total = 0.0
    for one in lists:
        value = float(one.raw[row] if one.cosines else one.score[row])
        total += one.weight * max(0.0, value) if value == value else 0.0
    return total / sum(one.weight for one in lists)


def naive_voting(lists: list[Ranked], row: int) -> float:
    whole = sum(one.weight for one in lists)
    votes = sum(one.weight for one in lists if 1 <= one.rank[row] <= 100) / whole
    least = min(one.weight for one in lists) / whole / (len(lists) + 1)
    return votes * (1 - least) + least * naive_reciprocal(lists, row)


NAIVE = {
    "evidence": naive_evidence,
    "reciprocal": naive_reciprocal,
    "weighted": naive_weighted,
    "convex": naive_convex,
    "early": naive_early,
    "voting": naive_voting,
}


def test_every_fusion_has_its_naive_twin() -> None:
    assert set(NAIVE) == set(FUSIONS.names())


@pytest.mark.reliability
@given(st.data(), st.sampled_from(sorted(NAIVE)))
def test_fusions_agree_with_their_naive_twins(data: st.DataObject, name: str) -> None:
    """H2."""
    lists = rows_and_lists(data)
    expected = [NAIVE[name](lists, row) for row in range(len(lists[0].rank))]
    assert FUSIONS.get(name)(lists).scores == pytest.approx(expected, abs=1e-5)
