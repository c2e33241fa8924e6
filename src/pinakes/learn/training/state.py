"""All that changes while a learner is trained, as one thing that can be written down and taken up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.optim import Optimizer

from pinakes.errors import BadSetting, Damaged, nearest
from pinakes.interrupts import unbroken
from pinakes.learn.base import Learner
from pinakes.learn.training import checkpoint
from pinakes.learn.training.averaging import Average
from pinakes.learn.training.checkpoint import Checkpoint, Progressed
from pinakes.learn.training.optimisers import OPTIMISERS
from pinakes.learn.training.settings import TrainSettings
from pinakes.storage import explained, write_whole


class State:
    """A learner with its optimisers, the average of its weights, and where its training stands."""

    def __init__(self, learner: Learner, settings: TrainSettings) -> None:
        self.learner = learner
        self.settings = settings
        self.progressed = Progressed()
        self.optimisers: dict[str, Optimizer] = {}
        self.parameters: dict[str, list[nn.Parameter]] = {}
        self.average: Average | None = None
        # False while a step is being made; true while the averaged weights are the learner's.
        self.whole, self.swapped = True, False

    def prepare(self) -> None:
        """Make the optimisers, when the learner has all its parameters."""
        settings = self.settings
        self.parameters = self.learner.turns()
        if unknown := next((turn for turn in settings.rates if turn not in self.parameters), ""):
            raise BadSetting(f"train.rates names {unknown}, which is no turn here.", nearest(unknown, self.parameters))
        make = OPTIMISERS.get(settings.optimiser)
        self.optimisers = {
            turn: make(parameters, settings.rates.get(turn, settings.rate), settings)
            for turn, parameters in self.parameters.items()
        }
        if settings.average and self.optimisers:
            self.average = Average(self.learner, settings.average)

    def modules(self) -> dict[str, nn.Module]:
        """What has numbers to be kept."""
        return {"learner": self.learner} | ({"average": self.average} if self.average is not None else {})

    def take(self, found: Checkpoint) -> None:
        """Stand where a checkpoint stands."""
        checkpoint.give_state(found.tensors, self.learner)
        self.prepare()
        if self.average is not None:
            checkpoint.give_state(found.tensors, self.average, "average")
        for turn, optimiser in self.optimisers.items():
            checkpoint.give_optimiser(found.tensors, found.optimisers, turn, optimiser)
        self.progressed = found.progressed

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What fails within this leaves no state that could be gone on from."""
        before, self.whole = self.whole, False
        yield
        self.whole = before

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within this, which may be broken off, the learner has the averaged weights, where there is an average."""
        try:
            self._swap(averaged=True)
            yield
        finally:
            self._swap(averaged=False)

    def _swap(self, *, averaged: bool) -> None:
        with unbroken(), self.changing():
            if self.average is not None and averaged != self.swapped:
                self.average.swap(self.learner)
                self.swapped = averaged

    @property
    def complete(self) -> bool:
        """Whether a training can go on from this state."""
        return self.whole and not self.swapped

    def write_weights(self, path: Path, figures: dict[str, float]) -> None:
        """Write the learner's own numbers, with the figures that go with them and a sum that tells damage."""
        tensors, _ = checkpoint.state_of({"learner": self.learner}, {})
        told = {"figures": json.dumps(figures), "sum": _sum(tensors)}
        write_whole(path, [save(tensors, metadata=told)])

    def read_weights(self, path: Path) -> dict[str, float]:
        """The inverse of `write_weights`."""
        tensors, figures = weights_in(path)
        checkpoint.give_state(tensors, self.learner)
        return figures


def weights_in(path: Path) -> tuple[dict[str, Tensor], dict[str, float]]:
    """The numbers of a trained learner, if they are whole, and the figures of its best epoch."""
    with explained(path):
        data = path.read_bytes()
    try:
        told = checkpoint.metadata(data)
        tensors, figures = load(data), dict(json.loads(told["figures"]))
        whole = told["sum"] == _sum(tensors)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise Damaged(f"The weights in {path} can not be read: {error!r}.", _AGAIN) from error
    if not whole:
        raise Damaged(f"The weights in {path} are damaged: their sum is another.", _AGAIN)
    return tensors, figures


_AGAIN = "Remove the file and the newest checkpoint, and let `pinakes train` go on with the run."


def _sum(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names and numbers."""
    hasher = hashlib.sha256()
    for name in sorted(tensors):
        hasher.update(name.encode() + b"\0")
        # What is empty has no strides by which its numbers could be seen as bytes.
        if tensors[name].numel():
            hasher.update(tensors[name].contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return hasher.hexdigest()
