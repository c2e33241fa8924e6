"""Measures of likeness between vectors: larger is nearer, whatever the metric."""

from __future__ import annotations

import numpy as np

from pinakes.types import Floats, Metric


def similarity(metric: Metric, query: Floats, vectors: Floats) -> Floats:
    """Similarity (n,) of a query (dim,) to vectors (n, dim): cosine, inner product, or distance with a minus sign."""
    if metric == "euclidean":
        differences = vectors - query
        distances: Floats = -np.sqrt(np.einsum("ij,ij->i", differences, differences))
        return distances
    products: Floats = vectors @ query
    if metric == "inner":
        return products
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * np.linalg.norm(query)
    cosines: Floats = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return cosines


def from_distance(metric: Metric, bits: int, distances: Floats) -> Floats:
    """What a Hamming distance says of the similarity: of a cosine exactly so much, of others only the order."""
    share: Floats = distances.astype(np.float32) / np.float32(bits)
    if metric != "cosine":
        return -share
    angles: Floats = np.cos(np.float32(np.pi) * share)
    return angles
