"""Facets: how many of the items found have each value of a field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES

_VALUES_SHOWN = 20


def facets(snapshot: Snapshot, rows: NDArray[np.int64], fields: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each field its most frequent values among the items of these rows, with counts."""
    counted = snapshot.facets(rows, [name for name in fields if name != "modality"])
    if "modality" in fields:
        modalities, items = snapshot.modalities(rows), snapshot.items(rows)
        counted["modality"] = {
            name: len(np.unique(items[modalities == number]))
            for number, name in enumerate(MODALITIES)
            if (modalities == number).any()
        }
    return {name: _most(counted[name]) for name in fields if counted.get(name)}


def _most(counts: dict[str, int]) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:_VALUES_SHOWN])
