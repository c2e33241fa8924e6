"""The sound tower: a small convolutional network on mel bands that hears no difference in how much silence there is.

Its vectors are those of a text tower that does not change any more: a sound is brought to the words for it, and to
other sounds of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.base import Batch, Learner
from pinakes.learn.builtin.levels import BANDS, DECIBELS, front
from pinakes.learn.joint.objectives import Scale
from pinakes.learn.losses.pairs import unit
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.hearing import SILENCE, normed
from pinakes.learn.networks.layers import convolution, he

# A frame counts as heard from this share of what was pooled into it on.
_HEARD = 0.25
_FAR = 1e4
# Sounds have their kind in common from this share of both on.
_SHARED, _LITTLE = 0.3, 1e-3


@dataclass(frozen=True, slots=True)
class Config:
    """The width of the network, and how much each loss counts."""

    channels: tuple[int, ...] = (24, 48, 96, 128)
    dropout: float = 0.1
    temperature: float = 0.08
    # Sounds of one kind among themselves.
    together: float = 0.5
    # The share of a batch that is heard through another sound of it, and how loud the other may be at most.
    mixed: float = 0.35
    other: float = 0.5
    # How many texts that no sound is called by are held against each batch.
    besides: int = 32


class Ear(Tower):
    """Decibels (n, frames, BANDS) to vectors (n, dim): the mean and the largest over what is not silent."""

    def __init__(self, dim: int, channels: tuple[int, ...], dropout: float) -> None:
        super().__init__(dim)
        self.norm = nn.BatchNorm1d(BANDS)
        # Of 20 ms and finer than is needed from there on: the first stage keeps a frame of four.
        first = nn.Conv2d(1, channels[0], (7, 5), (4, 2), (3, 2), bias=False)
        stages = [nn.Sequential(first, nn.BatchNorm2d(channels[0]), nn.ReLU())]
        stages += [convolution(before, after, 3, 2) for before, after in pairwise(channels)]
        self.stages = nn.Sequential(*stages)
        width = 2 * channels[-1]
        self.even = nn.BatchNorm1d(width)
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(width, dim)
        he(self.stages)
        # The order of numbers in memory that convolutions on a processor are quickest with.
        self.stages.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), not yet of length one."""
        vectors: Tensor = self.last(self.dropout(self.heard(inputs)))
        return vectors

    def heard(self, inputs: Tensor) -> Tensor:
        """What the last layer is given (n, width)."""
        heard = (inputs > SILENCE + 1).any(2).to(inputs.dtype)[:, None]
        maps = self.norm(normed(inputs).transpose(1, 2)).transpose(1, 2)[:, None] * heard[..., None]
        for number, stage in enumerate(self.stages):
            # Silence is nothing at every stage, as what lies beyond the ends of a sound is.
            size, step = (3, 2) if number else (7, 4)
            heard = functional.avg_pool1d(heard, size, step, size // 2, count_include_pad=False)
            maps = stage(maps) * (heard >= _HEARD)[..., None]
        # (n, channels, t)
        frames = maps.mean(3)
        there = (heard >= _HEARD).to(frames.dtype)
        # A sound of silence is heard as it is.
        there = torch.where(there.sum(2, keepdim=True) > 0, there, torch.ones_like(there))
        mean = (frames * there).sum(2) / there.sum(2)
        features: Tensor = self.even(torch.cat([mean, (frames - _FAR * (1 - there)).amax(2)], 1))
        return features


class Listener(Learner):
    """An ear that learns what sounds are called, from words whose vectors stand still."""

    said: Tensor
    sayings: Tensor
    besides: Tensor

    def __init__(self, said: list[Tensor], besides: Tensor, config: Config) -> None:
        """`said`: for each label the vectors (k, dim) of what it is called; `besides` (m, dim) what no sound is."""
        super().__init__()
        self.modalities, self.dim, self.config = ("audio",), int(besides.shape[1]), config
        self.front = front()
        self.ear = Ear(self.dim, config.channels, config.dropout)
        self.scale = Scale(config.temperature)
        self.register_buffer("said", nn.utils.rnn.pad_sequence(said, batch_first=True), persistent=False)
        self.register_buffer("sayings", torch.tensor([len(each) for each in said]), persistent=False)
        self.register_buffer("besides", besides, persistent=False)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Sounds find their words among all; words find their sounds, and sounds their like, in the batch."""
        if batch.labels is None:
            raise TypeError("Sounds are learned with labels.")
        levels, wanted = self._mixed(batch.inputs["audio"], batch.labels)
        vectors, scale = self.embed("audio", levels), self.scale()
        logits = vectors @ self._words().T * scale
        padded = functional.pad(wanted, (0, logits.shape[1] - wanted.shape[1]))
        found = {"words": -(padded * logits.log_softmax(1)).sum(1).mean() / 2}
        told = logits[:, : wanted.shape[1]]
        weight = wanted.sum(0)
        costs = -(wanted * told.log_softmax(0)).sum(0) / weight.clamp(min=_LITTLE)
        found["sounds"] = (costs * (weight > _SHARED)).sum() / (weight > _SHARED).sum().clamp(min=1) / 2
        if self.config.together:
            found["together"] = self.config.together * _together(vectors, wanted, scale)
        return found

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Unit vectors (n, dim) of samples (n, samples) at 16 kHz, or of their decibels (n, frames, BANDS)."""
        return unit(self.ear(self.front(inputs) if inputs.ndim == 2 else inputs))

    def aims(self) -> Tensor:
        """Where sounds of each label belong (labels, dim): by its name and its sayings, seen from the middle of all."""
        amid = self.said.sum(1) / self.sayings[:, None]
        aims = unit(self.said[:, 0] + amid)
        return unit(aims - aims.mean(0))

    def _words(self) -> Tensor:
        """One saying of each label by chance, and some texts that no sound is called (labels + besides, dim).

        Every other time it is the first, the name.
        """
        chosen = (torch.rand(len(self.said), device=self.said.device) * 2 - 1).clamp(min=0) * self.sayings
        chosen = chosen.long()
        words = self.said[torch.arange(len(self.said), device=self.said.device), chosen]
        others = torch.randperm(len(self.besides), device=self.besides.device)[: self.config.besides]
        return torch.cat([words, self.besides[others]])

    def _mixed(self, levels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Some sounds heard through others, wanted as much as they are loud; labels (n, labels) that sum to one."""
        wanted = labels / labels.sum(1, keepdim=True).clamp(min=1)
        count = int(len(levels) * self.config.mixed)
        if not count:
            return levels, wanted
        partners = torch.randperm(len(levels), device=levels.device)[:count]
        share = self.config.other * torch.rand(count, device=levels.device)
        ratio = (share.clamp(min=_LITTLE) / (1 - share)).log()[:, None, None]
        both = torch.logaddexp(levels[:count] / DECIBELS, levels[partners] / DECIBELS + ratio) * DECIBELS
        told = (1 - share)[:, None] * wanted[:count] + share[:, None] * wanted[partners]
        both = both.clamp(min=SILENCE)
        # Two silences together are one.
        silent = torch.maximum(levels[:count], levels[partners]) <= SILENCE
        both = torch.where(silent, torch.full_like(both, SILENCE), both)
        return torch.cat([both, levels[count:]]), torch.cat([told, wanted[count:]])


def _together(vectors: Tensor, wanted: Tensor, scale: Tensor) -> Tensor:
    """Supervised contrast of sounds, weighted by how much of their kind two have in common.

    Khosla and others, "Supervised contrastive learning", NeurIPS 2020.
    """
    alone = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    shared = (wanted @ wanted.T).masked_fill(alone, 0)
    shared = torch.where(shared > _SHARED, shared, torch.zeros_like(shared))
    logits = (vectors @ vectors.T * scale).masked_fill(alone, -_FAR)
    weight = shared.sum(1)
    costs = -(shared * logits.log_softmax(1)).sum(1) / weight.clamp(min=_LITTLE)
    return (costs * (weight > 0)).sum() / (weight > 0).sum().clamp(min=1)
