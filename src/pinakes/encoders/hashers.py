"""Hashers: from vectors to codes of bits whose Hamming distance follows the space's own measure."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pinakes.errors import BadInput, Damaged
from pinakes.registry import Registry
from pinakes.types import Codes, Floats, Metric

MIN_BITS, MAX_BITS = 16, 1024
_CHUNK = 16_384
_LEARN_FROM = 20_000
_ENOUGH_FOR_CENTRE = 64


@dataclass(frozen=True, slots=True)
class Hasher:
    """The signs of projections, less a threshold each.

    Signs of random projections follow the angle between vectors. Inner products are turned into angles by one more
    coordinate that makes all stored vectors equally long (Neyshabur and Srebro, ICML 2015). Euclidean distance is
    followed by thresholds spread over the data: what separates two points is then their distance, not their angle.
    """

    name: str
    bits: int
    metric: Metric
    centre: Floats  # (dim,)
    projection: Floats  # (dim, bits), or (dim + 1, bits) for inner products
    thresholds: Floats  # (bits,)
    length: float = 0.0  # to which stored vectors are lifted for inner products

    def codes(self, vectors: Floats) -> Codes:
        """Codes (n, bits / 8) of stored vectors (n, dim)."""
        pieces = [self._signs(self._lift(vectors[i : i + _CHUNK])) for i in range(0, len(vectors), _CHUNK)]
        return np.concatenate(pieces) if pieces else np.zeros((0, self.bits // 8), np.uint8)

    def query_code(self, vector: Floats) -> Codes:
        """Code (bits / 8,) of a query vector (dim,)."""
        if self.metric == "inner":
            return self._signs(np.append(vector, np.float32(0)))
        return self._signs(vector - self.centre)

    def _lift(self, vectors: Floats) -> Floats:
        if self.metric != "inner":
            return vectors - self.centre
        rest = self.length**2 - np.einsum("ij,ij->i", vectors, vectors)
        return np.concatenate([vectors, np.sqrt(np.maximum(rest, 0))[:, None].astype(np.float32)], axis=1)

    def _signs(self, lifted: Floats) -> Codes:
        return np.packbits(lifted @ self.projection > self.thresholds, axis=-1)

    def to_bytes(self) -> bytes:
        """The hasher as bytes for the catalogue."""
        head = {"name": self.name, "bits": self.bits, "metric": self.metric, "length": self.length}
        stream = io.BytesIO()
        np.savez(
            stream,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            centre=self.centre,
            projection=self.projection,
            thresholds=self.thresholds,
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Hasher:
        """The inverse of `to_bytes`."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                head = json.loads(arrays["head"].tobytes())
                return cls(**head, **{name: arrays[name] for name in ("centre", "projection", "thresholds")})
        except (ValueError, KeyError, OSError, TypeError) as error:
            raise Damaged(f"A stored hasher can not be read: {error}.", "Restore the library from a backup.") from error


# Learns a hasher from sample vectors (n, dim), for a metric and a number of bits, with a seed.
Fit: TypeAlias = Callable[[Floats, Metric, int, int], Hasher]
HASHERS: Registry[Fit] = Registry("hasher", "pinakes.hashers")


def fit(name: str, sample: Floats, metric: Metric, bits: int, seed: int = 0) -> Hasher:
    """A hasher of that name for vectors like the sample's."""
    if not MIN_BITS <= bits <= MAX_BITS or bits % 8:
        raise BadInput(f"Codes have a multiple of 8 bits from {MIN_BITS} to {MAX_BITS}, not {bits}.")
    return HASHERS.get(name)(sample, metric, bits, seed)


def default_bits(dim: int) -> int:
    """Bits that make rescoring of some hundreds reach the exact answer: as many as dimensions, from 64 to 512."""
    return min(512, max(64, -(-dim // 64) * 64))


@HASHERS.register("rotation")
def rotation(sample: Floats, metric: Metric, bits: int, seed: int) -> Hasher:
    """Signs after random rotations: needs next to no training, and serves any number of bits and any measure."""
    sample = np.asarray(sample, np.float32)
    count, dim = sample.shape
    # An inner product changes with a shift of its vectors; an angle and a distance are told better around the centre.
    centred = metric != "inner" and count >= _ENOUGH_FOR_CENTRE
    centre = sample.mean(axis=0) if centred else np.zeros(dim, np.float32)
    projection = random_rotations(dim + (metric == "inner"), bits, seed)
    hasher = Hasher("rotation", bits, metric, centre, projection, np.zeros(bits, np.float32))
    if metric == "inner":
        # Longer vectors that come later are clipped in the code alone; rescoring is exact in any case.
        longest = float(np.linalg.norm(sample, axis=1).max(initial=1e-6))
        return replace(hasher, length=longest * 1.05)
    if metric == "euclidean" and count:
        rows = np.random.default_rng(seed).integers(0, count, bits)
        # Half-way between the centre and a point of the sample: measured best for both equal and unequal lengths.
        points = np.einsum("bd,db->b", sample[rows] - centre, projection) / 2
        return replace(hasher, thresholds=points.astype(np.float32))
    return hasher


@HASHERS.register("itq")
def itq(sample: Floats, metric: Metric, bits: int, seed: int) -> Hasher:
    """Principal axes, turned so that signs lose least (Gong and Lazebnik, CVPR 2011): better where bits are few."""
    if metric == "inner":
        raise BadInput("The hasher itq does not follow inner products.", "Use the hasher rotation.")
    dim = sample.shape[1]
    if len(sample) < 2 * min(bits, dim):
        raise BadInput(
            f"The hasher itq needs at least {2 * min(bits, dim)} vectors to learn from, not {len(sample)}.",
            "Use the hasher rotation, or ask again when the library has grown.",
        )
    centre = np.asarray(sample, np.float32).mean(axis=0)
    centred = sample[:_LEARN_FROM] - centre
    axes = _principal_axes(centred, min(bits, dim))
    learned = axes @ _turn(centred @ axes, seed)
    if bits > dim:
        learned = np.concatenate([learned, random_rotations(dim, bits - dim, seed)], axis=1)
    return Hasher("itq", bits, metric, centre, learned, np.zeros(bits, np.float32))


def _turn(projected: Floats, seed: int) -> Floats:
    """The rotation after which the vectors (n, bits) lie nearest to their signs."""
    turn = random_rotations(projected.shape[1], projected.shape[1], seed)
    for _ in range(50):
        u, _, v = np.linalg.svd(np.sign(projected @ turn).T @ projected)
        turn = (u @ v).T.astype(np.float32)
    return turn


def random_rotations(dim: int, bits: int, seed: int) -> Floats:
    """Columns (dim, bits) of as many random orthogonal matrices as it takes."""
    random = np.random.default_rng(seed)
    turns = [np.linalg.qr(random.standard_normal((dim, dim)))[0] for _ in range(-(-bits // dim))]
    return np.concatenate(turns, axis=1)[:, :bits].astype(np.float32)


def _principal_axes(centred: Floats, count: int) -> Floats:
    """The leading axes (dim, count) of centred vectors (n, dim)."""
    _, axes = np.linalg.eigh(centred.T @ centred / max(1, len(centred)))
    leading: Floats = axes[:, ::-1][:, :count].astype(np.float32)
    return leading
