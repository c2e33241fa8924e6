"""An encoder made of the graphs of a trained model; each is opened when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.base import unit_rows
from pinakes.encoders.certainty import Calibration
from pinakes.encoders.hashers import Hasher, read_learned
from pinakes.encoders.readable import Reading, reading
from pinakes.encoders.runtime.base import Session
from pinakes.encoders.runtime.choose import open_session, reference_name
from pinakes.encoders.trained.inputs import Bags, Texts
from pinakes.encoders.trained.record import Trained, read_record
from pinakes.errors import BadInput, BadVector
from pinakes.settings import Settings
from pinakes.types import Floats, Modality
from pinakes.words.vocabulary import PADDING

_AT_A_TIME = 32


class TrainedEncoder:
    """A model that was trained here, in use. Several threads may encode with it at once."""

    def __init__(self, trained: Trained, settings: Settings) -> None:
        self.description = trained.description
        self._parts = trained.parts
        self._codes = trained.codes
        self.calibration: Calibration = trained.calibration
        self._settings = settings
        self._sessions: dict[Modality, Session] = {}
        self._lock = threading.Lock()

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        """Unit vectors (n, dim); zeros where there was nothing to encode."""
        part = self._parts.get(modality)
        if part is None:
            raise BadInput(f"The model {self.description.name} reads {', '.join(self._parts)}, not {modality}.")
        vectors = np.zeros((len(batch), self.description.dim), np.float32)
        session = self._session(modality)
        port = session.inputs[0]
        any_length = modality == "text" and len(port.shape) == 2 and port.shape[1] is None
        # Texts of about one length together: each is read to the end of the longest beside it.
        order = np.argsort([len(text) for text in batch], kind="stable") if any_length else np.arange(len(batch))
        for begin in range(0, len(batch), _AT_A_TIME):
            chosen = order[begin : begin + _AT_A_TIME]
            made, there = part.inputs.make([batch[place] for place in chosen])
            if there.any():
                fed = _without_padding(made[there]) if any_length else made[there]
                vectors[chosen[there]] = self._checked(session.run({port.name: fed}, session.outputs[0].name))
        return unit_rows(vectors)

    def hasher(self) -> Hasher | None:
        """The codes that it has learned, if it has."""
        described = self.description
        return read_learned(self._codes, described.metric, described.dim) if self._codes else None

    def reading(self, text: str) -> Reading:
        """How much of a text it can read."""
        inputs = self._parts["text"].inputs if "text" in self._parts else None
        vocabulary = inputs.vocabulary if isinstance(inputs, Texts | Bags) else None
        return reading(text, vocabulary, self.description.languages)

    def _checked(self, told: Floats) -> Floats:
        if told.shape[1:] != (self.description.dim,) or not np.isfinite(told).all():
            raise BadVector(f"The model {self.description.name} gave vectors that are no numbers or of another size.")
        return told

    def _session(self, modality: Modality) -> Session:
        with self._lock:
            if modality not in self._sessions:
                graph = self._parts[modality].graph
                self._sessions[modality] = open_session(graph, reference_name(quantised=False), self._settings)
            return self._sessions[modality]


def _without_padding(numbers: NDArray[Any]) -> NDArray[Any]:
    """Texts (n, length) to the end of the longest."""
    return numbers[:, : int(np.flatnonzero((numbers != PADDING).any(axis=0))[-1]) + 1]


def open_trained(folder: Path, settings: Settings) -> TrainedEncoder:
    """The trained model in a folder."""
    return TrainedEncoder(read_record(folder, settings.limits), settings)
