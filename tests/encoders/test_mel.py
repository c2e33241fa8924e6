"""The mel front end against a naive transform and against the published implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.encoders.mel import FRAMES, clean, from_mel, is_silent, log_mel_frames, mel_filters, power_blocks, to_mel


def naive_power(samples: np.ndarray, size: int, hop: int) -> np.ndarray:
    """Power spectra by the definition of the discrete Fourier transform."""
    window = np.array([0.5 - 0.5 * np.cos(2 * np.pi * i / size) for i in range(size)])
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size), np.arange(size // 2 + 1)) / size)
    frames = [samples[at : at + size] * window for at in range(0, len(samples) - size + 1, hop)]
    return np.abs(np.array(frames) @ turns) ** 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([16, 24, 64]), st.integers(1, 40), st.integers(0, 300))
def test_power_spectra_are_those_of_the_naive_transform(seed: int, size: int, hop: int, more: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, size + more).astype(np.float32)
    power = np.concatenate(list(power_blocks(samples, size, hop, centred=False)))
    naive = naive_power(samples, size, hop)
    assert power.shape == naive.shape
    assert np.abs(power - naive).max() <= 1e-5 * naive.max()


def test_a_long_sound_is_transformed_in_blocks_without_a_seam() -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (FRAMES + 50) * 4 + 16).astype(np.float32)
    blocks = list(power_blocks(samples, 16, 4, centred=False))
    assert len(blocks) == 2
    naive = naive_power(samples, 16, 4)
    assert np.abs(np.concatenate(blocks) - naive).max() <= 1e-5 * naive.max()


@pytest.mark.parametrize("scale", ["htk", "slaney"])
@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("bands", [20, 64])
def test_filters_are_those_of_the_published_implementation(scale: str, norm: bool, bands: int) -> None:
    audio_utils = pytest.importorskip("transformers.audio_utils")
    theirs = audio_utils.mel_filter_bank(
        513, bands, 50, 14_000, 48_000, norm="slaney" if norm else None, mel_scale=scale
    )
    ours = mel_filters(48_000, 1024, bands, 50, 14_000, scale, slaney_norm=norm)  # type: ignore[arg-type]
    assert np.abs(ours - theirs).max() <= 1e-5 * theirs.max()


@pytest.mark.parametrize("centred", [True, False])
def test_decibels_are_those_of_the_published_implementation(centred: bool) -> None:
    audio_utils = pytest.importorskip("transformers.audio_utils")
    samples = np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32)
    filters = mel_filters(16_000, 512, 40, 20, 8_000, "slaney", slaney_norm=True)
    theirs = audio_utils.spectrogram(
        samples, audio_utils.window_function(512, "hann"), 512, 160, power=2.0, center=centred,
        mel_filters=filters, log_mel="dB", mel_floor=1e-10,
    ).T  # fmt: skip
    ours = log_mel_frames(samples, 512, 160, filters, 1e-10, centred=centred)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-5 * np.abs(theirs).max()


def test_features_are_those_of_the_published_extractor(build) -> None:  # type: ignore[no-untyped-def]
    from pinakes.encoders.hub import clap
    from pinakes.encoders.hub.layouts import read_plan
    from pinakes.limits import Limits

    tiny = build("clap")
    plan = read_plan(tiny.folder, Limits()).audio
    assert plan is not None
    for seconds in (0.01, 1.3, 4.0):
        time = np.arange(int(48_000 * seconds)) / 48_000
        tone = (0.5 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
        theirs = tiny.extra["extractor"](tone, sampling_rate=48_000)["input_features"][0][0]
        assert np.abs(clap.features(tone, plan) - theirs).max() <= 1e-4


@given(st.floats(0, 24_000), st.sampled_from(["htk", "slaney"]))
def test_the_mel_scales_can_be_turned_back(hertz: float, scale: str) -> None:
    back = from_mel(to_mel(np.array(hertz), scale), scale)  # type: ignore[arg-type]
    assert abs(float(back) - hertz) <= 1e-6 * max(1, hertz)


def test_samples_are_cleaned_and_silence_is_told() -> None:
    dirty = np.array([np.nan, np.inf, -np.inf, 0.5, 3.0], np.float32)
    assert clean(dirty).tolist() == [0, 1, -1, 0.5, 1]
    fine = np.array([0.1, -1.0], np.float32)
    assert clean(fine) is fine
    assert is_silent(np.zeros(10, np.float32))
    assert is_silent(np.zeros(0, np.float32))
    assert not is_silent(np.array([0.001], np.float32))
