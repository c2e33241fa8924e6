"""Our own: codes that rank well both ways, at every length at once. docs/our-hashing.md tells what each part is worth.

A search by codes is a ranking, so a ranking is what is learned. The relaxed code of a row, as a query, shall be nearer
to each row that shares a label with it than to all rows that share none, taken together as their mean likelihood: a
cross-entropy for each of the former, which do not compete with each other. What is ranked are the bits of the rest of
the set as they were last met in each modality (a memory, as DCMH's, but of bits: what a search will really meet). As
something to be found, the row shall be ranked so for each row of the memory: without this second half many codes rank
well and are found badly. It is the mean over all pairs of modalities, a modality with itself among them.

A query will be new, while what is found was most often learned from. So a row asks through noise and dropout, and
answers, and is remembered, without them: one head learns to be careful about what it never met, and exact on what it
knows.

Every loss is taken of the first 16, 32, 64, ... bits as well as of all: what begins a code is a good shorter code. The
bits are kept apart from each other (decorrelated). On wish every label has one place among the codes of all modalities,
from which a row's labels are read; that loss may be the generalised cross-entropy, and the labels that are believed
may move from those that were told toward those that are read, where annotations are wrong.

A row may lack modalities, and there may be any number of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.errors import BadInput
from pinakes.learn.base import Batch, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.hashing.base import Hasher, Head, HeadConfig, file, labels_of
from pinakes.learn.hashing.memory import Memory, signs
from pinakes.learn.losses.hashing import correlation, mean
from pinakes.learn.losses.robust import generalised

SHORTEST = 16
# Of a modality the places in the batch that have it, and their codes.
Found: TypeAlias = dict[str, tuple[Tensor, Tensor]]


@dataclass(frozen=True, slots=True)
class Config(HeadConfig):
    """Settings of our own method."""

    # Of a row that asks: dropout, and the deviation of the noise on a vector that has deviation 1.
    dropout: float = bounded(0.5, below=1)
    noise: float = bounded(0.5)
    # Rows answer, and are remembered, without noise and dropout.
    calm: bool = True
    # Weights of ranking well as a query, and of being ranked well.
    ask: float = bounded(1.0)
    answer: float = bounded(2.0)
    # What the share of equal bits, from -1 to 1, is multiplied by: the more, the more is made of the nearest rows. How
    # many of the others each row that is alike stands against, and the rows that are ranked.
    steepness: float = bounded(6.0, above=0)
    others: float = bounded(3.0, above=0)
    drawn: int = bounded(1024, least=1)
    # The weight of a modality's ranking within itself, where those across modalities have 1.
    within: float = bounded(0.3)
    decorrelate: float = bounded(0.5)
    quantise: float = bounded(0.05)
    # Of reading labels off codes, which doubt needs.
    classify: float = bounded(0.0)
    # Losses of every shorter code, too.
    nested: bool = True
    # For wrong labels: the power of the generalised cross-entropy (0: the plain one), and the share of the labels that
    # is read off the codes instead of believed as told, from the second half of the training on.
    robust: float = bounded(0.0, most=1)
    doubt: float = bounded(0.0, most=1)

    def __post_init__(self) -> None:
        HeadConfig.__post_init__(self)
        if self.doubt and not self.classify:
            raise BadInput("Labels are doubted that are not read off the codes.", "Set classify, for example to 0.03.")


def ranking(scores: Tensor, alike: Tensor, others: float) -> Tensor:
    """How badly each row of scores (n, m) ranks what is alike, by its degree (n, m), before what is not.

    Each of the former stands against so many others of the mean likelihood of the latter. The mean over the former, and
    over the rows that have both.
    """
    unlike = 1 - alike
    asked = (alike.sum(1) > 0) & (unlike.sum(1) > 0)
    scores, alike, unlike = scores[asked], alike[asked], unlike[asked]
    rest = torch.logsumexp(scores + unlike.clamp(min=1e-9).log(), 1) - unlike.sum(1).log() + math.log(others)
    return mean((functional.softplus(rest[:, None] - scores) * alike).sum(1) / alike.sum(1))


def lengths(bits: int, *, nested: bool) -> tuple[int, ...]:
    """All bits, and before it each power of two from 16."""
    shorter = [1 << power for power in range(SHORTEST.bit_length() - 1, bits.bit_length()) if 1 << power < bits]
    return (*shorter, bits) if nested else (bits,)


class Pinakes(Hasher):
    """Heads, a place for each label, and a memory of all rows."""

    most = 16
    believed: Tensor
    doubting: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__(task, config)
        self.config = config
        self.lengths = lengths(config.bits, nested=config.nested)
        self.places = nn.Parameter(torch.randn(task.labels, config.bits) / 2)
        self.offsets = nn.Parameter(torch.full((task.labels,), -4.0))
        # Of each length, how sure a label is where all bits are those of its place: exp(2) to begin with.
        self.sureness = nn.Parameter(torch.full((len(self.lengths),), 2.0))
        self.memory = Memory(self.modalities, task.rows, config.bits, task.labels)
        self.register_buffer("believed", torch.zeros(task.rows, task.labels))
        self.register_buffer("doubting", torch.zeros((), dtype=torch.bool))

    def head(self, modality: str, dim: int, config: HeadConfig) -> nn.Module:
        """The usual head, with noise."""
        noise = config.noise if isinstance(config, Config) else 0.0
        return Head(dim, config.hidden, config.bits, config.dropout, noise)

    def begin(self, whole: Whole) -> None:
        """Remember the labels, and no codes."""
        self.memory.begin(whole, empty=True)
        self.believed.copy_(self.memory.labels)

    def before_epoch(self, epoch: int, epochs: int) -> None:
        """Doubt begins when half is learned."""
        self.doubting.fill_(self.config.doubt > 0 and 2 * epoch >= epochs)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """Of every length the ranking, both ways, and the reading of labels; and what makes bits good."""
        labels = labels_of(batch)
        asking: Found = {}
        answering: Found = {}
        for name in self.modalities:
            there = batch.present.get(name)
            rows = torch.arange(len(batch), device=batch.rows.device) if there is None else there.nonzero()[:, 0]
            asking[name], answering[name] = self._twice(name, rows, batch.inputs[name][rows])
            self.memory.note(name, batch.rows[rows], answering[name][1])
        self._doubt(batch.rows, labels, answering)
        drawn = torch.randint(len(self.believed), (self.config.drawn,), device=batch.rows.device)
        drawn = torch.cat([batch.rows, drawn])
        pairs = list(product(self.modalities, self.modalities))
        met = {(one, other): self._met(batch.rows[asking[one][0]], other, drawn) for one, other in pairs}
        parts: dict[str, list[Tensor]] = {"ask": [], "answer": []}
        for length, (one, other) in product(self.lengths, pairs):
            bits, alike = met[one, other]
            scale = self.config.steepness / length
            weight = self.config.within if one == other and len(self.modalities) > 1 else 1.0
            for part, found in (("ask", asking), ("answer", answering)):
                scores = scale * found[one][1][:, :length] @ bits[:, :length].T
                ways = (scores, alike) if part == "ask" else (scores.T, alike.T)
                parts[part].append(weight * ranking(*ways, self.config.others))
        if self.config.classify:
            every = product(range(len(self.lengths)), asking.values())
            parts["classify"] = [self._reading(codes, labels[rows], number) for number, (rows, codes) in every]
        means = {name: getattr(self.config, name) * torch.stack(each).mean() for name, each in parts.items()}
        return means | self._bits([codes for found in (asking, answering) for _, codes in found.values()])

    def _twice(self, name: str, rows: Tensor, inputs: Tensor) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """The rows, and their codes as they ask and as they answer."""
        vectors, head = self.towers[name](inputs), self.heads[name]
        asked = torch.tanh(head(vectors))
        if not self.config.calm:
            return (rows, asked), (rows, asked)
        learning = head.training
        head.eval()
        answered = torch.tanh(head(vectors))
        head.train(learning)
        return (rows, asked), (rows, answered)

    def _met(self, rows: Tensor, other: str, drawn: Tensor) -> tuple[Tensor, Tensor]:
        """The bits (m, bits) of what was met of another modality among the drawn, and how alike rows are (n, m)."""
        kept = self.memory.of(other)[drawn]
        met = kept.abs().sum(1) > 0
        alike = (self.believed[rows] @ self.believed[drawn[met]].T).clamp(max=1)
        return signs(kept[met]), alike

    def _read(self, codes: Tensor, number: int) -> Tensor:
        """Logits (n, labels) of codes of a length, by their nearness to each label's place."""
        length = self.lengths[number]
        near = codes[:, :length] @ torch.tanh(self.places[:, :length]).T / length
        return self.sureness[number].exp() * near + self.offsets

    def _reading(self, codes: Tensor, labels: Tensor, number: int) -> Tensor:
        logits = self._read(codes, number)
        if self.config.robust:
            return mean(generalised(logits, labels, self.config.robust).sum(1))
        return mean(functional.binary_cross_entropy_with_logits(logits, labels, reduction="none").sum(1))

    def _doubt(self, rows: Tensor, labels: Tensor, found: Found) -> None:
        """Believe of some rows a mixture of the labels that were told, and of those that both modalities read."""
        if not self.doubting:
            return
        read, count = torch.zeros_like(labels), torch.zeros(len(labels), 1, device=labels.device)
        for some, codes in found.values():
            read[some] += torch.sigmoid(self._read(codes.detach(), -1)).detach().to(read.dtype)
            count[some] += 1
        share = self.config.doubt * (count > 0)
        self.believed[rows] = (1 - share) * labels + share * read / count.clamp(min=1)

    def _bits(self, codes: list[Tensor]) -> dict[str, Tensor]:
        """What makes good bits of codes: each says something of its own, and is nearly -1 or 1."""
        apart = torch.stack([correlation(each) for each in codes]).mean()
        undecided = torch.stack([mean((1 - each.abs()).square()) for each in codes]).mean()
        return {"decorrelate": self.config.decorrelate * apart, "quantise": self.config.quantise * undecided}


METHOD = file(
    "pinakes",
    Config,
    Pinakes,
    "This project: docs/our-hashing.md",
    "a ranking both ways against a memory of bits, at every length at once",
)
