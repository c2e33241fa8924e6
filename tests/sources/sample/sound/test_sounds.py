"""Sounds: finite, neither silent nor clipped, and with the pitch and rhythm that they should have."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from pinakes.sources.sample import recording
from pinakes.sources.sample.made import sound_work
from pinakes.sources.sample.sound import dsp
from pinakes.sources.sample.sound.sounds import SOUNDS, sound


@cache
def first_take(name: str) -> NDArray[np.float32]:
    """The sound of seed 1, made once for all tests."""
    return sound(name, 1)


def loudest(samples: NDArray[np.float32], low: float, high: float) -> float:
    """The frequency with the most power between two others."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / dsp.RATE)
    window = (frequency >= low) & (frequency <= high)
    return float(frequency[window][np.argmax(power[window])])


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_finite_heard_and_not_clipped(name: str) -> None:
    samples = first_take(name)
    assert np.all(np.isfinite(samples))
    assert 3.0 <= len(samples) / dsp.RATE <= 8.5
    assert 0.2 < np.abs(samples).max() <= 0.7
    assert np.sqrt(np.mean(samples**2)) > 0.02
    assert abs(samples.mean()) < 0.01
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_the_same_for_the_same_seed_and_another_for_another(name: str) -> None:
    assert np.array_equal(first_take(name), sound(name, 1))
    assert not np.array_equal(first_take(name)[:40_000], sound(name, 2)[:40_000])


def test_an_owl_is_low_and_a_bird_is_high() -> None:
    assert 280 < loudest(first_take("owl"), 100, 8_000) < 420
    assert 2_000 < loudest(first_take("bird"), 100, 8_000) < 6_500
    assert loudest(first_take("ship"), 60, 8_000) < 600
    assert 3_500 < loudest(first_take("crickets"), 100, 8_000) < 5_200


def test_a_plucked_string_has_its_pitch_and_dies_away() -> None:
    string = dsp.plucked(440.0, 2.0, np.random.default_rng(1))
    assert loudest(string.astype(np.float32), 300, 600) == pytest.approx(440, rel=0.02)
    assert np.abs(string[-4_000:]).max() < 0.2 * np.abs(string[:4_000]).max()


def slow_plucked(frequency: float, length: float, rng: np.random.Generator, damping: float) -> NDArray[np.float64]:
    """The string as its inventors wrote it, a period after the other."""
    period = round(dsp.RATE / frequency)
    loop = rng.uniform(-1, 1, period)
    loop = (loop + np.roll(loop, 1) + np.roll(loop, 2)) / 3
    out: list[float] = []
    while len(out) < dsp.samples(length):
        out += loop.tolist()
        loop = damping * 0.5 * (loop + np.roll(loop, 1))
    return np.array(out[: dsp.samples(length)])


@pytest.mark.parametrize("frequency", [110.0, 261.6, 880.0])
def test_the_fast_string_is_the_slow_string(frequency: float) -> None:
    fast = dsp.plucked(frequency, 0.7, np.random.default_rng(5), 0.99)
    assert fast == pytest.approx(slow_plucked(frequency, 0.7, np.random.default_rng(5), 0.99), abs=1e-9)


def test_the_fast_buzz_is_the_sum_of_its_partials() -> None:
    pitch = np.linspace(200, 300, 3_000)
    turns = 2 * np.pi * np.cumsum(pitch) / dsp.RATE
    slow = sum(np.sin(k * turns) / k for k in range(1, 13))
    assert dsp.saw(pitch, 12) == pytest.approx(slow, abs=1e-6)


def test_a_filter_keeps_its_band_and_stops_the_rest() -> None:
    both = dsp.tone(500.0, 1.0) + dsp.tone(4_000.0, 1.0)
    kept = dsp.band(both, 300, 800)
    power = np.abs(np.fft.rfft(kept))
    assert power[500] > 50 * power[4_000]


@pytest.mark.parametrize("kind", recording.KINDS)
def test_a_recording_can_be_read_and_tells_its_title(kind: str) -> None:
    work = sound_work("bell", 0, 0, 1)
    samples = first_take("bell")
    with soundfile.SoundFile(io.BytesIO(recording.encoded(samples, kind, work))) as file:
        assert (file.samplerate, file.channels) == (dsp.RATE, 1)
        assert file.title == work.title
        assert file.artist == work.creator
        heard = file.read(dtype="float32")
    assert abs(len(heard) - len(samples)) < 3_000
    assert 0.2 < np.abs(heard).max() <= 1.0


def test_a_recording_without_a_work_tells_nothing() -> None:
    with soundfile.SoundFile(io.BytesIO(recording.encoded(sound("clock", 1), "flac"))) as file:
        assert file.title == ""


@pytest.mark.parametrize("kind", recording.KINDS)
def test_the_same_recording_is_the_same_bytes(kind: str) -> None:
    work, samples = sound_work("bell", 0, 0, 1), first_take("bell")
    assert recording.encoded(samples, kind, work) == recording.encoded(samples, kind, work)
