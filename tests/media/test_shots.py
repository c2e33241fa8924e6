import itertools

import numpy as np
import pytest

from pinakes.media.shots import ShotFinder, change, colour_change, look
from tests.media.makers import film_frames, scene

SIZE = {"width": 64, "height": 36}
RATE = 25
# What is promised: hard cuts to within a frame or two, gradual changes to within a quarter of a second.
CUT_TOLERANCE, GRADUAL_TOLERANCE = 0.08, 0.25


def borders(frames, rate=RATE, sparse=False, noise=2.0, seed=0):
    rng = np.random.default_rng(seed)
    finder, found = ShotFinder(sparse=sparse), []
    for number, frame in enumerate(frames):
        noisy = np.clip(frame + rng.normal(0, noise, frame.shape), 0, 255).astype(np.uint8)
        border = finder.feed(look(number / rate, noisy))
        if border is not None:
            found.append(border)
    return found


def matched(found, expected, tolerance):
    """How many of the expected borders were found, and how many of the found are none."""
    hits = sum(any(abs(border - at) <= tolerance for border in found) for at in expected)
    false = sum(all(abs(border - at) > tolerance for at in expected) for border in found)
    return hits, false


def random_film(seed, count=12):
    rng = np.random.default_rng(seed)
    return [(int(rng.integers(10**6)), round(float(rng.uniform(1, 4)) * RATE) / RATE) for _ in range(count)]


@pytest.mark.parametrize("noise", [0.0, 2.0, 6.0])
def test_every_hard_cut_is_found_at_its_frame_and_none_where_there_is_none(noise):
    shots = random_film(1)
    expected = list(np.cumsum([seconds for _, seconds in shots]))[:-1]
    found = borders(film_frames(shots, RATE, **SIZE), noise=noise)
    assert matched(found, expected, CUT_TOLERANCE) == (len(expected), 0)


def test_dissolves_are_found_in_their_middle():
    shots = [(seed, seconds + 1) for seed, seconds in random_film(2, 10)]
    expected = [sum(s for _, s in shots[: n + 1]) + n + 0.5 for n in range(len(shots) - 1)]
    hits, false = matched(borders(film_frames(shots, RATE, fade=1.0, **SIZE)), expected, GRADUAL_TOLERANCE)
    assert hits >= len(expected) - 1
    assert false <= 1


def test_a_fade_through_black_is_one_border():
    first, second = scene(11, 0, **SIZE).astype(float), scene(12, 0, **SIZE).astype(float)
    frames = [first] * 50
    frames += [first * (1 - n / 15) for n in range(1, 16)] + [second * (n / 15) for n in range(1, 16)]
    frames += [second] * 50
    found = borders(frames)
    assert len(found) == 1
    assert abs(found[0] - 65 / RATE) <= GRADUAL_TOLERANCE


def test_a_flash_is_no_cut():
    frames = film_frames([(3, 6.0)], RATE, **SIZE)
    for at in (40, 90):
        frames[at] = np.full_like(frames[at], 255)
        frames[at + 1] = np.full_like(frames[at], 240)
    assert borders(frames) == []


def test_movement_and_a_slow_pan_are_no_cuts():
    still = film_frames([(5, 8.0)], RATE, **SIZE)
    wide = scene(6, 0, width=256, height=36)
    pan = [wide[:, n : n + 64] for n in range(160)]
    assert borders(still) == borders(pan) == []


def test_shots_shorter_than_the_shortest_are_not_parted():
    shots = [(1, 2.0), (2, 0.2), (3, 0.2), (4, 2.0)]
    found = borders(film_frames(shots, RATE, **SIZE))
    assert 1 <= len(found) <= 2
    assert all(b - a >= 0.6 for a, b in itertools.pairwise(found))


def test_key_frames_alone_show_borders_to_within_their_distance():
    shots = random_film(4)
    expected = list(np.cumsum([seconds for _, seconds in shots]))[:-1]
    step = 20
    found = borders(film_frames(shots, RATE, **SIZE)[::step], rate=RATE / step, sparse=True)
    hits, false = matched(found, expected, step / RATE + 0.01)
    assert hits >= len(expected) - 2
    assert false == 0


def test_the_difference_of_a_frame_to_itself_is_nothing_and_to_its_negative_is_great():
    frame = scene(1, 0, **SIZE)
    same, negative = look(0, frame), look(1, 255 - frame)
    assert change(same, look(1, frame)) == colour_change(same, same) == 0
    assert change(same, negative) > 0.3
    assert change(look(0, np.zeros_like(frame)), look(0, np.full_like(frame, 255))) == pytest.approx(
        0.5 * 15 / 4 + 0.5 * 255 / 64
    )
