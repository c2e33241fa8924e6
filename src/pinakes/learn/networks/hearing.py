"""Front ends of the sound networks: from samples to mel bands and cepstra, as layers that go into the exported graph.

A transform of Fourier is a convolution with waves under a window, and everything behind it a matrix; none of it is
trained. Davis and Mermelstein: Comparison of Parametric Representations for Monosyllabic Word Recognition, IEEE
Transactions on Acoustics, Speech and Signal Processing 1980.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.encoders.mel import hann, mel_filters
from pinakes.encoders.trained.inputs import RATE
from pinakes.errors import BadInput

# Frames of 25 ms, one every 10 ms.
SIZE, HOP = 400, 160
# Of the power that counts as silence, -100 dB.
FLOOR = 1e-10
SILENCE = 10 * math.log10(FLOOR)
BANDS, COEFFICIENTS = 64, 20

Front: TypeAlias = Literal["mel", "mfcc"]


class LogMel(nn.Module):
    """Samples (n, samples) at 16 kHz to decibels (n, frames, bands), one frame for each hop and one more.

    Frames are centred; past the ends of the sound is silence. The scale is Slaney's, each band's filter has area one.
    """

    def __init__(
        self, bands: int = BANDS, size: int = SIZE, hop: int = HOP, low: float = 50.0, high: float = 8_000.0
    ) -> None:
        super().__init__()
        if bands < 1 or size < 2 or hop < 1 or not 0 <= low < high <= RATE / 2:
            raise BadInput(
                f"{bands} mel bands from {low} to {high} Hz of {size} samples every {hop} can not be made.",
                f"Give at least 1 band, 2 samples, and frequencies from 0 to {RATE // 2} Hz.",
            )
        self.bands, self.size, self.hop = bands, size, hop
        self.register_buffer("waves", _waves(size), persistent=False)
        filters = mel_filters(RATE, size, bands, low, high, "slaney", slaney_norm=True)
        self.register_buffer("filters", torch.from_numpy(filters.T.copy())[:, :, None], persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        """Decibels (n, frames, bands), -100 where there is nothing to hear."""
        check_samples(samples)
        padded = functional.pad(samples[:, None], (self.size // 2, self.size - self.size // 2))
        # Cosines first, then sines: (n, 2 * bins, frames)
        turned = functional.conv1d(padded, self.get_buffer("waves"), stride=self.hop).square()
        cosines, sines = turned.chunk(2, 1)
        mel = functional.conv1d(cosines + sines, self.get_buffer("filters"))
        return (10 * mel.clamp(min=FLOOR).log10()).transpose(1, 2)


class Cepstra(nn.Module):
    """MFCC: the first coefficients of a cosine transform of the decibels, the shape of a spectrum."""

    def __init__(self, coefficients: int = COEFFICIENTS, bands: int = BANDS) -> None:
        super().__init__()
        if not 1 <= coefficients <= bands:
            raise BadInput(
                f"{bands} bands can not give {coefficients} coefficients.", f"Give a number from 1 to {bands}."
            )
        self.mel = LogMel(bands)
        self.register_buffer("cosines", _cosines(bands, coefficients), persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        """Coefficients (n, frames, coefficients) of sounds (n, samples)."""
        levels: Tensor = self.mel(samples)
        return levels @ self.get_buffer("cosines")


class Heard(nn.Module):
    """Sounds (n, samples) to maps (n, 1, frames, bands), with a norm over time for each band.

    Behind every sound stand as many frames of silence as a network divides frames by, less one, so that the shortest
    sound has a frame left, and no end of a sound is dropped.
    """

    def __init__(self, front: Front, bands: int, coefficients: int, frames: int) -> None:
        super().__init__()
        if front not in ("mel", "mfcc"):
            raise BadInput(f"Sounds can not be heard by {front!r}.", "Choose mel or mfcc.")
        self.front = LogMel(bands) if front == "mel" else Cepstra(coefficients, bands)
        self.bands = bands if front == "mel" else coefficients
        self.silence = (frames - 1) * HOP
        self.norm = nn.BatchNorm1d(self.bands)

    def forward(self, samples: Tensor) -> Tensor:
        """Maps (n, 1, frames, bands)."""
        check_samples(samples)
        levels = self.front(functional.pad(samples, (0, self.silence)))
        maps: Tensor = self.norm(normed(levels).transpose(1, 2))
        return maps.transpose(1, 2)[:, None]


def normed(levels: Tensor) -> Tensor:
    """Decibels as networks want them: mostly between -1 and 1."""
    return (levels - SILENCE / 2) / (-SILENCE / 2)


def check_samples(samples: Tensor) -> None:
    """Refuse what is no batch of sounds."""
    if samples.ndim != 2 or not samples.is_floating_point():
        raise BadInput(
            f"A network for sounds was given {samples.dtype} of shape {tuple(samples.shape)}.",
            "It takes floats (sounds, samples) at 16 kHz.",
        )


def _waves(size: int) -> Tensor:
    """Cosines, then sines, of all whole numbers of turns under Hann's window (2 * (size // 2 + 1), 1, size)."""
    angles = 2 * np.pi * np.outer(np.arange(size // 2 + 1), np.arange(size)) / size
    waves = np.concatenate([np.cos(angles), np.sin(angles)]) * hann(size)
    return torch.from_numpy(waves.astype(np.float32))[:, None]


def _cosines(bands: int, coefficients: int) -> Tensor:
    """The orthonormal cosine transform of type II (bands, coefficients)."""
    places = (np.arange(bands) + 0.5) * np.pi / bands
    cosines = np.cos(np.outer(places, np.arange(coefficients))) * np.sqrt(2 / bands)
    cosines[:, 0] /= np.sqrt(2)
    return torch.from_numpy(cosines.astype(np.float32))
