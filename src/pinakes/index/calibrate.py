"""What a similarity means in this library: as near as two parts taken at random, or as near as can be.

A calibrated score is 0 where a similarity is no higher than that of random pairs (their 95th percentile), and 1 where
it is as high as that of true neighbours: of a part with itself within one modality, and, between modalities, of the
typical best match.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from pinakes.catalogue.spaces import Space
from pinakes.index.find_vectors import vectors_of
from pinakes.index.measures import similarity
from pinakes.index.segment import space_pack
from pinakes.index.snapshot import Snapshot
from pinakes.types import MODALITIES, Floats, Metric, Modality

_ASKED, _AMONG = 128, 1_024
Scale: TypeAlias = tuple[float, float]

# Where a library has too few parts to tell: cosines of unrelated and of equal vectors.
_UNKNOWN: dict[Metric, Scale] = {"cosine": (0.2, 1.0), "inner": (0.2, 1.0), "euclidean": (-1.0, 0.0)}


def measure(snapshot: Snapshot, space: Space, seed: int = 0) -> dict[str, Scale]:
    """The scale for each pair of query and part modality of a space, from a sample of the library."""
    samples = _samples(snapshot, space, np.random.default_rng(seed))
    scales = {}
    for asked, queries in samples.items():
        for found, vectors in samples.items():
            if len(vectors) >= 16 and len(queries) >= 4:
                scales[f"{asked}-{found}"] = _scale(space.metric, queries[:_ASKED], vectors, same=asked == found)
    return scales


def _samples(snapshot: Snapshot, space: Space, random: np.random.Generator) -> dict[Modality, Floats]:
    """Vectors of random parts, by modality."""
    pack = space_pack(space.id, space.code_version)
    rows = [
        matrix.rows + snapshot.bases[number]
        for number, matrix in snapshot.each(lambda segment: segment.matrix(pack))
        if matrix is not None
    ]
    if not rows or not sum(map(len, rows)):
        return {}
    every = np.concatenate(rows)
    modalities = snapshot.modalities(every)
    samples: dict[Modality, Floats] = {}
    for number, modality in enumerate(MODALITIES):
        having = every[modalities == number]
        if len(having):
            chosen = np.sort(random.choice(having, min(_AMONG, len(having)), replace=False))
            vectors = np.concatenate([found for _, found in vectors_of(snapshot, space, chosen)])
            samples[modality] = random.permutation(vectors)
    return samples


def _scale(metric: Metric, queries: Floats, vectors: Floats, *, same: bool) -> Scale:
    pairs = np.stack([similarity(metric, query, vectors) for query in queries])
    if same:
        # Within one modality the queries are the first of the vectors: leave out each with itself.
        high = float(np.median(np.diagonal(pairs)))
        np.fill_diagonal(pairs, np.nan)
    else:
        high = float(np.median(pairs.max(axis=1)))
    low = float(np.nanquantile(pairs, 0.95))
    return low, max(high, low + 1e-6)


def scale_of(snapshot: Snapshot, space: Space, asked: Modality, found: Modality) -> Scale:
    """The measured scale, or a plain one where the library is too small."""
    measured = snapshot.calibration.get(str(space.id), {}).get(f"{asked}-{found}")
    return (float(measured[0]), float(measured[1])) if measured else _UNKNOWN[space.metric]


def calibrated(scale: Scale, similarities: Floats) -> Floats:
    """Scores from 0 to 1."""
    low, high = scale
    scores: Floats = np.clip((similarities - low) / (high - low), 0, 1).astype(np.float32)
    return scores
