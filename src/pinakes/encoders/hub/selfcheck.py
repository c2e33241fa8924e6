"""Trying a model out before it is put in place: every tower must give finite vectors of one size."""

from __future__ import annotations

import numpy as np

from pinakes.encoders.hub.encoder import plans_by_modality
from pinakes.encoders.hub.plans import ModelPlan
from pinakes.encoders.hub.probes import probes
from pinakes.encoders.hub.towers import tower
from pinakes.encoders.runtime.choose import open_session, reference_name
from pinakes.errors import Unsupported
from pinakes.settings import Settings
from pinakes.types import Modality


def self_check(plan: ModelPlan, settings: Settings) -> tuple[tuple[Modality, ...], int]:
    """The modalities and the dimension of a model, found by encoding one probe with each tower."""
    dims: dict[Modality, int] = {}
    for modality, part in plans_by_modality(plan).items():
        session = open_session(part.graph, reference_name(plan.quantised), settings)
        vectors = tower(part, session).encode(probes(part)[-1:])
        if not np.any(vectors):
            raise Unsupported(f"{part.graph} gives nothing but zeros.")
        dims[modality] = vectors.shape[1]
    if len(set(dims.values())) != 1:
        sizes = ", ".join(f"{modality} {dim}" for modality, dim in dims.items())
        raise Unsupported(f"The towers of {plan.folder.name} give vectors of different sizes ({sizes}).")
    return tuple(dims), next(iter(dims.values()))
