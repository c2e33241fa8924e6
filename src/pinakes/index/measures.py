"""Measures of likeness between vectors: larger is nearer, whatever the metric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.hashers import Hasher
from pinakes.types import Floats, Metric


def similarity(metric: Metric, query: Floats, vectors: Floats) -> Floats:
    """Similarity (n,) of a query (dim,) to vectors (n, dim): cosine, inner product, or distance with a minus sign."""
    if metric == "euclidean":
        differences = vectors - query
        distances: Floats = -np.sqrt(np.einsum("ij,ij->i", differences, differences))
        return distances
    # By one thread: those that a product of matrices wakes go on turning for longer than a search takes.
    products: Floats = np.vecdot(vectors, query)
    if metric == "inner":
        return products
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * np.linalg.norm(query)
    cosines: Floats = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return cosines


def estimated(
    hasher: Hasher, query: Floats, distances: NDArray[np.integer], bearings: Floats, hope: float = 0.0
) -> Floats:
    """What Hamming distances (n,) from a query's code promise of the similarity of vectors of these bearings (n, 2).

    With `hope` of 1 it is what they would promise if the angle were smaller by as much as it is uncertain: where that
    weighs differently, a vector that may be among the best is not passed over for one that is surely not.
    """
    shares = np.arange(hasher.bits + 1) / hasher.bits - hope / (2 * np.sqrt(hasher.bits))
    cosines = np.cos(np.pi * np.maximum(shares, 0)).astype(np.float32)[distances]
    lengths, leans = bearings[:, 0], bearings[:, 1]
    if hasher.metric == "inner":
        # What the query has in the direction of the centre is known exactly; only the rest is estimated.
        rest, times = hasher.across(query)
        across = lengths * cosines * np.float32(np.linalg.norm(rest))
        return np.asarray(across + leans * np.float32(times) + np.float32(query @ hasher.centre), np.float32)
    if hasher.metric == "cosine":
        query = query / np.float32(max(float(np.linalg.norm(query)), 1e-12))
    far = np.float32(np.linalg.norm(query - hasher.centre))
    squares: Floats = lengths * (lengths - 2 * far * cosines) + far**2
    # Stored vectors of a space of cosines are of unit length.
    promised = 1 - squares / 2 if hasher.metric == "cosine" else -np.sqrt(np.maximum(squares, 0))
    return np.asarray(promised, np.float32)
