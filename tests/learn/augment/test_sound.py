"""Changes of sounds: they keep length and range, repeat by their draws, and do what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadSetting
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.augment.sound import (
    RATE,
    SOUND_STEPS,
    USUAL,
    FrequencyMask,
    Noise,
    Pitch,
    SoundStep,
    Speed,
    TimeMask,
    changed,
    stretched,
)
from pinakes.learn.augment.steps import described, made
from pinakes.types import Floats


def draws(rows: int, seed: int = 0) -> Draws:
    return Draws(keys_of([f"{seed}-{row}" for row in range(rows)]))


def tone(hertz: float = 1_000, seconds: float = 0.5, rows: int = 1) -> Floats:
    one = (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)
    return np.repeat(one[None], rows, 0)


def pitch_of(sound: Floats) -> float:
    """The loudest frequency."""
    return float(np.fft.rfftfreq(len(sound), 1 / RATE)[np.abs(np.fft.rfft(sound * np.hanning(len(sound)))).argmax()])


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SOUND_STEPS.names()), st.integers(0, 3), st.integers(0, 1_500), st.integers(0, 99))
def test_every_step_keeps_shape_and_range_and_repeats(name: str, rows: int, samples: int, seed: int) -> None:
    step = SOUND_STEPS.get(name)()
    given_ = np.random.default_rng(seed).uniform(-1, 1, (rows, samples)).astype(np.float32)
    before = given_.copy()
    found = changed(given_, (step,), draws(rows, seed))
    assert found.shape == given_.shape and found.dtype == np.float32
    assert np.isfinite(found).all() and (np.abs(found) <= 1).all()
    assert np.array_equal(found, changed(given_, (step,), draws(rows, seed)))
    assert np.array_equal(given_, before), "what is handed in stays as it is"


def test_a_sound_is_changed_alone_as_among_others() -> None:
    sounds = np.random.default_rng(0).uniform(-1, 1, (3, 2_000)).astype(np.float32)
    whole = changed(sounds, USUAL, draws(3))
    for row in range(3):
        assert np.array_equal(changed(sounds[row : row + 1], USUAL, Draws(draws(3).keys[row : row + 1]))[0], whole[row])


def test_what_cannot_change_a_sound_leaves_it_as_it_is() -> None:
    nothing: tuple[SoundStep, ...] = (Speed(1, 1), Pitch(0), Noise(probability=0), TimeMask(0), FrequencyMask(count=0))
    assert np.allclose(changed(tone(), nothing, draws(1)), tone(), atol=1e-6)


def test_noise_is_as_far_below_the_sound_as_was_asked_for_and_silence_stays_silent() -> None:
    sounds = tone(rows=20)
    noise = changed(sounds, (Noise(20, 30, 1),), draws(20)) - sounds
    below = 10 * np.log10((sounds**2).mean(1) / (noise**2).mean(1))
    assert below.min() > 19.8 and below.max() < 30.2 and np.ptp(below) > 5
    assert not changed(np.zeros((1, 99), np.float32), (Noise(probability=1),), draws(1)).any()


def test_speed_moves_the_pitch_and_ends_in_silence_where_it_is_faster() -> None:
    faster = changed(tone(), (Speed(1.25, 1.25),), draws(1))[0]
    assert abs(pitch_of(faster) - 1_250) < 5 and not faster[6_500:].any() and faster[6_300:6_400].any()
    assert abs(pitch_of(changed(tone(), (Speed(0.8, 0.8),), draws(1))[0]) - 800) < 5


def test_pitch_moves_by_semitones_and_the_speed_stays() -> None:
    sounds = tone(rows=12)
    # A louder second half tells the speed.
    sounds[:, 4_000:] *= 1.9
    found = changed(sounds, (Pitch(4),), draws(12))
    moved = 12 * np.log2([pitch_of(sound) / 1_000 for sound in found])
    assert np.abs(moved).max() <= 4.05 and moved.max() > 1.5 and moved.min() < -1.5
    for sound in found:
        loud = np.sqrt((sound.reshape(-1, 100) ** 2).mean(1))
        middle = (loud[10:35].mean() + loud[45:70].mean()) / 2
        assert abs(int((loud[10:70] > middle).argmax()) + 10 - 40) <= 3
        assert 0.25 < loud[10:35].mean() < 0.45


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5])
def test_a_stretched_sound_has_its_length_and_keeps_its_pitch(factor: float) -> None:
    found = stretched(tone()[0], factor)
    assert len(found) == round(8_000 * factor) and abs(pitch_of(found) - 1_000) < 6


def test_masks_of_time_silence_spans_no_longer_than_told() -> None:
    found = changed(np.ones((30, RATE), np.float32), (TimeMask(0.2, 1),), draws(30))
    silent = (found == 0).sum(1) / RATE
    assert silent.max() <= 0.2 and silent.max() > 0.12 and (found.min(1) == 0).sum() > 25


def test_masks_of_frequency_silence_bands_no_wider_than_told() -> None:
    sounds = np.random.default_rng(0).uniform(-0.3, 0.3, (20, RATE)).astype(np.float32)
    found = changed(sounds, (FrequencyMask(800, 1),), draws(20))
    kept = np.abs(np.fft.rfft(found)) / np.maximum(np.abs(np.fft.rfft(sounds)), 1e-9)
    width = (kept < 0.01).sum(1)
    assert width.max() <= 800 and width.max() > 400
    assert (np.abs(kept - 1) < 0.01).mean() > 0.9


def test_steps_are_told_as_plain_data_and_made_again() -> None:
    assert made(SOUND_STEPS, described(USUAL)) == USUAL
    with pytest.raises(BadSetting, match="low = 50 above high = 40"):
        Noise(low=50)
    with pytest.raises(BadSetting, match="from 0 to 8000"):
        FrequencyMask(9_000)
    with pytest.raises(BadSetting, match=r"count = 1\.5; it must be a whole number"):
        TimeMask(count=1.5)  # type: ignore[arg-type]
