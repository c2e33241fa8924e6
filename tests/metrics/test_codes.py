"""Metrics of codes: against plain loops, against all orders of what is tied, and against the metrics of lists."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput
from pinakes.metrics import ties
from pinakes.metrics.codes import Labelled, _distances, _words, chance, curve, measure
from pinakes.metrics.lists import average_precision
from pinakes.metrics.ranked import of_relevance

NAMES = ("map", "map@1", "map@3", "map@50", "p@3", "r@3", "f1@3", "p@radius=2", "r@radius=2", "f1@radius=2",
         "p@radius=0", "map@7", "p@50", "f1@radius=70")  # fmt: skip


def made(random: np.random.Generator, count: int, bits: int, labels: int) -> Labelled:
    """Codes that often coincide, and labels of which a thing has none, one or several."""
    rare = random.random((count, bits)) < random.choice([0.05, 0.5])
    table = random.random((count, labels)) < 0.3
    numbers = random.integers(0, labels, count)
    return Labelled(np.packbits(rare, axis=1), numbers if labels == 3 else table)


def distances(one: Labelled, query: int, other: Labelled) -> list[int]:
    bits, all_bits = np.unpackbits(one.codes, axis=1), np.unpackbits(other.codes, axis=1)
    return [int((bits[query] != row).sum()) for row in all_bits]


def relevance(one: Labelled, query: int, other: Labelled) -> list[bool]:
    if one.labels.ndim == 1:
        return [bool(label == one.labels[query]) for label in other.labels]
    return [bool((np.asarray(one.labels[query], bool) & np.asarray(row, bool)).any()) for row in other.labels]


def twin(name: str, far: list[int], hits: list[bool]) -> float:
    """The metric of one query in the collection's own order among equals."""
    if not any(hits):
        return float("nan")
    family, _, cut = name.partition("@")
    order = sorted(range(len(far)), key=lambda row: (far[row], row))
    if cut.startswith("radius="):
        first = [row for row in order if far[row] <= int(cut.removeprefix("radius="))]
        depth = len(first)
    else:
        depth = int(cut or len(order))
        first = order[:depth]
    found = sum(hits[row] for row in first)
    if family == "map":
        return sum(
            sum(hits[row] for row in first[:rank]) / rank for rank in range(1, len(first) + 1) if hits[first[rank - 1]]
        ) / max(found, 1)
    precision, recall = found / depth if depth else 0.0, found / sum(hits)
    return {"p": precision, "r": recall, "f1": 2 * precision * recall / (precision + recall) if found else 0.0}[family]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 8, 16, 64, 72, 256, 320]), st.sampled_from([2, 3, 70]))
def test_codes_in_the_order_of_rows_equal_a_plain_loop(seed: int, bits: int, labels: int) -> None:
    random = np.random.default_rng(seed)
    queries, collection = (made(random, count, bits, labels) for count in (4, int(random.integers(1, 40))))
    values = measure(queries, collection, NAMES, threads=1)
    for query in range(len(queries)):
        far, hits = distances(queries, query, collection), relevance(queries, query, collection)
        for name in NAMES:
            assert values[name][query] == pytest.approx(twin(name, far, hits), abs=1e-9, nan_ok=True), (name, query)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_tied_codes_equal_the_mean_over_all_orders(seed: int) -> None:
    random = np.random.default_rng(seed)
    far = random.integers(0, 3, random.integers(1, 7)).tolist()
    hits = (random.random(len(far)) < 0.5).tolist()
    if not any(hits):
        return
    everything = np.bincount(far, minlength=9)
    counts = np.bincount(np.array(far)[hits], minlength=9)
    orders = [([far[row] for row in order], [hits[row] for row in order]) for order in permutations(range(len(far)))]
    for k in (None, 1, 2, 3, 5, 10):
        name = "map" if k is None else f"map@{k}"
        mean = np.mean([twin(name, *order) for order in orders])
        assert ties.precision(everything, counts, k) == pytest.approx(mean, abs=1e-9)
        if k:
            found = np.mean([twin(f"p@{k}", *order) for order in orders]) * k
            assert ties.first(everything, counts, k) == pytest.approx(found, abs=1e-9)


def test_the_order_of_rows_changes_nothing_where_ties_are_averaged() -> None:
    random = np.random.default_rng(5)
    queries, collection = made(random, 20, 8, 4), made(random, 300, 8, 4)
    order = random.permutation(300)
    shuffled = Labelled(collection.codes[order], collection.labels[order])
    names = ("map", "map@20", "p@20", "r@20", "f1@20", "p@radius=1")
    for name, values in measure(queries, collection, names, ties="expected").items():
        again = measure(queries, shuffled, [name], ties="expected")[name]
        assert again == pytest.approx(values, abs=1e-12, nan_ok=True)
    assert measure(queries, collection)["map"].tolist() != measure(queries, shuffled)["map"].tolist()


def test_the_mean_over_many_orders_of_rows_comes_near_the_expected_value() -> None:
    random = np.random.default_rng(6)
    queries, collection = made(random, 5, 8, 4), made(random, 200, 8, 4)
    expected = measure(queries, collection, ["map", "map@10"], ties="expected")
    seen: dict[str, list[np.ndarray]] = {"map": [], "map@10": []}
    for _ in range(400):
        order = random.permutation(200)
        shuffled = Labelled(collection.codes[order], collection.labels[order])
        for name, values in measure(queries, shuffled, seen, threads=1).items():
            seen[name].append(values)
    for name, values in seen.items():
        error = np.std(values, axis=0) / 20
        assert (np.abs(np.mean(values, axis=0) - expected[name]) <= 4 * error + 1e-9).all(), name


def test_one_thread_and_two_give_the_same_figures() -> None:
    random = np.random.default_rng(7)
    queries, collection = made(random, 50, 64, 4), made(random, 500, 64, 4)
    for name, values in measure(queries, collection, NAMES, threads=1).items():
        assert np.array_equal(values, measure(queries, collection, [name], threads=2)[name], equal_nan=True)


def test_map_at_all_equals_average_precision_of_the_ranked_list() -> None:
    random = np.random.default_rng(8)
    queries, collection = made(random, 9, 32, 3), made(random, 200, 32, 3)
    lists = []
    for query in range(9):
        far, hits = distances(queries, query, collection), relevance(queries, query, collection)
        lists.append([hits[row] for row in np.argsort(far, kind="stable")])
    hits = np.array(lists)
    expected = average_precision(of_relevance(hits, hits.sum(axis=1)), None)
    assert measure(queries, collection)["map"] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_shuffled_labels_fall_to_the_level_of_chance() -> None:
    random = np.random.default_rng(9)
    labels = random.integers(0, 10, 2_000)
    # Codes that tell the label, with a fifth of their bits flipped.
    centres = random.random((10, 64)) < 0.5
    codes = np.packbits(centres[labels] ^ (random.random((2_000, 64)) < 0.2), axis=1)
    queries, collection = Labelled(codes[:300], labels[:300]), Labelled(codes[300:], labels[300:])
    names = ("map", "map@100", "p@100", "f1@100")
    level = {name: np.nanmean(values) for name, values in chance(queries, collection, names).items()}
    assert all(np.nanmean(values) > 3 * level[name] for name, values in measure(queries, collection, names).items())
    means: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(30):
        shuffled = Labelled(collection.codes, random.permutation(collection.labels))
        for name, values in measure(queries, shuffled, names).items():
            means[name].append(float(np.nanmean(values)))
    for name, seen in means.items():
        # Of many shufflings the mean lies on the level, within three times its own error.
        assert abs(np.mean(seen) - level[name]) < 3 * np.std(seen) / np.sqrt(len(seen)), name


def test_chance_within_a_radius_keeps_how_many_lie_there() -> None:
    codes = np.array([[0], [1], [255], [254]], np.uint8)
    query = Labelled(np.array([[0]], np.uint8), np.array([1]))
    collection = Labelled(codes, np.array([1, 2, 1, 2]))
    levels = chance(query, collection, ["p@radius=1", "r@radius=1", "f1@radius=1", "p@radius=0", "p@2", "map"])
    by_hand = {"p@radius=1": 1 / 2, "r@radius=1": 1 / 2, "f1@radius=1": 1 / 2, "p@radius=0": 1 / 2, "p@2": 1 / 2}
    assert {name: levels[name].item() for name in by_hand} == pytest.approx(by_hand)
    # The six orders of two hits among four, each as probable.
    orders = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    assert levels["map"].item() == pytest.approx(np.mean([(1 / one + 2 / two) / 2 for one, two in orders]))


def test_a_curve_goes_from_the_nearest_to_all_there_is() -> None:
    random = np.random.default_rng(10)
    queries, collection = made(random, 30, 16, 4), made(random, 100, 16, 4)
    points = curve(queries, collection)
    within = measure(queries, collection, ["p@radius=5", "r@radius=5"])
    assert points.recall[5] == pytest.approx(np.nanmean(within["r@radius=5"]))
    assert points.precision[5] == pytest.approx(np.nanmean(within["p@radius=5"]))
    assert points.recall.shape == (17,)
    assert points.recall[-1] == pytest.approx(1.0)
    nothing = Labelled(collection.codes, np.zeros_like(collection.labels))
    assert curve(queries, nothing).recall.shape == (0,)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda c, _: Labelled(c.astype(np.int16), np.zeros(len(c))), "packed bits"),
        (lambda c, _: Labelled(c[0], np.zeros(1)), "packed bits"),
        (lambda c, _: Labelled(c[:, :0], np.zeros(len(c))), "packed bits"),
        (lambda c, _: Labelled(c, np.zeros(3)), "4 codes and 3 rows"),
        (lambda c, _: Labelled(c, np.zeros((4, 0))), "Labels are"),
        (lambda c, base: measure(Labelled(c[:, :1], np.zeros(4)), base), "8 and of 16 bits"),
        (lambda c, base: measure(Labelled(c, np.zeros((4, 2))), base), "same labels"),
        (lambda c, base: measure(base, base, ["ndcg@10"]), "not measured on codes"),
        (lambda c, base: measure(base, base, ties="random"), "deal with ties"),
    ],
)
def test_codes_and_labels_that_do_not_fit_are_refused(wrong, told: str) -> None:  # type: ignore[no-untyped-def]
    codes = np.zeros((4, 2), np.uint8)
    with pytest.raises(BadInput) as caught:
        wrong(codes, Labelled(codes, np.zeros(4)))
    assert told in str(caught.value)


@pytest.mark.reliability
def test_distances_of_a_million_codes_are_exact_to_the_bit() -> None:
    """H2."""
    random = np.random.default_rng(5)
    stored = random.integers(0, 256, (1_000_000, 12), np.uint8)
    asked = random.integers(0, 256, (2, 12), np.uint8)
    bits = np.array([bin(byte).count("1") for byte in range(256)])
    for code in asked:
        wanted = bits[stored ^ code].sum(axis=1)
        assert np.array_equal(_distances(_words(code[None])[0], _words(stored)), wanted)
