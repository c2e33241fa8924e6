"""Floors, which learn nothing by steps: random hyperplanes, ITQ and CCA-ITQ.

Random hyperplanes: M. S. Charikar, Similarity Estimation Techniques from Rounding Algorithms, STOC 2002. ITQ and
CCA-ITQ: Y. Gong and S. Lazebnik, Iterative Quantization: A Procrustean Approach to Learning Binary Codes, CVPR 2011.

All three are one matrix for each modality, on the vectors of its tower less their mean. Hyperplanes have nothing in
common from one modality to the other: between modalities they show what chance is. ITQ knows one kind of vector: here
it takes both of a pair side by side, and each modality reaches the pair's projection by ridge regression. CCA-ITQ
takes what the modalities have in common; of one modality, as in the paper, what it has in common with the labels.
Where a set has fewer directions than there are bits, the rotation spreads them over all bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.base import Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, HeadConfig, file


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """Settings of the floors; their heads have no hidden layers."""

    hidden: tuple[int, ...] = ()
    # Of the mean variance, what is added to it before anything is inverted.
    ridge: float = bounded(0.1)
    rotations: int = bounded(50)


class Plane(nn.Module):
    """A matrix (dim, bits) on vectors less their mean."""

    weight: Tensor
    mean: Tensor

    def __init__(self, dim: int, bits: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.randn(dim, bits))
        self.register_buffer("mean", torch.zeros(dim))

    def forward(self, vectors: Tensor) -> Tensor:
        """Projections (n, bits)."""
        return (vectors - self.mean) @ self.weight


class Hyperplanes(Hasher):
    """Random directions, through the mean of what there is."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config

    def head(self, modality: str, dim: int, config: HeadConfig) -> nn.Module:
        """A plane for each bit."""
        return Plane(dim, config.bits)

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """None: all is done before the first epoch."""
        return {}

    def begin(self, whole: Whole) -> None:
        """The mean of each modality, and what is fitted to it."""
        vectors = {name: self._vectors(whole, name) for name in self.modalities}
        for name, rows in vectors.items():
            self.plane(name).mean.copy_(rows.mean(0))
        self.fit({name: rows - rows.mean(0) for name, rows in vectors.items()}, whole)

    def fit(self, vectors: dict[str, Tensor], whole: Whole) -> None:
        """Nothing: the directions are random."""

    def plane(self, modality: str) -> Plane:
        """The head of a modality."""
        head = self.heads[modality]
        if not isinstance(head, Plane):
            raise BadInput(f"{type(head).__name__} is no plane.")
        return head

    def _vectors(self, whole: Whole, modality: str) -> Tensor:
        self.towers.eval()
        with torch.no_grad():
            return torch.cat([self.towers[modality](batch.inputs[modality]) for batch in whole.batches()])


class Itq(Hyperplanes):
    """Principal directions of both modalities side by side, rotated, and each modality's way to them."""

    def fit(self, vectors: dict[str, Tensor], whole: Whole) -> None:
        """Principal components, the rotation, and a ridge regression for each modality."""
        joined = torch.cat([rows / rows.square().sum(1).mean().sqrt().clamp(min=1e-12) for rows in vectors.values()], 1)
        wanted = rotated(principal(joined, self.bits), self.config.rotations)
        for name, rows in vectors.items():
            self.plane(name).weight.copy_(_regression(rows, wanted, self.config.ridge))


class CcaItq(Hyperplanes):
    """What the modalities have in common, rotated."""

    def fit(self, vectors: dict[str, Tensor], whole: Whole) -> None:
        """Canonical directions of both modalities, or of one and the labels, under one rotation."""
        first = vectors[self.first]
        if self.first != self.second:
            second = vectors[self.second]
        elif whole.labels is not None:
            second = whole.labels - whole.labels.mean(0)
        else:
            raise BadInput("CCA needs a second modality or labels.", "Add one, or choose the method itq.")
        ways = canonical(first, second, self.bits, self.config.ridge)
        sides = [rows @ way for rows, way in zip((first, second), ways, strict=True)]
        sizes = [side.square().mean().sqrt().clamp(min=1e-12) for side in sides]
        turn = rotation(sides[0] / sizes[0] + sides[1] / sizes[1], self.config.rotations)
        for name, way, size in zip(self.modalities, ways, sizes, strict=False):
            self.plane(name).weight.copy_(way / size @ turn)


def principal(vectors: Tensor, bits: int) -> Tensor:
    """Projections (n, bits) of centred vectors on their first principal directions, zeros where there are no more."""
    _, directions = torch.linalg.eigh(vectors.T @ vectors / max(len(vectors), 1))
    return _padded(vectors @ directions.flip(1)[:, :bits], bits)


def canonical(first: Tensor, second: Tensor, bits: int, ridge: float) -> tuple[Tensor, Tensor]:
    """Two matrices (dim, bits): canonical directions, each weighted by its correlation as in the paper."""
    roots = [_inverse_root(vectors, ridge) for vectors in (first, second)]
    common = roots[0] @ (first.T @ second / max(len(first), 1)) @ roots[1]
    left, weights, right = torch.linalg.svd(common, full_matrices=False)
    left, right = left * weights, right.T * weights
    return _padded(roots[0] @ left[:, :bits], bits), _padded(roots[1] @ right[:, :bits], bits)


def rotation(values: Tensor, times: int) -> Tensor:
    """The rotation (bits, bits) that brings projections (n, bits) near to their own signs: ITQ, from a random one."""
    turn: Tensor = torch.linalg.qr(torch.randn(values.shape[1], values.shape[1], dtype=values.dtype))[0]
    for _ in range(times):
        left, _, right = torch.linalg.svd(values.T @ torch.where(values @ turn < 0, -1.0, 1.0).to(values.dtype))
        turn = left @ right
    return turn


def rotated(values: Tensor, times: int) -> Tensor:
    """Projections (n, bits) after their rotation."""
    return values @ rotation(values, times)


def _inverse_root(vectors: Tensor, ridge: float) -> Tensor:
    """The inverse square root of a covariance (dim, dim), to which a share of its mean variance is added."""
    values, directions = torch.linalg.eigh(_covariance(vectors, ridge))
    root: Tensor = directions * values.clamp(min=1e-12).rsqrt() @ directions.T
    return root


def _regression(vectors: Tensor, wanted: Tensor, ridge: float) -> Tensor:
    found: Tensor = torch.linalg.solve(_covariance(vectors, ridge), vectors.T @ wanted / max(len(vectors), 1))
    return found


def _covariance(vectors: Tensor, ridge: float) -> Tensor:
    together = vectors.T @ vectors / max(len(vectors), 1)
    level = (ridge * together.diagonal().mean()).clamp(min=1e-9)
    level = level * torch.eye(len(together), dtype=together.dtype)
    return together + level


def _padded(values: Tensor, bits: int) -> Tensor:
    return functional.pad(values, (0, bits - values.shape[1]))


GONG = "Gong and Lazebnik, Iterative Quantization, CVPR 2011"
HYPERPLANES = file(
    "hyperplanes", Config, Hyperplanes, "Charikar, STOC 2002", "random directions: what chance is", labels=False
)
ITQ = file("itq", Config, Itq, GONG, "principal directions of pairs, rotated", labels=False)
CCA_ITQ = file("cca-itq", Config, CcaItq, GONG, "what the modalities have in common, rotated", labels=False)
