"""An encoder made of the towers of a published model; each is opened when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.hub.plans import AudioPlan, ImagePlan, ModelPlan, TextPlan
from pinakes.encoders.hub.towers import Tower, tower
from pinakes.encoders.runtime.choose import open_session
from pinakes.errors import BadInput, BadVector
from pinakes.settings import Settings
from pinakes.types import Floats, Modality


class HubEncoder:
    """A published model in use. Several threads may encode with it at once."""

    def __init__(
        self, description: Description, plan: ModelPlan, engines: Mapping[Path, str], settings: Settings
    ) -> None:
        self.description = description
        # Which engine runs each graph.
        self.engines = dict(engines)
        self._settings = settings
        self._plans = plans_by_modality(plan)
        self._towers: dict[Modality, Tower] = {}
        self._lock = threading.Lock()

    def encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        """Unit vectors (n, dim) of texts to be found, pictures or sounds; zeros where there was nothing to encode."""
        plan = self._plans.get(modality)
        prefix = plan.passage_prefix if isinstance(plan, TextPlan) else ""
        return self._encode(modality, with_prefix(batch, prefix))

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dim) of queries, with the prefix that the model was trained to see before them."""
        plan = self._plans.get("text")
        return self._encode("text", with_prefix(texts, plan.query_prefix if isinstance(plan, TextPlan) else ""))

    def _encode(self, modality: Modality, batch: Sequence[Any]) -> Floats:
        dim = self.description.dim
        if not len(batch):
            return np.zeros((0, dim), np.float32)
        vectors = self._tower(modality).encode(batch)
        if vectors.shape[1] == 0:
            return np.zeros((len(batch), dim), np.float32)
        if vectors.shape[1] != dim:
            raise BadVector(
                f"{self.description.name} gave {modality} vectors of {vectors.shape[1]} numbers instead of {dim}.",
                "Fetch the model again: pinakes models pull NAME.",
            )
        return unit_rows(vectors)

    def _tower(self, modality: Modality) -> Tower:
        with self._lock:
            if modality not in self._towers:
                plan = self._plans.get(modality)
                if plan is None:
                    known = ", ".join(self.description.modalities)
                    raise BadInput(f"The encoder {self.description.name} reads {known}, not {modality}.")
                session = open_session(plan.graph, self.engines[plan.graph], self._settings)
                self._towers[modality] = tower(plan, session)
            return self._towers[modality]


def plans_by_modality(plan: ModelPlan) -> dict[Modality, TextPlan | ImagePlan | AudioPlan]:
    """The towers that a model has."""
    towers: dict[Modality, TextPlan | ImagePlan | AudioPlan | None] = {
        "text": plan.text,
        "image": plan.image,
        "audio": plan.audio,
    }
    return {modality: tower for modality, tower in towers.items() if tower is not None}


def with_prefix(batch: Sequence[Any], prefix: str) -> Sequence[Any]:
    """Texts behind a prefix; empty ones stay empty, so that they still count as nothing to encode."""
    return [prefix + text if text.strip() else "" for text in batch] if prefix else batch
