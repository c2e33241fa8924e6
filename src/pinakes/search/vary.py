"""Variety on request: hits that differ from those before them, by what the spaces and signatures say of both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.spaces import Space
from pinakes.index.calibrate import calibrated, scale_of
from pinakes.index.find_vectors import vectors_of
from pinakes.index.measures import similarity
from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES, Floats

# So many of the best hits are put into another order; who pages further has seen enough variety.
POOL = 100
# Half of a signature's bits differ between two that have nothing in common.
_UNLIKE_BITS = 32


def varied(likeness: Floats, relevance: Floats, diversity: float) -> list[int]:
    """An order of hits by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), the first one first."""
    relevance = relevance / max(float(relevance.max(initial=0)), 1e-9)
    chosen, left = [0], list(range(1, len(relevance)))
    nearest = likeness[0].copy()
    while left:
        gains = (1 - diversity) * relevance[left] - diversity * nearest[left]
        best = left.pop(int(np.argmax(gains)))
        chosen.append(best)
        nearest = np.maximum(nearest, likeness[best])
    return chosen


def likeness(snapshot: Snapshot, spaces: Sequence[Space], rows: NDArray[np.int64]) -> Floats:
    """How alike rows are (n, n), from 0 to 1: the mean over the spaces that have both, or what their signatures say."""
    total = np.zeros((len(rows), len(rows)), np.float32)
    known = np.zeros((len(rows), len(rows)), np.float32)
    modalities = snapshot.modalities(rows)
    same = modalities[:, None] == modalities[None, :]
    sorting = np.argsort(rows)
    for space in spaces:
        for number, modality in enumerate(MODALITIES):
            scale = scale_of(snapshot, space, modality, modality)
            of_kind = np.sort(rows[modalities == number])
            # A space may have none of these: sounds in a space of texts.
            found = [pair for pair in vectors_of(snapshot, space, of_kind) if len(pair[0])]
            if not found:
                continue
            places = sorting[np.searchsorted(rows[sorting], np.concatenate([chosen for chosen, _ in found]))]
            vectors = np.concatenate([piece for _, piece in found])
            pairs = np.stack([calibrated(scale, similarity(space.metric, one, vectors)) for one in vectors])
            total[np.ix_(places, places)] += pairs
            known[np.ix_(places, places)] += 1
    signatures = snapshot.signatures(rows)
    apart = np.bitwise_count(signatures[:, None] ^ signatures[None, :]).astype(np.float32) / _UNLIKE_BITS
    signed = same & (signatures[:, None] != 0) & (signatures[None, :] != 0)
    by_signature = np.where(signed, np.clip(1 - apart, 0, 1), 0)
    result: Floats = np.maximum(total / np.maximum(known, 1), by_signature).astype(np.float32)
    return result
