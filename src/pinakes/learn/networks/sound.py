"""CNN10 and a CRNN: convolutions over the mel bands of a sound, and a recurrent layer over what they find in time.

Kong, Cao, Iqbal, Wang, Wang and Plumbley: PANNs: Large-Scale Pretrained Audio Neural Networks for Audio Pattern
Recognition, IEEE/ACM Transactions on Audio, Speech, and Language Processing 2020. Çakır, Parascandolo, Heittola,
Huttunen and Virtanen: Convolutional Recurrent Neural Networks for Polyphonic Sound Event Detection, in the same 2017.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.cells import Cell
from pinakes.learn.networks.hearing import BANDS, COEFFICIENTS, Front, Heard
from pinakes.learn.networks.layers import convolution, he, scaled
from pinakes.learn.networks.recurrent import Stacked
from pinakes.learn.networks.text import Pool, Pooling

_CHANNELS = (64, 128, 256, 512)
_RECURRENT_CHANNELS = (64, 128, 128)


class Convolved(nn.Module):
    """Stages of convolutions over frames and bands; each halves the frames, and divides the bands by so many."""

    def __init__(self, channels: list[int], each: int, pooled: int, dropout: float) -> None:
        super().__init__()
        self.stages = nn.ModuleDict()
        for number, (before, after) in enumerate(pairwise([1, *channels]), 1):
            layers = [convolution(before if first == 0 else after, after, 3) for first in range(each)]
            self.stages[f"stage{number}"] = nn.Sequential(*layers, nn.AvgPool2d((2, pooled)), nn.Dropout(dropout))

    def forward(self, maps: Tensor) -> dict[str, Tensor]:
        """The maps (n, channels, frames, bands) after each stage."""
        found = {}
        for name, stage in self.stages.items():
            maps = found[name] = stage(maps)
        return found


class SoundTower(Tower):
    """Sounds (n, samples) at 16 kHz to vectors (n, dim); what is heard at one time after the other are the tokens."""

    def __init__(self, heard: Heard, convolved: Convolved, dim: int, token_dim: int) -> None:
        super().__init__(dim, token_dim)
        self.heard = heard
        self.convolved = convolved

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """The maps (n, channels, frames, bands) after each stage."""
        found: dict[str, Tensor] = self.convolved(self.heard(inputs))
        return found

    def frames(self, inputs: Tensor) -> Tensor:
        """The last maps with their bands as one (n, frames, channels)."""
        return list(self.maps(inputs).values())[-1].mean(3).transpose(1, 2)


class Cnn10(SoundTower):
    """The largest and the mean of what is heard over time, and a full layer."""

    def __init__(self, heard: Heard, channels: list[int], dropout: float, *, classes: int) -> None:
        dim = channels[-1]
        super().__init__(heard, Convolved(channels, 2, 2, dropout), classes or dim, dim)
        self.full = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(dim, classes) if classes else nn.Identity()
        he(self)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        frames = self.frames(inputs)
        vectors: Tensor = self.head(functional.relu(self.full(self.dropout(frames.amax(1) + frames.mean(1)))))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """What is heard at each time (n, t, token_dim); all of it is real."""
        frames = self.frames(inputs)
        return frames, _all(frames)


class Crnn(SoundTower):
    """A recurrent network, forwards and backwards, over what convolutions hear; one vector of its states."""

    def __init__(
        self,
        heard: Heard,
        channels: list[int],
        cell: Cell,
        hidden: int,
        layers: int,
        pooling: Pooling,
        dropout: float,
        *,
        classes: int,
    ) -> None:
        stacked = Stacked(cell, channels[-1], hidden, layers, dropout, both=True)
        super().__init__(heard, Convolved(channels, 1, 4, dropout), classes or stacked.dim, stacked.dim)
        self.states = stacked
        self.pool = Pool(pooling, stacked.dim)
        self.head = nn.Linear(stacked.dim, classes) if classes else nn.Identity()
        he(self.convolved)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        vectors: Tensor = self.head(self.pool(*self.tokens(inputs)))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The states (n, t, token_dim); all of them are real."""
        frames = self.frames(inputs)
        return self.states(frames, _all(frames)), _all(frames)


def _all(frames: Tensor) -> Tensor:
    return torch.ones(frames.shape[:2], dtype=torch.bool, device=frames.device)


def cnn10(
    width: float = 1.0,
    front: Front = "mel",
    bands: int = BANDS,
    coefficients: int = COEFFICIENTS,
    dropout: float = 0.0,
    classes: int = 0,
) -> Cnn10:
    """CNN10 over mel bands as published, or over cepstra."""
    channels = [scaled(each, width) for each in _CHANNELS]
    heard = Heard(front, bands, coefficients, frames=2 ** len(channels))
    _check(heard.bands, 2 ** len(channels))
    return Cnn10(heard, channels, dropout, classes=classes)


def crnn(
    width: float = 1.0,
    front: Front = "mel",
    bands: int = BANDS,
    coefficients: int = COEFFICIENTS,
    cell: Cell = "gru",
    hidden: int = 128,
    layers: int = 1,
    pooling: Pooling = "mean",
    dropout: float = 0.0,
    classes: int = 0,
) -> Crnn:
    """Convolutions and a recurrent network over mel bands or cepstra."""
    channels = [scaled(each, width) for each in _RECURRENT_CHANNELS]
    heard = Heard(front, bands, coefficients, frames=2 ** len(channels))
    _check(heard.bands, 4 ** len(channels))
    return Crnn(heard, channels, cell, scaled(hidden, width), layers, pooling, dropout, classes=classes)


def _check(bands: int, least: int) -> None:
    if bands < least:
        raise BadInput(
            f"{bands} bands or coefficients are too few to be divided by every stage.", f"Give at least {least}."
        )


file(
    Network(
        "cnn10",
        "audio",
        cnn10,
        "Kong, Cao, Iqbal, Wang, Wang and Plumbley: PANNs: Large-Scale Pretrained Audio Neural Networks for Audio "
        "Pattern Recognition, IEEE/ACM Transactions on Audio, Speech, and Language Processing 2020",
        5_219_279,
        0,
        "convolutions over mel bands, the largest and the mean over time",
        counted_by="the paper",
    )
)
file(
    Network(
        "crnn",
        "audio",
        crnn,
        "Çakır, Parascandolo, Heittola, Huttunen and Virtanen: Convolutional Recurrent Neural Networks for Polyphonic "
        "Sound Event Detection, IEEE/ACM Transactions on Audio, Speech, and Language Processing 2017",
        None,
        0,
        "convolutions over mel bands, and a recurrent network over time",
    )
)
