"""An encoder made of the graphs of a trained model; each is opened when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.base import unit_rows
from pinakes.encoders.certainty import Calibration
from pinakes.encoders.hashers import Hasher, read_learned
from pinakes.encoders.readable import Reader, Reading
from pinakes.encoders.runtime.base import Session
from pinakes.encoders.runtime.choose import open_session, reference_name
from pinakes.encoders.trained.inputs import Bags, Texts
from pinakes.encoders.trained.record import Part, Trained, read_record
from pinakes.errors import BadInput, BadVector
from pinakes.settings import Settings
from pinakes.threads import give_back_memory
from pinakes.types import Floats, Modality
from pinakes.words.vocabulary import PADDING

_AT_A_TIME = 32
# Rows from which on a graph that is quicker for many pays, once it is open and before.
_SOME, _MANY = 16, 256


class TrainedEncoder:
    """A model that was trained here, in use. Several threads may encode with it at once."""

    def __init__(self, trained: Trained, settings: Settings) -> None:
        self.description = trained.description
        # Where another process finds the same.
        self.folder = trained.folder
        self._parts = trained.parts
        self._codes = trained.codes
        self.calibration: Calibration = trained.calibration
        self._settings = settings
        self._sessions: dict[Path, Session] = {}
        self._lock = threading.Lock()
        inputs = trained.parts["text"].inputs if "text" in trained.parts else None
        vocabulary = inputs.vocabulary if isinstance(inputs, Texts | Bags) else None
        self._reader = Reader(vocabulary, trained.description.languages)

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        """Unit vectors (n, dim); zeros where there was nothing to encode."""
        part = self._parts.get(modality)
        if part is None:
            raise BadInput(f"The model {self.description.name} reads {', '.join(self._parts)}, not {modality}.")
        session = self._session(part, len(batch))
        port = session.inputs[0]
        if modality == "text" and len(port.shape) == 2 and port.shape[1] is None:
            return self._by_length(session, *part.inputs.make(batch))
        vectors = np.zeros((len(batch), self.description.dim), np.float32)
        for begin in range(0, len(batch), _AT_A_TIME):
            made, there = part.inputs.make(batch[begin : begin + _AT_A_TIME])
            if there.any():
                vectors[begin + np.flatnonzero(there)] = self._run(session, made[there])
        return unit_rows(vectors)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """The same of queries, each written as it was learned."""
        return self.encode("text", [self._reader.as_learned(text) for text in texts])

    def _by_length(self, session: Session, numbers: NDArray[Any], there: NDArray[np.bool_]) -> Floats:
        """Texts of one length together: each is read to the end of the longest beside it."""
        vectors = np.zeros((len(numbers), self.description.dim), np.float32)
        lengths = np.count_nonzero(numbers != PADDING, axis=1)
        order = np.argsort(lengths, kind="stable")
        order = order[there[order]]
        for begin in range(0, len(order), _AT_A_TIME):
            chosen = order[begin : begin + _AT_A_TIME]
            vectors[chosen] = self._run(session, numbers[chosen, : lengths[chosen[-1]]])
        return unit_rows(vectors)

    def expect_many(self) -> None:
        """Open what is quicker for many, which waits for many otherwise."""
        for part in self._parts.values():
            if part.many:
                self._session(part, _MANY)

    def let_go(self, modality: Modality) -> None:
        """Close what reads a modality, until it is asked for again: open, it holds what its largest batch took."""
        part = self._parts[modality]
        with self._lock:
            for graph in (part.graph, part.many):
                if graph is not None:
                    self._sessions.pop(graph, None)
        give_back_memory()

    def hasher(self) -> Hasher | None:
        """The codes that it has learned, if it has."""
        described = self.description
        return read_learned(self._codes, described.metric, described.dim) if self._codes else None

    def reading(self, text: str) -> Reading:
        """How much of a text it can read."""
        return self._reader.read(text)

    def knows(self, word: str) -> bool:
        """Whether it has learned a word as it is written."""
        return self._reader.knows(word)

    def _run(self, session: Session, fed: NDArray[Any]) -> Floats:
        told = session.run({session.inputs[0].name: fed}, session.outputs[0].name)
        if told.shape[1:] != (self.description.dim,) or not np.isfinite(told).all():
            raise BadVector(f"The model {self.description.name} gave vectors that are no numbers or of another size.")
        return told

    def _session(self, part: Part, count: int) -> Session:
        with self._lock:
            # A query is read alike whatever was encoded before it.
            by_many = part.many if count >= _MANY or (count >= _SOME and part.many in self._sessions) else None
            graph = by_many or part.graph
            if graph not in self._sessions:
                # Its steps are so small that a second thread costs more than it does; others have work for it.
                settings = replace(self._settings, threads=1) if by_many else self._settings
                self._sessions[graph] = open_session(graph, reference_name(quantised=False), settings)
            return self._sessions[graph]


def open_trained(folder: Path, settings: Settings) -> TrainedEncoder:
    """The trained model in a folder."""
    return TrainedEncoder(read_record(folder, settings.limits), settings)
