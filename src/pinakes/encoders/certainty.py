"""How sure a cosine makes one that a hit is right, as an encoder that was calibrated tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from pinakes.types import MODALITIES, Floats, Modality

# Slope, offset and floor of the cosines between two modalities, by their names, such as text-image.
Certainty: TypeAlias = tuple[float, float, float]
Calibration: TypeAlias = Mapping[str, Certainty]


@runtime_checkable
class CalibratedEncoder(Protocol):
    """An encoder that knows what its cosines mean."""

    @property
    def calibration(self) -> Calibration:
        """Slope, offset and floor by the names of two modalities; empty where nothing is known."""


def pair(one: Modality, other: Modality) -> str:
    """The name of two modalities, whichever of them asks: text-image, never image-text."""
    first, second = sorted((one, other), key=MODALITIES.index)
    return f"{first}-{second}"


def probability(told: Certainty, cosines: Floats) -> Floats:
    """The probability (n,) that hits of these cosines are right; 0 below the floor, where nothing is found."""
    slope, offset, floor = told
    # Cut off where float32 has no more to tell, so that nothing overflows.
    odds = np.clip(slope * cosines + offset, -60, 60)
    return np.where(cosines >= floor, 1 / (1 + np.exp(-odds)), 0).astype(np.float32)
