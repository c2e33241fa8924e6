"""DCMH: Q.-Y. Jiang and W.-J. Li, Deep Cross-Modal Hashing, CVPR 2017.

Each modality learns in its turn against a memory of what the other one last said of every row: the likelihood that two
rows share a label, if half the inner product of their codes is its logit; the distance to the discrete codes, which
both modalities share and which are the sign of their sum, renewed between epochs; and the balance of each bit.

The paper divides the sums of its loss by rows of the batch times rows of the set; here they are means, of which the
weights have the same meaning for any size. Before the first epoch ends there are no discrete codes: those of the random
memories, which the paper begins with, would be learned by heart.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from pinakes.learn.base import Batch, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, HeadConfig, complete, file, labels_of
from pinakes.learn.hashing.memory import Discrete, Memory, signs
from pinakes.learn.losses.hashing import balance, likelihood, quantisation, shares


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """DCMH's settings: the paper's gamma and eta, of means instead of sums."""

    quantise: float = bounded(0.1)
    balance: float = bounded(0.1)


def parts(
    codes: Tensor, other: Tensor, alike: Tensor, bits: Tensor, everything: Tensor, config: Config
) -> dict[str, Tensor]:
    """Three losses of codes (n, bits), against the other modality's (rows, bits), which are alike or not (n, rows)."""
    return {
        "likelihood": likelihood(codes, other, alike),
        "quantisation": config.quantise * quantisation(codes, bits),
        "balance": config.balance * balance(everything),
    }


class Dcmh(Hasher):
    """Alternating turns, with a memory of every row's codes in each modality."""

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.memory = Memory(self.modalities, task.rows, config.bits, task.labels)
        self.discrete = Discrete(task.rows, config.bits)

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """One modality, then the other."""
        return {name: self.own(self.towers[name], self.heads[name]) for name in self.modalities}

    def begin(self, whole: Whole) -> None:
        """Remember the labels, and start from random codes."""
        self.memory.begin(whole)

    def after_epoch(self, epoch: int, epochs: int) -> None:
        """The discrete codes: the signs of both modalities' sum."""
        self.discrete.solve(signs(self.memory.of(self.first) + self.memory.of(self.second)))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """The loss of one modality's codes against all that the other has said."""
        batch = complete(batch)
        codes = self.embed(turn, batch.inputs[turn])
        self.memory.note(turn, batch.rows, codes)
        other = self.memory.of(self.second if turn == self.first else self.first)
        everything = self.memory.of(turn).index_put((batch.rows,), codes.to(other.dtype))
        alike = shares(labels_of(batch), self.memory.labels)
        return parts(codes, other, alike, self.discrete.of(batch.rows, codes), everything, self.config)


METHOD = file(
    "dcmh",
    Config,
    Dcmh,
    "Jiang and Li, Deep Cross-Modal Hashing, CVPR 2017",
    "alternating turns against a memory of all codes",
)
