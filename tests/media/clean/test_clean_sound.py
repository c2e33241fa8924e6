import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.media.clean import flags_of_sound, normalise_loudness
from pinakes.media.clean.loudness import coefficients, integrated_loudness, true_peak, weighted


def tone(level_db, seconds=3.0, rate=48_000, hertz=997.0):
    time = np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def filtered_one_by_one(samples, rate):
    """The two filters as difference equations, sample by sample."""
    out = [float(x) for x in samples]
    for b, a in coefficients(rate):
        x1 = x2 = y1 = y2 = 0.0
        for i, x in enumerate(out):
            y = b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
            x1, x2, y1, y2 = x, x1, y, y1
            out[i] = y
    return np.array(out)


def test_the_filters_at_48_khz_are_those_of_the_standard():
    (shelf_b, shelf_a), (pass_b, pass_a) = coefficients(48_000)
    assert shelf_b == pytest.approx((1.53512485958697, -2.69169618940638, 1.19839281085285), abs=1e-9)
    assert shelf_a == pytest.approx((1.0, -1.69065929318241, 0.73248077421585), abs=1e-9)
    assert pass_b == pytest.approx((1.0, -2.0, 1.0))
    assert pass_a == pytest.approx((1.0, -1.99004745483398, 0.99007225036621), abs=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([1_000, 8_000, 16_000, 44_100]), st.integers(0, 9000), st.integers(0, 99))
def test_the_weighting_agrees_with_its_difference_equations(rate, count, seed):
    samples = np.random.default_rng(seed).normal(0, 0.2, count).astype(np.float32)
    assert weighted(samples, rate) == pytest.approx(filtered_one_by_one(samples, rate), abs=1e-6)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_full_tone_of_997_hz_reads_minus_3_01(rate):
    assert integrated_loudness(tone(0, rate=rate), rate) == pytest.approx(-3.01, abs=0.05)


def test_pauses_are_gated_out():
    with_pause = np.concatenate([tone(-20), np.zeros(48_000 * 5, np.float32), tone(-20)])
    assert integrated_loudness(with_pause, 48_000) == pytest.approx(-23.0, abs=0.3)


def test_quiet_passages_are_gated_out_relative_to_loud_ones():
    mixed = np.concatenate([tone(-20, 10), tone(-50, 10)])
    assert integrated_loudness(mixed, 48_000) == pytest.approx(-23.0, abs=0.2)


def test_sounds_of_different_level_come_to_one_loudness():
    for level in (-35, -20, -12):
        sound, note = normalise_loudness(tone(level), 48_000)
        assert integrated_loudness(sound, 48_000) == pytest.approx(-23.0, abs=0.1) or not note.applied
    assert normalise_loudness(tone(-20), 48_000)[1].applied is False


def test_the_gain_is_limited():
    sound, note = normalise_loudness(tone(-60), 48_000)
    assert "+20.0 dB" in note.detail
    assert np.abs(sound).max() == pytest.approx(0.01, rel=0.01)


def test_no_sound_is_brought_into_clipping():
    click = tone(-40)
    click[5000] = 0.7
    sound, note = normalise_loudness(click, 48_000)
    assert "held back" in note.detail
    assert true_peak(sound) <= 10 ** (-1 / 20) + 1e-3


def test_silence_and_nothing_are_left_alone():
    silence = np.zeros(48_000, np.float32)
    assert normalise_loudness(silence, 48_000)[0] is silence
    nothing = np.zeros(0, np.float32)
    assert normalise_loudness(nothing, 48_000)[0] is nothing


def test_a_sound_shorter_than_a_block_has_a_loudness_too():
    assert integrated_loudness(tone(-20, 0.05), 48_000) == pytest.approx(-23, abs=1.5)


def test_the_peak_between_samples_is_seen():
    time = np.arange(4800)
    between = np.sin(2 * np.pi * time / 4 + np.pi / 4).astype(np.float32)
    assert np.abs(between).max() == pytest.approx(0.707, abs=0.01)
    assert true_peak(between) == pytest.approx(1.0, abs=0.06)


def test_outliers_among_sounds_are_flagged():
    rate = 16_000
    assert flags_of_sound(np.zeros(0, np.float32), rate) == ("no-content",)
    assert flags_of_sound(np.zeros(rate, np.float32), rate) == ("silent",)
    assert flags_of_sound(np.full(rate, 0.5, np.float32), rate) == ("silent",)
    assert flags_of_sound(tone(-6, 0.05, rate), rate) == ("short",)
    assert flags_of_sound(tone(-6, 1, rate), rate) == ()
    assert flags_of_sound(tone(0, 1, rate), rate) == ()
    assert flags_of_sound(np.clip(tone(6, 1, rate), -1, 1), rate) == ("clipped",)


def test_a_short_sound_in_long_silence_is_not_silent():
    sound = np.zeros(160_000, np.float32)
    sound[80_000:81_600] = tone(-20, 0.1, 16_000)
    assert flags_of_sound(sound, 16_000) == ()
