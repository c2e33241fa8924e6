"""MITH: Y. Liu, Q. Wu, Z. Zhang, J. Zhang and G. Lu, Multi-Granularity Interactive Transformer Hashing, MM 2023.

Codes of two grains: a global one from all of a work, and a local one from concepts, which are learned questions to the
tokens, one for each bit. Their sum is the code. Both grains learn the likelihood that rows share a label against
memories of every row (the global across the modalities, the local too); pairs are told from the rest of the batch by
the vectors of both grains (contrastive alignment); each grain learns from the other (mutual distillation); and both
come near to the discrete codes, which are the sign of all four sums, renewed between epochs.

What is mended. The logit of the paper is half the inner product at every length, up to 8 with 16 bits and 32 with 64.
There a few pairs that are wrong outweigh all that are right, and longer codes found less than shorter ones. (Its
authors train slowly, from a network for which pictures and words are alike already, and shorten gradients.) Here the
logit is as steep at every length as the paper's is at 16 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.base import Batch, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, complete, file, labels_of
from pinakes.learn.hashing.memory import Discrete, Memory, signs
from pinakes.learn.hashing.tokens import Reader, TokenConfig
from pinakes.learn.losses.hashing import cosine, likelihood, mean, quantisation, shares, sum_of

# The length at which half the inner product is the logit.
PLAIN_BITS = 16


@dataclass(frozen=True, slots=True)
class Config(TokenConfig):
    """MITH's settings."""

    align: float = bounded(0.1)
    temperature: float = bounded(0.2, above=0)
    distil: float = bounded(0.1)
    quantise: float = bounded(0.1)


def aligned(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Each row's pair told from all other rows of the batch, both ways: the mean cross-entropy."""
    logits = cosine(first, second) / temperature
    right = torch.arange(len(logits), device=logits.device)
    if not len(logits):
        return logits.sum()
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


def distilled(first: Tensor, second: Tensor) -> Tensor:
    """Each of two codes (n, bits) is taught by the other as it stands: mean squares."""
    return mean((first - second.detach()).square()) + mean((second - first.detach()).square())


class Grains(nn.Module):
    """A global and a local code of the tokens of one modality."""

    def __init__(self, token_dim: int, config: Config) -> None:
        super().__init__()
        self.reader = Reader(token_dim, 1 + config.bits, config)
        self.global_bits = nn.Linear(config.width, config.bits)
        self.local_bits = nn.Parameter(torch.randn(config.bits, config.width) / config.width**0.5)
        self.local_offsets = nn.Parameter(torch.zeros(config.bits))

    def forward(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Global and local codes (n, bits) each, and the vector of the whole (n, width)."""
        read = self.reader(tokens, mask)
        whole, concepts = read[:, 0], read[:, 1:]
        return self.global_bits(whole), (concepts * self.local_bits).sum(2) + self.local_offsets, whole


class Mith(Hasher):
    """Two grains of codes for each modality, and a memory of all of them."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.heads = nn.ModuleDict({name: Grains(tower.token_dim, config) for name, tower in task.towers.items()})
        self.global_memory = Memory(self.modalities, task.rows, config.bits, task.labels)
        self.local_memory = Memory(self.modalities, task.rows, config.bits, task.labels)
        self.discrete = Discrete(task.rows, config.bits)

    def begin(self, whole: Whole) -> None:
        """Remember the labels, and start from random codes."""
        self.global_memory.begin(whole)
        self.local_memory.begin(whole)

    def after_epoch(self, epoch: int, epochs: int) -> None:
        """The discrete codes: the signs of all that both modalities said in both grains."""
        total = sum(memory.of(name) for memory in (self.global_memory, self.local_memory) for name in self.modalities)
        self.discrete.solve(signs(torch.as_tensor(total)))

    def grains(self, modality: str, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Global and local codes (n, bits), and vectors (n, width)."""
        found: tuple[Tensor, Tensor, Tensor] = self.heads[modality](*self.tower(modality).tokens(inputs))
        return found

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """The sum of both grains (n, bits)."""
        broad, fine, _ = self.grains(modality, inputs)
        return torch.tanh(broad) + torch.tanh(fine)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """All five losses, of both modalities."""
        batch, config = complete(batch), self.config
        alike = shares(labels_of(batch), self.global_memory.labels)
        names = (self.first, self.second)
        said = [self.grains(name, batch.inputs[name]) for name in names]
        broad, fine = ([torch.tanh(each[grain]) for each in said] for grain in (0, 1))
        for name, wide, narrow in zip(names, broad, fine, strict=True):
            self.global_memory.note(name, batch.rows, wide)
            self.local_memory.note(name, batch.rows, narrow)
        return {
            "likelihood": across(broad, self.global_memory, names, alike),
            "local likelihood": across(fine, self.local_memory, names, alike),
            "alignment": config.align
            * (aligned(said[0][2], said[1][2], config.temperature) + aligned(fine[0], fine[1], config.temperature)),
            "distillation": config.distil * sum_of(distilled(*pair) for pair in zip(broad, fine, strict=True)),
            "quantisation": config.quantise
            * sum_of(quantisation(codes, self.discrete.of(batch.rows, codes)) for codes in (*broad, *fine)),
        }


def across(codes: list[Tensor], memory: Memory, names: tuple[str, str], alike: Tensor) -> Tensor:
    """The likelihood of each modality's codes against the memory of both."""
    slope = PLAIN_BITS / codes[0].shape[1] / 2
    return sum_of(likelihood(own, memory.of(name), alike, slope) for own in codes for name in names)


METHOD = file(
    "mith",
    Config,
    Mith,
    "Liu et al., Multi-Granularity Interactive Transformer Hashing for Cross-modal Retrieval, MM 2023",
    "global and local codes from tokens, taught by each other",
)
