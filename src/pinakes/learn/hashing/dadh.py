"""DADH: C. Bai et al., Deep Adversarial Discrete Hashing for Cross-Modal Retrieval, ICMR 2020.

Each modality has semantic features and, made of them, codes. Two discriminators, of features and of codes, learn to
tell the modalities apart in a turn of their own, and the networks learn to deceive them. What shares more labels with a
row shall be nearer to it than what shares fewer, by a margin, weighted by how many more (the weighted cosine triplet
constraint, across the modalities). Between epochs the discrete codes are solved bit by bit, so that they are near to
both modalities and the labels can be read off them by ridge regression.

Between the modalities a discriminator's gradient is held near the length 1, as by the authors' code (Gulrajani and
others, Improved Training of Wasserstein GANs, NIPS 2017). One that may be as steep as it likes comes to be so sure that
the networks learn little but to deceive it, and many works come to share few codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.base import Batch, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, Head, HeadConfig, complete, file, labels_of
from pinakes.learn.hashing.memory import Discrete, Memory, signs
from pinakes.learn.losses.hashing import cosine, mean, quantisation, sum_of


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """DADH's settings."""

    # The width of the semantic features, and of the discriminators' hidden layers.
    features: int = bounded(128, least=1)
    margin: float = bounded(0.4)
    # Triplets are as many as rows times the square of these others, the first rows of the batch.
    others: int = bounded(32, least=1)
    triplet: float = bounded(10.0)
    classify: float = bounded(0.1)
    quantise: float = bounded(1.0)
    deceive: float = bounded(0.05)
    # How much it weighs that the discriminators are neither steeper nor flatter than 1; 0: they are as they like.
    steep: float = bounded(10.0)
    # Of the discrete codes: how much the labels weigh beside both modalities, and the sweeps over all bits.
    labelled: float = bounded(30.0)
    sweeps: int = bounded(3, least=1)


def triplets(codes: Tensor, other: Tensor, alike: Tensor, margin: float) -> Tensor:
    """The weighted cosine triplet constraint of codes (n, bits) against other codes (m, bits), how alike (n, m).

    For each row and each two others of which the first is more alike: by how much it is not nearer by the margin,
    times how much more alike it is; over the sum of these weights.
    """
    near = cosine(codes, other)
    more = (alike[:, :, None] - alike[:, None, :]).clamp(min=0)
    late = (margin - near[:, :, None] + near[:, None, :]).clamp(min=0)
    return (more * late).sum() / more.sum().clamp(min=1e-6)


def discrete(total: Tensor, labels: Tensor, bits: Tensor, weight: float, sweeps: int) -> Tensor:
    """Bits (n, bits) near to both modalities' sum, of which ridge regression reads the labels: cyclic descent.

    The bits minimise |bits @ read - labels|^2 times the weight, less twice their product with the sum.
    """
    centred = labels - labels.mean(0)
    for _ in range(sweeps):
        ridge = bits.T @ bits + torch.eye(bits.shape[1], dtype=bits.dtype, device=bits.device)
        read = torch.linalg.solve(ridge, bits.T @ centred)
        target, together = total + weight * centred @ read.T, weight * read @ read.T
        for bit in range(bits.shape[1]):
            rest = bits @ together[:, bit] - bits[:, bit] * together[bit, bit]
            bits = bits.index_copy(1, torch.tensor([bit], device=bits.device), signs(target[:, bit] - rest)[:, None])
    return bits


class Dadh(Hasher):
    """Networks and discriminators in turns, with discrete codes between epochs."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.hash = nn.ModuleDict({name: nn.Linear(config.features, config.bits) for name in self.modalities})
        self.classifier = nn.Linear(config.features, task.labels)
        self.of_features = Head(config.features, (config.features,), 1)
        self.of_codes = Head(config.bits, (config.features,), 1)
        self.memory = Memory(self.modalities, task.rows, config.bits, task.labels)
        self.discrete = Discrete(task.rows, config.bits)

    def head(self, modality: str, dim: int, config: HeadConfig) -> nn.Module:
        """From a vector to semantic features."""
        return Head(dim, config.hidden, config.features if isinstance(config, Config) else config.bits, config.dropout)

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """The discriminators, then the networks."""
        judges = self.own(self.of_features, self.of_codes)
        return {"judges": judges, "networks": self.own(self.towers, self.heads, self.hash, self.classifier)}

    def begin(self, whole: Whole) -> None:
        """Remember the labels, and start from random codes."""
        self.memory.begin(whole)

    def after_epoch(self, epoch: int, epochs: int) -> None:
        """Solve the discrete codes."""
        total = torch.tanh(self.memory.of(self.first)) + torch.tanh(self.memory.of(self.second))
        labels, config = self.memory.labels, self.config
        self.discrete.solve(discrete(total, labels, signs(total), config.labelled, config.sweeps))

    def features(self, modality: str, inputs: Tensor) -> Tensor:
        """Semantic features (n, features)."""
        return torch.tanh(self.heads[modality](self.towers[modality](inputs)))

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Relaxed codes (n, bits) of the semantic features."""
        codes: Tensor = self.hash[modality](self.features(modality, inputs))
        return codes

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """What the judges get wrong, or all that the networks shall do."""
        batch = complete(batch)
        if turn == "judges":
            with torch.no_grad():
                features, raw = self._said(batch)
                codes = [torch.tanh(side) for side in raw]
            told = {
                "features": apart(*(self.of_features(side) for side in features)),
                "codes": apart(*(self.of_codes(side) for side in codes)),
            }
            if self.config.steep:
                steep = steepness(self.of_features, *features) + steepness(self.of_codes, *codes)
                told["steep"] = self.config.steep * steep
            return told
        return self._networks(batch, labels_of(batch))

    def _said(self, batch: Batch) -> tuple[list[Tensor], list[Tensor]]:
        """Features and relaxed codes of both modalities."""
        names = (self.first, self.second)
        features = [self.features(name, batch.inputs[name]) for name in names]
        return features, [self.hash[name](side) for name, side in zip(names, features, strict=True)]

    def _networks(self, batch: Batch, labels: Tensor) -> dict[str, Tensor]:
        features, raw = self._said(batch)
        for name, side in zip((self.first, self.second), raw, strict=True):
            self.memory.note(name, batch.rows, side)
        codes, config = [torch.tanh(side) for side in raw], self.config
        alike = cosine(labels, labels)
        told = [_classified(self.classifier(side), labels) for side in features]
        some = slice(config.others)
        ranked = triplets(codes[0], codes[1][some], alike[:, some], config.margin)
        ranked = ranked + triplets(codes[1], codes[0][some], alike[:, some], config.margin)
        judged = apart(*(self.of_features(side) for side in reversed(features)))
        return {
            "triplet": config.triplet * ranked,
            "classify": config.classify * (told[0] + told[1]),
            "quantise": config.quantise
            * sum_of(quantisation(each, self.discrete.of(batch.rows, each)) for each in codes),
            "deceive features": config.deceive * judged,
            "deceive codes": config.deceive * apart(*(self.of_codes(side) for side in reversed(codes))),
        }


def apart(first: Tensor, second: Tensor) -> Tensor:
    """Cross-entropy of a judge's logits (n, 1), which shall be high of the first modality and low of the second."""
    return mean(functional.softplus(-first)) + mean(functional.softplus(second))


@torch.compiler.disable  # type: ignore[untyped-decorator]
def steepness(judge: nn.Module, first: Tensor, second: Tensor) -> Tensor:
    """How far the length of a judge's gradient is from 1 at a random place between each two rows: the mean square."""
    between = torch.lerp(first, second, torch.rand_like(first)).requires_grad_()
    (gradient,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    return mean((gradient.norm(dim=1) - 1).square())


def _classified(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of all labels of a row, a mean over rows."""
    return mean(functional.binary_cross_entropy_with_logits(logits, labels, reduction="none").sum(1))


METHOD = file(
    "dadh",
    Config,
    Dadh,
    "Bai et al., Deep Adversarial Discrete Hashing for Cross-Modal Retrieval, ICMR 2020",
    "judges that networks deceive, weighted triplets, and codes solved bit by bit",
)
