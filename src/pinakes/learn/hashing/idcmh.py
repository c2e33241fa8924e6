"""IDCMH: improved deep cross-modal hashing for digital libraries, as its source describes it where that is sound.

Pictures have main features (the tower's vector) and secondary ones: the tower's maps, each scale brought to one width
by a linear map and to one vector (scale fusion), each vector divided by its length (normalisation), and all of them
joined by a linear map and ReLU (activation). A fusion layer joins main and secondary features, and a hash layer gives
the code, whose sign is taken at the end. A tower without maps, as that of words or of ready features, has its tokens
for local features. The objective is J_in + alpha J_o + beta J_q: across the modalities, within them, and quantisation.

What is mended. The quadratic branch of its smooth L1 (equation 9) has a minus sign, so that an error would be rewarded:
here it is the usual one. Equation 7 names the hash representation where the labels that are read off it are meant: a
linear layer reads them. Equation 5 leaves out what its sum runs over: here it is the mean of the context's words, and
belongs to the tower of words. The quantisation loss (equation 14) sums signed differences, which cancel out: here they
are squared. The source does not say how cosines, from -1 to 1, meet Jaccard's coefficient, from 0 to 1: what shares no
label shall be orthogonal, and cosines below 0 are no error.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from pinakes.errors import Unsupported
from pinakes.learn.base import Batch, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, Head, HeadConfig, complete, file, labels_of
from pinakes.learn.hashing.memory import signs
from pinakes.learn.losses.hashing import cosine, jaccard, mean, shares
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.convolutional import COLOURS


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """IDCMH's settings: alpha and beta of its equation 15, and the weight of reading the labels (equation 9)."""

    within: float = bounded(0.5)
    quantise: float = bounded(0.1)
    read: float = bounded(1.0)
    # What two rows have in common is graded, as in the paper; else 1 for all that share a label.
    graded: bool = True
    # The width of secondary features.
    secondary: int = bounded(128, least=1)
    # Of the pictures, where it is looked up how wide a tower's maps are.
    side: int = bounded(224, least=1)


def meets(first: Tensor, second: Tensor, common: Tensor) -> Tensor:
    """Equations 10 to 13: the mean square of cosines less Jaccard's coefficients (n, m)."""
    return mean((cosine(first, second).clamp(min=0) - common).square())


def reads(told: Tensor, labels: Tensor) -> Tensor:
    """Equation 9: smooth L1 of what is read off the code (n, labels), summed over labels: a mean over rows."""
    return mean(functional.smooth_l1_loss(told, labels, reduction="none").sum(1))


def decided(codes: Tensor) -> Tensor:
    """Equation 14: the mean square of codes less their signs."""
    return mean((codes - signs(codes.detach())).square())


class Fused(nn.Module):
    """Main and secondary features of one modality, fused and made a code.

    Secondary features (n, width) are made of each scale's local features (n, places, channels).
    """

    def __init__(self, dim: int, scales: dict[str, int], config: Config) -> None:
        super().__init__()
        width = config.secondary
        self.normal = nn.ModuleDict({name: nn.LayerNorm(channels) for name, channels in scales.items()})
        self.scales = nn.ModuleDict({name: nn.Linear(channels, width) for name, channels in scales.items()})
        self.join = nn.Linear(width * len(scales), width)
        self.main = nn.LayerNorm(dim)
        self.hash = Head(dim + width, config.hidden, config.bits, config.dropout)

    def forward(self, vectors: Tensor, local: dict[str, Tensor]) -> Tensor:
        """Relaxed codes (n, bits) of a vector (n, dim) and of what lies behind it."""
        codes: Tensor = self.hash(torch.cat([self.main(vectors), self.secondary(local)], 1))
        return codes

    def secondary(self, local: dict[str, Tensor]) -> Tensor:
        """Scale fusion, normalisation and activation: one vector (n, width)."""
        # Lengths of 1 would be lost in a layer that expects numbers of about 1 each.
        size = self.join.out_features**0.5
        means = [self.scales[name](self.normal[name](found).mean(1)) for name, found in local.items()]
        return torch.relu(self.join(torch.cat([size * functional.normalize(each, dim=1) for each in means], 1)))


class Idcmh(Hasher):
    """Codes of main and local features, whose cosines are what the labels have in common."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.mapped = {name: scales_of(tower, config.side) for name, tower in task.towers.items()}
        heads = {
            name: Fused(tower.dim, self.mapped[name] or {"tokens": tower.token_dim}, config)
            for name, tower in task.towers.items()
        }
        self.heads = nn.ModuleDict(heads)
        self.reader = nn.Linear(config.bits, task.labels)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Relaxed codes (n, bits)."""
        features = features_of(self.tower(modality), inputs, mapped=bool(self.mapped[modality]))
        codes: Tensor = self.heads[modality](*features)
        return codes

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Equation 15, and the labels that are read off the codes."""
        batch, config = complete(batch), self.config
        labels = labels_of(batch)
        common = jaccard(labels, labels) if config.graded else shares(labels, labels)
        first, second = (torch.tanh(codes) for codes in self.both(batch))
        return {
            "across": meets(first, second, common),
            "within": config.within * (meets(first, first, common) + meets(second, second, common)),
            "quantisation": config.quantise * (decided(first) + decided(second)),
            "reading": config.read * (reads(self.reader(first), labels) + reads(self.reader(second), labels)),
        }


def features_of(tower: Tower, inputs: Tensor, *, mapped: bool) -> tuple[Tensor, dict[str, Tensor]]:
    """Vectors (n, dim), and local features (n, places, channels) of each scale.

    The latter are maps, or the mean of real tokens as the one place.
    """
    if mapped:
        vectors, maps = tower.with_maps(inputs)
        return vectors, {name: found.flatten(2).transpose(1, 2) for name, found in maps.items()}
    tokens, mask = tower.tokens(inputs)
    weights = mask.to(tokens.dtype)[:, :, None]
    means = (tokens * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp(min=1)
    return tower(inputs), {"tokens": means}


def scales_of(tower: Tower, side: int) -> dict[str, int]:
    """Channels of each map of pictures, found on torch's device for shapes alone; none where a tower has no maps."""
    module = _Maps(tower)
    blank = {name: torch.empty_like(value, device="meta") for name, value in module.named_parameters()}
    blank |= {name: torch.empty_like(value, device="meta") for name, value in module.named_buffers()}
    try:
        with torch.no_grad():
            maps = functional_call(module, blank, torch.empty(2, COLOURS, side, side, device="meta"))
    except Unsupported:
        return {}
    return {name: found.shape[1] for name, found in maps.items()}


class _Maps(nn.Module):
    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, inputs: Tensor) -> dict[str, Tensor]:
        return self.tower.maps(inputs)


METHOD = file(
    "idcmh",
    Config,
    Idcmh,
    "Improved deep cross-modal hashing with a segmentation network's features, for digital libraries",
    "main and local features, whose codes' cosines are what labels have in common",
)
