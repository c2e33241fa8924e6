"""Hashers: from vectors to codes of bits whose Hamming distance follows the space's own measure."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import numpy as np

from pinakes.errors import BadInput, Damaged
from pinakes.registry import Registry
from pinakes.types import Codes, Floats, Metric

if TYPE_CHECKING:
    from pinakes.encoders.base import Encoder

MIN_BITS, MAX_BITS = 16, 1024
_CHUNK = 16_384
_LEARN_FROM = 20_000
_ENOUGH_FOR_CENTRE = 64
SIGNS, LEARNED = "signs", "learned"
# Bits of codes that an encoder has learned, unless others are asked for; shorter ones are their beginning.
_LEARNED_BITS = 128


@dataclass(frozen=True, slots=True)
class Hasher:
    """The signs of projections around a centre.

    Their Hamming distance follows the angle between two vectors as seen from the centre (Charikar, STOC 2002). With a
    vector's bearings, which the index keeps beside its code, the angle tells any of the measures: cosine, inner product
    and Euclidean distance, also where lengths are very different.
    """

    name: str
    bits: int
    metric: Metric
    centre: Floats  # (dim,)
    projection: Floats  # (dim, bits)

    def first(self, bits: int) -> Hasher:
        """The hasher of shorter codes that are the beginning of these."""
        refuse_bits(bits)
        if bits > self.bits:
            raise BadInput(f"These codes have {self.bits} bits; no longer ones begin with them.", "Ask for fewer bits.")
        return replace(self, bits=bits, projection=np.ascontiguousarray(self.projection[:, :bits]))

    def codes(self, vectors: Floats) -> Codes:
        """Codes (n, bits / 8) of stored vectors (n, dim)."""
        pieces = [self._signs(vectors[i : i + _CHUNK] - self.centre) for i in range(0, len(vectors), _CHUNK)]
        return np.concatenate(pieces) if pieces else np.zeros((0, self.bits // 8), np.uint8)

    def query_code(self, vector: Floats) -> Codes:
        """Code (bits / 8,) of a query vector (dim,)."""
        return self._signs(self._seen(vector))

    @property
    def is_learned(self) -> bool:
        """Whether its bits were learned by what shall be found, so that they promise an order and no angle."""
        return self.name == LEARNED

    def agreement(self, vector: Floats, codes: Codes) -> Floats:
        """How far stored codes (n, bits / 8) go with a query vector (dim,): each bit by how sure the query is of it.

        Gordo, Perronnin, Gong and Lazebnik, "Asymmetric distances for binary embeddings", TPAMI 2014: what is stored is
        short, and nothing of the query is lost.
        """
        signs = np.unpackbits(codes, axis=-1, count=self.bits).astype(np.float32) * 2 - 1
        return np.asarray(np.vecdot(signs, self._seen(vector) @ self.projection), np.float32)

    def across(self, vector: Floats) -> tuple[Floats, float]:
        """What of a query vector (dim,) lies across the direction of the centre, and how often it holds the centre."""
        times = float(vector @ self.centre) / max(float(self.centre @ self.centre), 1e-12)
        return vector - np.float32(times) * self.centre, times

    def bearings(self, vectors: Floats) -> Floats:
        """How far stored vectors (n, dim) lie from the centre, and the inner product of that way with it (n, 2)."""
        seen = vectors - self.centre
        # Not by matrix product: of a few columns some BLAS looks at what lies beside them, and numpy warns of it.
        along = np.einsum("ij,j->i", seen, self.centre)
        return np.stack([np.sqrt(np.einsum("ij,ij->i", seen, seen)), along], axis=1).astype(np.float32)

    def _seen(self, vector: Floats) -> Floats:
        """A query vector (dim,) as it is seen from the centre."""
        return self.across(vector)[0] if self.metric == "inner" else vector - self.centre

    def _signs(self, seen: Floats) -> Codes:
        return np.packbits(seen @ self.projection > 0, axis=-1)

    def to_bytes(self) -> bytes:
        """The hasher as bytes for the catalogue."""
        head = {"name": self.name, "bits": self.bits, "metric": self.metric}
        stream = io.BytesIO()
        np.savez(
            stream,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            centre=self.centre,
            projection=self.projection,
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Hasher:
        """The inverse of `to_bytes`."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                head = json.loads(arrays["head"].tobytes())
                return cls(head["name"], head["bits"], head["metric"], arrays["centre"], arrays["projection"])
        except Exception as error:  # one bit that flipped makes a reader of zip files raise almost anything
            raise Damaged(f"A stored hasher can not be read: {error}.", "Restore the library from a backup.") from error


# Learns a hasher from sample vectors (n, dim), for a metric and a number of bits, with a seed.
Fit: TypeAlias = Callable[[Floats, Metric, int, int], Hasher]
HASHERS: Registry[Fit] = Registry("hasher", "pinakes.hashers")


def fit(name: str, sample: Floats, metric: Metric, bits: int, seed: int = 0) -> Hasher:
    """A hasher of that name for vectors like the sample's."""
    refuse_bits(bits)
    return HASHERS.get(name)(sample, metric, bits, seed)


def refuse_bits(bits: int) -> None:
    """Refuse lengths that no code has."""
    if not MIN_BITS <= bits <= MAX_BITS or bits % 8:
        raise BadInput(f"Codes have a multiple of 8 bits from {MIN_BITS} to {MAX_BITS}, not {bits}.")


@runtime_checkable
class HashingEncoder(Protocol):
    """An encoder that has learned codes of its own for its vectors."""

    def hasher(self) -> Hasher | None:
        """The longest codes that it has learned; None where it has learned none."""


def fit_for(encoder: Encoder, sample: Floats, name: str = "", bits: int = 0) -> Hasher:
    """The hasher of a space: that which is asked for or its encoder names, with the bits that suit its vectors."""
    described = encoder.description
    name = name or described.hasher
    if name == LEARNED:
        return _learned(encoder, bits)
    return fit(name, sample, described.metric, bits or _bits_for(name, described.dim))


def _bits_for(name: str, dim: int) -> int:
    return dim if name == SIGNS else default_bits(dim)


def _learned(encoder: Encoder, bits: int) -> Hasher:
    found = encoder.hasher() if isinstance(encoder, HashingEncoder) else None
    if found is None:
        raise BadInput(
            f"The encoder {encoder.description.name} has learned no codes of its own.",
            f"Ask for one of the others: {', '.join(HASHERS.names())}.",
        )
    return found.first(bits or min(_LEARNED_BITS, found.bits))


def read_learned(path: Path, metric: Metric, dim: int) -> Hasher:
    """The codes that a model has learned, from the file beside it."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            centre, projection = (np.asarray(arrays[name], np.float32) for name in ("centre", "projection"))
    except Exception as error:  # one bit that flipped makes a reader of zip files raise almost anything
        raise Damaged(f"{path} can not be read as learned codes: {error}.", "Export the run again.") from error
    if centre.shape != (dim,) or projection.ndim != 2 or len(projection) != dim:
        raise Damaged(
            f"{path} holds codes of vectors of {projection.shape[0]} numbers; the model's have {dim}.",
            "Export the run again.",
        )
    refuse_bits(projection.shape[1])
    return Hasher(LEARNED, projection.shape[1], metric, centre, projection)


def default_bits(dim: int) -> int:
    """Bits with which rescoring some hundreds reaches the exact answer by every measure (see tests/index)."""
    return 256 if dim <= 64 else 512


@HASHERS.register("rotation")
def rotation(sample: Floats, metric: Metric, bits: int, seed: int) -> Hasher:
    """Signs after random rotations: needs next to no training, and serves any number of bits and any measure."""
    sample = np.asarray(sample, np.float32)
    count, dim = sample.shape
    centre = sample.mean(axis=0) if count >= _ENOUGH_FOR_CENTRE else np.zeros(dim, np.float32)
    return Hasher("rotation", bits, metric, centre, random_rotations(dim, bits, seed))


@HASHERS.register(SIGNS)
def signs(sample: Floats, metric: Metric, bits: int, seed: int) -> Hasher:
    """The signs of the numbers themselves: of vectors that a model has learned to be codes."""
    dim = sample.shape[1]
    if bits != dim:
        raise BadInput(f"The hasher signs makes {dim} bits of vectors of {dim} numbers, not {bits}.", f"Ask for {dim}.")
    return Hasher(SIGNS, bits, metric, np.zeros(dim, np.float32), np.eye(dim, dtype=np.float32))


@HASHERS.register("itq")
def itq(sample: Floats, metric: Metric, bits: int, seed: int) -> Hasher:
    """Principal axes, turned so that signs lose least (Gong and Lazebnik, CVPR 2011): better where bits are few."""
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
    return Hasher("itq", bits, metric, centre, learned)


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
