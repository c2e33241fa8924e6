"""Facets: how many of the items found have each value of a field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import distinct
from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES

_VALUES_SHOWN = 20


def facets(
    snapshot: Snapshot, rows: NDArray[np.int64], folded: NDArray[np.int64], fields: Sequence[str]
) -> dict[str, dict[str, int]]:
    """For each field its most frequent values among the items of these rows, with counts.

    Items that are put under others, of which `folded` holds a row each, count with those; a value that none but they
    have counts 1, so that it can be chosen.
    """
    if not fields or not len(rows):
        return {}
    counted = _counted(snapshot, rows, folded, fields)
    if len(folded):
        every = _counted(snapshot, rows, folded[:0], fields)
        counted = {
            name: dict(sorted((dict.fromkeys(of_all, 1) | counted[name]).items(), key=_most_first)[:_VALUES_SHOWN])
            for name, of_all in every.items()
        }
    return {name: counted[name] for name in fields if counted.get(name)}


def _counted(
    snapshot: Snapshot, rows: NDArray[np.int64], without: NDArray[np.int64], fields: Sequence[str]
) -> dict[str, dict[str, int]]:
    counted = snapshot.facets(rows, [name for name in fields if name != "modality"], _VALUES_SHOWN, without)
    if "modality" in fields:
        modalities, items, left_out = snapshot.modalities(rows), snapshot.items(rows), snapshot.items(without)
        counts = {name: _count(items[modalities == number], left_out) for number, name in enumerate(MODALITIES)}
        counted["modality"] = {name: count for name, count in sorted(counts.items(), key=_most_first) if count}
    return counted


def _count(items: NDArray[np.int64], left_out: NDArray[np.int64]) -> int:
    """How many different items these are, without some others."""
    there = distinct(items)
    places = np.searchsorted(there, left_out)
    there = np.append(there, -1)
    return len(there) - 1 - int(np.count_nonzero(there[places] == left_out))


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
