"""UCCH: P. Hu et al., Unsupervised Contrastive Cross-Modal Hashing, TPAMI 2022.

Without labels. Each row has one place in a bank that both modalities share and that follows them with momentum; a code
shall be nearer to its own place than to places drawn at random (contrastive hashing), and nearer to its pair than to
all other codes of the batch by a margin (the cross-modal ranking loss, which counts every pair that breaks it, so that
one wrong negative weighs little). The paper's temperature belongs to inner products; here it divides cosines.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pinakes.learn.base import Batch, Task
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, HeadConfig, complete, file
from pinakes.learn.losses.hashing import cosine, mean


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """UCCH's settings."""

    # The share of contrastive hashing; the ranking loss has the rest.
    contrast: float = bounded(0.7, most=1)
    temperature: float = bounded(0.2, above=0)
    negatives: int = bounded(4096, least=1)
    momentum: float = bounded(0.4, most=1)
    margin: float = bounded(0.2)


def contrastive(codes: Tensor, own: Tensor, drawn: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of a code's own place (n, bits) among drawn ones (m, bits)."""
    right = functional.cosine_similarity(codes, own, dim=1)[:, None]
    logits = torch.cat([right, cosine(codes, drawn)], 1) / temperature
    return mean(torch.logsumexp(logits, 1) - logits[:, 0])


def ranking(first: Tensor, second: Tensor, margin: float) -> Tensor:
    """By how much others are nearer than the pair less a margin, both ways: the mean over all pairs of rows."""
    near = cosine(first, second)
    pair = near.diagonal()
    others = 1 - torch.eye(len(near), dtype=near.dtype, device=near.device)
    forward = (margin + near - pair[:, None]).clamp(min=0) * others
    backward = (margin + near - pair).clamp(min=0) * others
    return (forward + backward).sum() / max(len(near) * (len(near) - 1), 1)


class Ucch(Hasher):
    """Two heads and a bank of places, one for each row."""

    bank: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.register_buffer("bank", functional.normalize(torch.randn(task.rows, config.bits), dim=1))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Against the bank, and against the rest of the batch."""
        batch, config = complete(batch), self.config
        first, second = (torch.tanh(codes) for codes in self.both(batch))
        own = self.bank[batch.rows]
        drawn = self.bank[torch.randint(len(self.bank), (config.negatives,), device=own.device)]
        contrast = contrastive(first, own, drawn, config.temperature) + contrastive(
            second, own, drawn, config.temperature
        )
        middle = functional.normalize((first + second).detach().to(own.dtype), dim=1)
        self.bank[batch.rows] = functional.normalize(config.momentum * own + (1 - config.momentum) * middle, dim=1)
        return {
            "contrast": config.contrast * contrast,
            "ranking": (1 - config.contrast) * ranking(first, second, config.margin),
        }


METHOD = file(
    "ucch",
    Config,
    Ucch,
    "Hu, Zhu, Lin, Peng, Zhao and Peng, Unsupervised Contrastive Cross-Modal Hashing, TPAMI 2022",
    "contrast against a bank of all rows, and a ranking within the batch",
    labels=False,
)
