"""Front ends of sound networks: against numpy's transform, a naive sum, and the library's own mel bands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.fft import dct
from torch import Tensor

from pinakes.encoders.mel import log_mel_frames, mel_filters
from pinakes.errors import BadInput
from pinakes.learn.networks.hearing import FLOOR, HOP, RATE, SIZE, Cepstra, Heard, LogMel, normed
from tests.learn.networks.test_texts import exported
from tests.learn.networks.towers import farthest


def sounds(n: int, samples: int, seed: int = 0) -> Tensor:
    """Tones of different heights with noise (n, samples)."""
    random = torch.Generator().manual_seed(seed)
    times = torch.arange(samples) / RATE
    heights = 200 * 2 ** (4 * torch.rand(n, 1, generator=random))
    return 0.3 * torch.sin(2 * np.pi * heights * times) + 0.01 * torch.randn(n, samples, generator=random)


def naive_levels(samples: np.ndarray, bands: int) -> np.ndarray:
    """Decibels by the sums of the definition, frame by frame."""
    padded = np.concatenate([np.zeros(SIZE // 2), samples, np.zeros(SIZE // 2)])
    window = np.array([0.5 - 0.5 * np.cos(2 * np.pi * i / SIZE) for i in range(SIZE)])
    turns = np.exp(-2j * np.pi * np.outer(np.arange(SIZE // 2 + 1), np.arange(SIZE)) / SIZE)
    filters = mel_filters(RATE, SIZE, bands, 50.0, 8_000.0, "slaney", slaney_norm=True)
    rows = []
    for at in range(0, len(padded) - SIZE + 1, HOP):
        power = np.abs(turns @ (padded[at : at + SIZE] * window)) ** 2
        rows.append([10 * np.log10(max(FLOOR, float(power @ filters[:, band]))) for band in range(bands)])
    return np.array(rows)


@pytest.mark.parametrize("samples", [1, 159, 160, 401, 2_000])
def test_mel_bands_are_those_of_the_definition(samples: int) -> None:
    sound = sounds(1, samples)
    levels = LogMel(20)(sound)[0].numpy()
    naive = naive_levels(sound[0].double().numpy(), 20)
    assert levels.shape == naive.shape == (1 + samples // HOP, 20)
    np.testing.assert_allclose(levels, naive, atol=2e-3)


def test_mel_bands_are_those_of_the_librarys_own_front_end() -> None:
    sound = sounds(2, 8_000, seed=3)
    filters = mel_filters(RATE, SIZE, 64, 50.0, 8_000.0, "slaney", slaney_norm=True)
    levels = LogMel(64)(sound)
    for row in range(2):
        padded = np.pad(sound[row].numpy(), SIZE // 2)
        wanted = log_mel_frames(padded, SIZE, HOP, filters, FLOOR, centred=False)
        np.testing.assert_allclose(levels[row].numpy(), wanted, atol=2e-3)


def test_cepstra_are_the_cosine_transform_of_the_bands() -> None:
    sound = sounds(2, 4_000)
    found = Cepstra(13, 40)(sound).numpy()
    wanted = dct(LogMel(40)(sound).numpy(), type=2, norm="ortho", axis=2)[:, :, :13]
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_silence_is_silent_and_a_tone_lies_in_its_band() -> None:
    assert (LogMel(64)(torch.zeros(1, 3_200)) == -100).all()
    assert (normed(LogMel(64)(torch.zeros(1, 320))) == -1).all()
    times = torch.arange(RATE) / RATE
    filters = mel_filters(RATE, SIZE, 64, 50.0, 8_000.0, "slaney", slaney_norm=True)
    for height in (1_000.0, 2_000.0, 4_000.0):
        levels = LogMel(64)(torch.sin(2 * np.pi * height * times)[None])[0, 50]
        assert int(levels.argmax()) == int(filters[round(height * SIZE / RATE)].argmax())


@pytest.mark.slow
@pytest.mark.parametrize("front", ["mel", "mfcc"])
def test_front_ends_go_into_the_graph(front: str, tmp_path: Path) -> None:
    part = (LogMel(40) if front == "mel" else Cepstra(13, 40)).eval()
    session = exported(part, sounds(2, 1_000), tmp_path / "front.onnx")
    assert max(farthest(part, session, sounds(n, samples)) for n, samples in ((1, 1), (3, 4_000))) < 2e-3


def test_nothing_of_a_front_end_is_trained_or_kept() -> None:
    heard = Heard("mfcc", 40, 13, frames=8)
    assert {name for name, _ in heard.named_parameters()} == {"norm.weight", "norm.bias"}
    assert {name.split(".")[0] for name in heard.state_dict()} == {"norm"}


def test_what_can_not_be_heard_is_refused() -> None:
    with pytest.raises(BadInput, match="to 9000"):
        LogMel(40, high=9_000)
    with pytest.raises(BadInput, match="41 coefficients"):
        Cepstra(41, 40)
    with pytest.raises(BadInput, match="'ear'"):
        Heard("ear", 40, 13, frames=1)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"torch\.int64 of shape \(2, 9\)"):
        LogMel()(torch.zeros(2, 9, dtype=torch.int64))
    with pytest.raises(BadInput, match="of shape"):
        LogMel()(torch.zeros(9))
