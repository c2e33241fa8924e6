"""Streams of random numbers: independent, even, and the same wherever they are drawn."""

from __future__ import annotations

import numpy as np

from pinakes.learn.augment.draws import Draws, key, keys_of, mixed


def test_the_numbers_are_those_of_splitmix64() -> None:
    state, expected = 1234567, []
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        expected.append(z ^ (z >> 31))
    states = np.array([(1234567 + n * 0x9E3779B97F4A7C15) % 2**64 for n in range(3)], np.uint64)
    assert mixed(states).tolist() == expected


def test_a_key_is_the_same_on_every_machine() -> None:
    assert int(key("row-1")) == 15844874809322270300
    assert keys_of(["row-1", "row-2"]).tolist() == [int(key("row-1")), int(key("row-2"))]


def test_draws_are_even_and_those_of_neighbours_not_alike() -> None:
    draws = Draws.of(keys_of([str(n) for n in range(2_000)]), 0, 0)
    found = draws.uniform(size=(50,))
    assert abs(found.mean() - 0.5) < 0.005 and found.min() >= 0 and found.max() < 1
    counts = np.histogram(found, 20)[0]
    assert ((counts - 5_000) ** 2 / 5_000).sum() < 45  # chi-squared of 19 degrees, p = 0.0007
    assert abs(np.corrcoef(found[:-1].ravel(), found[1:].ravel())[0, 1]) < 0.015
    again = Draws.of(keys_of([str(n) for n in range(2_000)]), 0, 1).uniform(size=(50,))
    assert abs(np.corrcoef(found.ravel(), again.ravel())[0, 1]) < 0.015


def test_a_stream_goes_on_where_it_stopped() -> None:
    keys = keys_of(["a", "b"])
    whole = Draws(keys).uniform(size=(5,))
    draws = Draws(keys)
    assert np.array_equal(np.concatenate([draws.uniform(size=(2,)), draws.uniform(size=(3,))], axis=1), whole)


def test_whole_numbers_stay_below_their_bounds_and_reach_all_of_them() -> None:
    draws = Draws(keys_of([str(n) for n in range(600)]))
    bounds = np.arange(600) % 3
    found = draws.below(bounds, (4,))
    assert (found[bounds < 2] == 0).all()
    assert set(found[bounds == 2].ravel().tolist()) == {0, 1}
    assert set(draws.below(3).tolist()) == {0, 1, 2}
    assert 0.2 < draws.chance(0.3, (5,)).mean() < 0.4


def test_what_is_drawn_for_one_purpose_does_not_change_another() -> None:
    draws = Draws(keys_of(["a", "b"]))
    flip = draws.named("flip").uniform()
    draws.uniform(size=(9,))
    assert np.array_equal(draws.named("flip").uniform(), flip)
    assert not np.isclose(draws.named("crop").uniform(), flip).any()


def test_a_row_draws_alone_what_it_draws_among_others() -> None:
    draws = Draws(keys_of(["a", "b", "c"]))
    assert draws.row(1).uniform(size=(3,)).tolist() == draws.uniform(size=(3,))[1:2].tolist()
    assert draws.row(2).generators()[0].random() == Draws(keys_of(["c"])).generators()[0].random()
